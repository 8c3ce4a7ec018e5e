/* Giving up the CPU. */
#ifndef TRIVIUM_GUEST_LIB_SCHED_H
#define TRIVIUM_GUEST_LIB_SCHED_H

int sched_yield(void);

#endif
