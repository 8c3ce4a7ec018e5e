/*
 * engine.h: the contract between a machine and whatever executes its instructions.
 *
 *     stop = engine->run(machine, hart, until)
 *
 * executes instructions of `hart` until exactly `until` instructions have retired (STOP_COUNT), or
 * one traps (STOP_TRAP). In both cases hart is precise: all effects of the instructions before
 * hart->pc have happened, none of those from hart->pc on. The engine never decides what a trap
 * means. The machine's owner does: a process turns ecall into a system call, a board delivers the
 * trap to the guest's own handler.
 *
 * Hence everything that must happen between two given instructions (an interrupt, a breakpoint, a
 * snapshot, a comparison with another engine) is a matter of asking for the right count.
 */
#ifndef TRIVIUM_EMU_CPU_ENGINE_H
#define TRIVIUM_EMU_CPU_ENGINE_H

#include "emu/cpu/hart.h"
#include "emu/cpu/machine.h"

struct engine {
    const char *name;    /* as in --on NAME */
    const char *summary; /* one line for --help */
    enum stop (*run)(struct machine *machine, struct hart *hart, uint64_t until);
};

extern const struct engine engine_interp; /* interp.c: fetch, decode, execute, every time */

#endif
