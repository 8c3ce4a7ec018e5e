/*
 * lockstep.h: an engine that runs another one and the interpreter side by side, and stops at the
 * first difference between them.
 *
 *                     the machine's memory      a copy of it
 *     the engine      ---- window ---->                          registers, CSRs, why it stopped,
 *     the interpreter                           ---- window ---->    and what was stored: equal?
 *
 * To the owner of a machine it is an engine like any other; engine_options.checked says which one
 * it is to check. The run is cut into windows of some hundred instructions, each of which both
 * execute: first the engine, on the machine as it is; then the interpreter, from the same
 * registers, on a copy of the memory (shadow.h). Whatever comes from outside, the clock and
 * devices, is asked of the machine by the first and told to the second again (outside.h): a device
 * never sees an access twice.
 *
 * Compared are, after each window, all registers and CSRs, how it ended, each single store
 * (order.h), and the memory where the interpreter has stored (trace.h); and all memory of a process
 * whenever the engine gives back control, that of a board once in some million instructions and at
 * the end. So a lost or wrong store is seen at once, a stray one later.
 *
 * A difference is a bug of Trivium's, and ends it: the window is repeated in growing parts to find
 * the first one that shows the difference, and a report goes to standard error (report.h).
 *
 * What processes share is compared where the interpreter has stored only, as another of them may
 * write there. If it does so between the two that are compared, that is taken for a difference:
 * lock-step is not for processes that run at the same time and talk through memory.
 *
 * Read next: lockstep.c.
 */
#ifndef TRIVIUM_EMU_LOCKSTEP_LOCKSTEP_H
#define TRIVIUM_EMU_LOCKSTEP_LOCKSTEP_H

#include "emu/cpu/engine.h"

extern const struct engine engine_lockstep;

#endif
