/* In the place of an architecture's memory.h for the grader of lab 9. */
#ifndef TRIVIUM_LABS_GUEST_RING_MEMORY_H
#define TRIVIUM_LABS_GUEST_RING_MEMORY_H

#include <stdint.h>

void *arch_map(uint64_t gpa);
uint64_t arch_gpa(const void *address);

#endif
