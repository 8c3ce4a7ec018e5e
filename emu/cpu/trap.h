/*
 * trap.h: taking traps: which interrupt, into which mode, and what becomes of the hart.
 *
 * Traps are taken by the owner of a board between two runs of an engine (engine.h), never by an
 * engine.
 *
 * What is pending is `lines | mip`: a device (by way of the owner) asserts a bit in hart->lines and
 * takes it back, software sets and clears one in hart->mip. A bit that both may raise, such as
 * SEIP, is therefore never lost to one of them (Priv. spec 3.1.9).
 *
 * Read next: priv.h, for the way back.
 * Source: Priv. spec 3.1.6 to 3.1.9, 3.1.15.
 */
#ifndef TRIVIUM_EMU_CPU_TRAP_H
#define TRIVIUM_EMU_CPU_TRAP_H

#include "emu/cpu/machine.h"

/* The exception hart->trap at hart->pc goes to S mode where medeleg says so, else to M mode. */
void trap_take(struct machine *machine, struct hart *hart);

/*
 * The interrupt that is to be taken now, before the instruction at hart->pc: the first in order of
 * priority that is pending, enabled, and not held back by the mode and its xIE. Or INTERRUPT_NONE.
 */
enum interrupt interrupt_pending(const struct hart *hart);

/* How an instruction stops a run that may have let an interrupt through (engine.h). */
static inline enum stop interrupt_stop(const struct hart *hart)
{
    return interrupt_pending(hart) != INTERRUPT_NONE ? STOP_CHANGE : STOP_COUNT;
}

/* Takes it. What made it pending stays as it is: that is for the handler, or the device. */
void interrupt_take(struct machine *machine, struct hart *hart, enum interrupt interrupt);

/* Would a hart in wfi wake: is an enabled interrupt pending, whether or not it can be taken? */
bool interrupt_wakes(const struct hart *hart);

#endif
