/*
 * engine.h: the contract between a machine and whatever executes its instructions.
 *
 *     stop = engine->run(machine, hart, until)
 *
 * executes instructions of `hart` until exactly `until` instructions have retired, or earlier:
 *
 *     STOP_COUNT    hart->instret == until
 *     STOP_TRAP     the instruction at hart->pc traps: hart->trap says how. It has not retired and
 *                   done nothing, but may have given its reservation up
 *     STOP_CHANGE   the instruction that retired last may have changed which interrupts are to be
 *                   taken. In detail:
 *                     - it wrote mstatus, sstatus, mie, sie, mip, sip or mideleg, or was mret or
 *                       sret, and interrupt_pending() behind it
 *                     - it loaded from, or stored to, a device
 *     STOP_WAIT     the instruction that retired last was a wfi
 *     STOP_PAUSE    ... was a pause (Zihintpause), of a hart that spins. Not in a user-mode process
 *
 * Of several reasons, the later in this list is given; so an instruction that reaches the count and
 * also changes something is a STOP_CHANGE. An engine may neither leave out a stop nor add one:
 * where it stops is part of what a guest can observe.
 *
 * In all cases hart is precise: all effects of the instructions before hart->pc have happened, none
 * of those from hart->pc on. `until` is never less than hart->instret.
 *
 * The engine never decides what a trap means, and never takes an interrupt. The owner of the
 * machine does both, between two calls of run():
 *
 *     STOP_TRAP     a process turns ecall into a system call; a board answers the SBI, or has the
 *                   guest's own handler take the trap: trap_take()
 *     the others    a board brings hart->lines up to date, and takes an interrupt if
 *                   interrupt_pending(); a waiting hart need not run until interrupt_wakes()
 *
 * So an interrupt can be taken where the owner had asked to stop, and where a STOP_CHANGE lets one
 * through that had been held back: both are the same counts under every engine. Whatever must
 * happen between two given instructions (an interrupt, a breakpoint, a snapshot, a comparison with
 * another engine) is a matter of asking for the right count.
 *
 * An engine that keeps something may be asked to stop for an onlooker only (machine.h, `observed`):
 * the hart is as precise, but what the engine keeps is to be as if it had not stopped.
 *
 * Between two calls the owner may change hart, memory and devices as it likes. If it changes page
 * tables in a running guest's stead, or loads another state, it tells the TLB so (tlb.h); if it may
 * have changed code, it moves machine->code_epoch on. A guest that changes code says fence.i; until
 * then an engine may execute what was there before, or what is there now.
 *
 * Caution: a trap does not retire. A guest whose trap handler cannot be fetched traps for ever
 * without its count moving on; an owner that runs "until the count" must see that.
 */
#ifndef TRIVIUM_EMU_CPU_ENGINE_H
#define TRIVIUM_EMU_CPU_ENGINE_H

#include "emu/cpu/hart.h"
#include "emu/cpu/machine.h"
#include "lib/err.h"

struct host_registers; /* lib/host_arch.h */
struct insn;           /* emu/isa/isa.h */
struct listing;        /* lib/listing.h */

struct engine;

/* What a user wants of an engine. All may be NULL. */
struct engine_options {
    const char *switches;         /* its techniques, on and off */
    const char *log;              /* what it is to tell while it works, on standard error */
    struct listing *listing;      /* the source lines that it may tell with it; or NULL */
    const struct engine *checked; /* whom emu/lockstep is to check; of no meaning to others */
    bool unordered;               /* ... but not in which order it stores */
};

/* Something that an engine counts of its own work, for --stats. */
struct engine_counter {
    const char *name;    /* as in JSON; one that ends in _ns is a time */
    const char *meaning; /* for people */
};

#define ENGINE_COUNTERS_MAX 20

struct engine {
    const char *name;    /* as in --on NAME */
    const char *summary; /* one line for --help */
    enum stop (*run)(struct machine *machine, struct hart *hart, uint64_t until);

    /*
     * Of an engine that keeps something (machine->engine_state): makes it, before the first run,
     * and frees it. NULL functions: it keeps nothing.
     */
    int (*attach)(struct machine *machine, const struct engine_options *options, struct err *err);
    void (*detach)(struct machine *machine);

    /*
     * Of an engine that lets the host find out what a process may not do: the host has signalled a
     * fault, with these registers. True: it was the guest's, and the signal handler may return,
     * with the registers as they are now. Called in the handler. NULL: it does not do so.
     */
    bool (*fault)(const struct machine *machine, const struct host_registers *registers);

    /*
     * What it counts: up to ENGINE_COUNTERS_MAX, and one without a name behind them; and how much
     * that is since attach, in the same order. NULL: it counts nothing.
     */
    const struct engine_counter *counters;
    void (*count)(const struct machine *machine, uint64_t *counts);

    /* Prints what it has made of the code that begins at pc, if anything. NULL: it makes nothing.
     */
    void (*show)(const struct machine *machine, uint64_t pc, FILE *file);
};

/* Of an engine that has neither switches nor a log. */
static inline int engine_refuse_options(const char *name, const struct engine_options *options,
                                        struct err *err)
{
    if (options->switches != NULL)
        return err_set(err, "the way %s has no switches", name);
    if (options->log != NULL)
        return err_set(err, "the way %s translates nothing that could be logged", name);
    return 0;
}

static inline int engine_attach(const struct engine *engine, struct machine *machine,
                                const struct engine_options *options, struct err *err)
{
    if (engine->attach != NULL)
        return engine->attach(machine, options, err);
    return engine_refuse_options(engine->name, options, err);
}

static inline void engine_detach(const struct engine *engine, struct machine *machine)
{
    if (engine->detach != NULL)
        engine->detach(machine);
}

extern const struct engine engine_interp; /* interp.c: fetch, decode, execute, every time */

/*
 * For engines that keep code in another form, and leave some instructions to the interpreter: as
 * engine_interp.run() for one instruction, which has been fetched from hart->pc and decoded.
 */
enum stop interp_step(struct machine *machine, struct hart *hart, const struct insn *insn);

/*
 * As engine_interp.run(), but it also comes back when execution has jumped: *jumped, the
 * instruction that retired last was not followed by the next one in memory.
 */
enum stop interp_straight(struct machine *machine, struct hart *hart, uint64_t until, bool *jumped);

#endif
