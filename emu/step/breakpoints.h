/*
 * breakpoints.h: breakpoints as people say them: "main+8", "prime.c:42", "event tlb-miss", "a0".
 *
 * Each function adds one to those of *step, or answers -1, and err says what is wrong.
 */
#ifndef TRIVIUM_EMU_STEP_BREAKPOINTS_H
#define TRIVIUM_EMU_STEP_BREAKPOINTS_H

#include <stdio.h>

#include "emu/step/step.h"

/* FUNCTION, FUNCTION+N, FILE:LINE (that line, or the next one with code) or an address. */
int breakpoint_at(struct step *step, const char *place, struct err *err);

/*
 * The name of an event (events.h), or a common one: "tlb-miss", "syscall", "fork". On a machine a
 * system call is told where it traps; in a process where it has its answer, and one that forks ends
 * the stepping, as it could not be taken back.
 */
int breakpoint_event(struct step *step, const char *name, struct err *err);

/* The system call of that name or number; NULL: any. */
int breakpoint_syscall(struct step *step, const char *name, struct err *err);

/*
 * A change: of REGISTER ("a0", "x10", "pc"; of the hart that runs now), or of memory at
 * ADDRESS[:SIZE], a gva as the hart that runs now sees it (of a machine its gpa is watched, whoever
 * writes there); 8 bytes without a size. value: only when it becomes that; NULL: at any change.
 */
int breakpoint_change(struct step *step, const char *what, const char *value, struct err *err);

/* Forgets that one, counted from 0; or all, of events too. */
void breakpoint_delete(struct step *step, unsigned number);
void breakpoint_delete_all(struct step *step);

/* All of them, a line each. */
void breakpoints_print(FILE *file, const struct step *step);

/* A number that is all of the text: decimal, or hexadecimal behind 0x. */
bool breakpoint_number(const char *text, uint64_t *number);

#endif
