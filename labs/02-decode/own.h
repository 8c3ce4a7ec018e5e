/* own.h: an instruction that each student has for himself; see README.md#2.11. */
#ifndef TRIVIUM_LABS_02_DECODE_OWN_H
#define TRIVIUM_LABS_02_DECODE_OWN_H

#include <stdint.h>

/* The value of rd, given those of rs1 and rs2. What it is, `make grade LAB=2` tells each student.
 */
uint64_t own_instruction(uint64_t a, uint64_t b);

#endif
