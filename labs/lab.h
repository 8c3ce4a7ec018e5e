/*
 * lab.h: what stands in a hole of a lab. `make lab` puts this include into the files that it cuts.
 *
 * The same for the host, for guest programs and for their kernel: each has its own todo.c.
 * Read next: labs/README.md.
 */
#ifndef TRIVIUM_LABS_LAB_H
#define TRIVIUM_LABS_LAB_H

/* The exit status that says "not started", which is not "wrong". */
enum { LAB_TODO_STATUS = 120 };

/* Says on standard error that this region (such as "2.1") is not implemented yet, and where to read
 * about it; then ends the process with LAB_TODO_STATUS. */
_Noreturn void lab_todo(const char *region);

#endif
