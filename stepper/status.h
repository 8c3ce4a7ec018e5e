/*
 * status.h: one sentence: what has just happened, and why.
 */
#ifndef TRIVIUM_STEPPER_STATUS_H
#define TRIVIUM_STEPPER_STATUS_H

#include "stepper/stepper.h"

/* text: STEPPER_TEXT bytes. */
void status_text(const struct stepper *stepper, char *text);

/* "addi a0,sp,0: a0 = sp + 0", by the instruction table. */
void insn_meaning(const struct ir_insn *at, char *text, size_t size);

#endif
