/* For who looks at this machine from outside, as a debugger does: where the processes are.
 *
 * Two constants of the kernel have symbols, and say where to begin and what lies where in a struct.
 * Nobody in the kernel reads them. Trivium's stepper does (emu/step/kernel_view.c), in this order.
 * All are addresses in the kernel's map, or offsets in bytes.
 */
#ifndef TRIVIUM_GUEST_KERNEL_OBSERVE_H
#define TRIVIUM_GUEST_KERNEL_OBSERVE_H

#include <stdint.h>

#define OBSERVE_MAGIC 0x3153424f56495254 /* "TRIVOBS1": another order is another number */

/* All processes, in a chain in order of pid. */
struct observe_processes {
    uint64_t magic;
    uint64_t map;    /* the address of gpa 0 */
    uint64_t first;  /* of the pointer to the first process; NULL: there is none */
    uint64_t next;   /* the pointer in it to the next one */
    uint64_t pid;    /* int32_t */
    uint64_t name;   /* char[16] */
    uint64_t state;  /* enum process_state */
    uint64_t parent; /* pointer; NULL: none */
    uint64_t status; /* int32_t, of a zombie: as wait4 shows it */
};

/* All processors that have started. */
struct observe_cpus {
    uint64_t magic;
    uint64_t map;
    uint64_t cpus;     /* of an array of pointers */
    uint64_t count;    /* of how many there are, a size_t */
    uint64_t hardware; /* what the architecture calls it */
    uint64_t current;  /* pointer to its process; NULL: it idles */
};

extern const struct observe_processes observe_processes;
extern const struct observe_cpus observe_cpus;

#endif
