/* load.h: what a container's limits are for: attack.c's programs that take much. As there, -1:
 * refused. */
#ifndef TRIVIUM_TESTS_CTR_LOAD_H
#define TRIVIUM_TESTS_CTR_LOAD_H

#include <stdbool.h>
#include <stddef.h>

/* "64": MiB of memory; the second in a child, of which the parent is none the worse. */
long load_eat(const char *argument);
long load_eat_in_child(const char *argument);

/* "80": MiB in a file. */
long load_fill(const char *argument);

/* The same, in the folder where it is started. */
long load_fill_here(const char *argument);

/* "30": so many children at a time. Says how many it got. */
long load_forks(const char *argument);

/* For ever. For a throwaway machine only. */
long load_fork_bomb(const char *argument);
long load_memory_bomb(const char *argument);

/* Says how many processors it may run on; the second first asks for all. */
long load_cpus(const char *argument);
long load_all_cpus(const char *argument);

#endif
