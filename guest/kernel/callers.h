/* Who called whom, for panic. */
#ifndef TRIVIUM_GUEST_KERNEL_CALLERS_H
#define TRIVIUM_GUEST_KERNEL_CALLERS_H

#include <stdint.h>

/* Prints a code address by name, as a line. */
void callers_print_address(uint64_t address);

/* Prints the functions that led here, from a frame pointer on. */
void callers_print(uint64_t frame_pointer);

#endif
