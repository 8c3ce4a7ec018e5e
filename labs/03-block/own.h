/* own.h: an operator that each student has for himself; see README.md#3.9. */
#ifndef TRIVIUM_LABS_03_BLOCK_OWN_H
#define TRIVIUM_LABS_03_BLOCK_OWN_H

#include "emu/dbt/x86.h"

/* Emits code after which `to` is the operator's result for the values of a and b, which may be
 * `to`, and each other; else they keep what they have. rcx is free, and none of the three. Which
 * operator it is, `make grade LAB=3` tells each student. */
void own_operator(struct x86 *x, enum x86_reg to, enum x86_reg a, enum x86_reg b);

#endif
