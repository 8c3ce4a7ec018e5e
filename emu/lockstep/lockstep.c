/* lockstep.c: the loop that has two engines take turns, and compares them; see lockstep.h. */
#include "emu/lockstep/lockstep.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "emu/cpu/mmu.h"
#include "emu/lockstep/report.h"

enum {
    WINDOW_MIN = 256,      /* instructions; TRACE_MAX is the most */
    BOARD_INSNS = 1 << 24, /* between two comparisons of all of a board's memory */
};

_Static_assert((int)OUTSIDE_MAX > 2 * (int)TRACE_MAX, "a window's log has room");

/* What the TLB of a hart had forgotten, when the engine came back. */
struct flushes {
    uint64_t all, local, page;
};

struct lockstep {
    const struct engine *engine;
    struct machine checked;   /* the owner's machine, as the engine sees it */
    struct machine reference; /* the same on the shadow's copy, for the interpreter */
    struct shadow shadow;
    struct outside outside;
    struct trace trace;
    struct order order;
    bool ordered; /* the order of stores is compared */

    unsigned hart_count;     /* those that have run: */
    struct tlb *tlbs;        /* owned: the interpreter's */
    struct flushes *flushes; /* owned: of the machine's */

    struct hart start; /* of the window */
    struct hart other; /* the interpreter's, at its end */
    uint64_t window;   /* a number, for windows of different lengths */
    uint64_t compared; /* instructions since all memory was */
    pid_t first;       /* the process that began it */
    bool listens;      /* to what devices store */
};

static void note_dma(void *owner, const struct event *event)
{
    struct lockstep *lock = owner;

    shadow_note(&lock->shadow, event->dma.gpa - lock->checked.phys.base, event->dma.bytes);
}

static int lockstep_attach(struct machine *machine, const struct engine_options *options,
                           struct err *err)
{
    struct lockstep *lock = calloc(1, sizeof *lock);

    if (lock == NULL)
        err_die_oom();
    lock->engine = options->checked;
    lock->first = getpid();
    lock->ordered = !options->unordered;
    lock->checked = *machine;
    if (lock->ordered)
        order_connect(&lock->order, 0, &lock->checked);
    outside_init(&lock->outside, machine);
    if (engine_attach(lock->engine, &lock->checked, options, err) < 0) {
        free(lock);
        return -1;
    }
    machine->engine_state = lock;
    return 0;
}

/* ---- a difference ---- */

/* Ends Trivium: this process, and the one that is waited for. */
static _Noreturn void give_up(const struct lockstep *lock)
{
    const struct rlimit no_core = {.rlim_cur = 0, .rlim_max = 0};

    fflush(stderr);
    setrlimit(RLIMIT_CORE, &no_core);
    if (getpid() != lock->first)
        kill(lock->first, SIGABRT);
    abort();
}

/* The host code of what was executed, where the engine has some to show. */
static void show_code(struct lockstep *lock)
{
    const struct trace *trace = &lock->trace;
    unsigned first = trace->count > WINDOW_MIN ? trace->count - WINDOW_MIN : 0;

    if (lock->engine->show == NULL)
        return;
    for (unsigned i = first; i < trace->count; i++) {
        bool seen = false;

        for (unsigned k = first; k < i && !seen; k++)
            seen = trace->insns[k].pc == trace->insns[i].pc;
        if (!seen)
            lock->engine->show(&lock->checked, trace->insns[i].pc, stderr);
    }
}

static struct report report_of(const struct lockstep *lock, const struct hart *hart, enum stop stop,
                               enum stop other)
{
    struct report report = {
        .engine = {.name = lock->engine->name, .hart = hart, .stop = stop},
        .interp = {.name = engine_interp.name, .hart = &lock->other, .stop = other},
        .trace = &lock->trace,
        .shadow = &lock->shadow,
        .order = &lock->order,
        .outside = !outside_is_same(&lock->outside),
    };

    report.memory = !trace_is_same(&lock->trace, &lock->shadow, &report.offset);
    report.stores = !order_is_same(&lock->order, &report.store);
    return report;
}

static bool is_same(const struct report *report)
{
    const struct hart *engine = report->engine.hart, *interp = report->interp.hart;

    return report->engine.stop == report->interp.stop && !report->memory && !report->stores &&
           !report->outside && memcmp(engine, interp, HART_STATE_SIZE) == 0 &&
           (report->engine.stop != STOP_TRAP ||
            (engine->trap.cause == interp->trap.cause && engine->trap.value == interp->trap.value));
}

/* Both execute from `start` to the count. */
static struct report run_both(struct lockstep *lock, struct hart *hart, uint64_t until)
{
    enum stop stop, other;

    order_begin(&lock->order);
    stop = lock->engine->run(&lock->checked, hart, until);
    lock->other = lock->start;
    other = trace_run(&lock->trace, &lock->reference, &lock->shadow, &lock->other, until);
    shadow_settle(&lock->shadow);
    return report_of(lock, hart, stop, other);
}

/* Back to where the window began; what devices did stays done, and they will not be asked. */
static void rewind_both(struct lockstep *lock, struct hart *hart)
{
    trace_undo(&lock->trace, &lock->shadow);
    *hart = lock->start;
    lock->checked.code_epoch++;
    if (machine_is_board(&lock->checked)) {
        tlb_flush(&lock->checked.tlbs[hart->mhartid]);
        tlb_flush(&lock->tlbs[hart->mhartid]);
    }
    outside_begin(&lock->outside, true);
}

/*
 * The window again, in growing parts, until they differ: as an engine executes only whole blocks as
 * such, that is at the end of the first block that is wrong.
 */
static _Noreturn void tell_difference(struct lockstep *lock, struct hart *hart,
                                      struct report report)
{
    struct hart end = *hart, other = lock->other;
    unsigned count = lock->trace.count;

    for (unsigned part = 1; part <= count; part++) {
        struct report again;

        rewind_both(lock, hart);
        again = run_both(lock, hart, lock->start.instret + part);
        if (again.outside && part < count) /* the rest of the log */
            again.outside = lock->outside.differs;
        if (!is_same(&again)) {
            report_print(stderr, &again);
            show_code(lock);
            give_up(lock);
        }
    }
    report.engine.hart = &end;
    report.interp.hart = &other;
    report_print(stderr, &report);
    fputs("Repeated in smaller parts, there was no difference. So it may be due to how blocks are "
          "joined, or to stores to where nobody looked.\n",
          stderr);
    show_code(lock);
    give_up(lock);
}

static void compare_memory(struct lockstep *lock, const struct hart *hart)
{
    struct report report;
    uint64_t offset;

    lock->compared = 0;
    if (shadow_is_same(&lock->shadow, &offset))
        return;
    report = report_of(lock, hart, STOP_COUNT, STOP_COUNT);
    report.memory = true;
    report.offset = offset;
    fputs("trivium: lock-step: all memory was compared, and differs where the last instructions "
          "need not be to blame\n",
          stderr);
    report_print(stderr, &report);
    give_up(lock);
}

/* ---- a run ---- */

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* From WINDOW_MIN to TRACE_MAX, in an order without much order, the same in every run. */
static uint64_t next_length(struct lockstep *lock)
{
    lock->window = lock->window * UINT64_C(6364136223846793005) + 1442695040888963407;
    return WINDOW_MIN + (lock->window >> 33) % (TRACE_MAX - WINDOW_MIN);
}

/* There is a TLB of the interpreter's for that hart, too. */
static void make_tlbs(struct lockstep *lock, unsigned hart_count)
{
    if (hart_count <= lock->hart_count)
        return;
    lock->tlbs = realloc(lock->tlbs, hart_count * sizeof *lock->tlbs);
    lock->flushes = realloc(lock->flushes, hart_count * sizeof *lock->flushes);
    if (lock->tlbs == NULL || lock->flushes == NULL)
        err_die_oom();
    memset(lock->tlbs + lock->hart_count, 0, (hart_count - lock->hart_count) * sizeof *lock->tlbs);
    memset(lock->flushes + lock->hart_count, 0,
           (hart_count - lock->hart_count) * sizeof *lock->flushes);
    lock->hart_count = hart_count;
}

/* The owner may have flushed the hart's TLB: the interpreter's forgets everything. */
static void see_tlb(struct lockstep *lock, unsigned number)
{
    const struct tlb *tlb = &lock->checked.tlbs[number];
    const struct flushes *seen = &lock->flushes[number];

    lock->tlbs[number].off = tlb->off;
    if (seen->all != tlb->flushes || seen->local != tlb->local_flushes ||
        seen->page != tlb->page_flushes)
        tlb_flush(&lock->tlbs[number]);
}

static void listen(struct lockstep *lock, struct machine *machine)
{
    const struct event_reader reader = {.kinds = 1 << EVENT_DMA, .notify = note_dma, .owner = lock};

    if (!lock->listens)
        events_add(&machine->events, &reader);
    lock->listens = true;
}

/* Takes over what the owner has changed since the last run. */
static void begin(struct lockstep *lock, struct machine *machine, const struct hart *hart)
{
    void *engine_state = lock->checked.engine_state;
    struct err err = {0};

    if (machine_is_board(machine))
        listen(lock, machine);
    lock->checked = *machine;
    lock->checked.engine_state = engine_state;
    lock->checked.row_counts = NULL; /* each row is counted once */
    if (shadow_update(&lock->shadow, machine, &err) < 0) {
        err_print(&err, stderr);
        give_up(lock);
    }
    lock->reference = *machine;
    lock->reference.engine_state = NULL;
    lock->reference.events = (struct events){0};
    if (machine_is_board(machine)) {
        make_tlbs(lock, (unsigned)hart->mhartid + 1);
        see_tlb(lock, (unsigned)hart->mhartid);
        lock->reference.phys.ram = lock->shadow.copy;
        lock->reference.tlbs = lock->tlbs;
    } else {
        lock->reference.mem.base = lock->shadow.copy;
    }
    outside_connect(&lock->outside, 0, &lock->checked);
    outside_connect(&lock->outside, 1, &lock->reference);
    if (lock->ordered) {
        order_connect(&lock->order, 0, &lock->checked);
        order_connect(&lock->order, 1, &lock->reference);
    }
}

static void end(struct lockstep *lock, struct machine *machine, const struct hart *hart)
{
    machine->code_epoch = lock->checked.code_epoch;
    if (machine_is_board(machine)) {
        const struct tlb *tlb = &machine->tlbs[hart->mhartid];

        lock->flushes[hart->mhartid] =
            (struct flushes){tlb->flushes, tlb->local_flushes, tlb->page_flushes};
    }
    if (!machine_is_board(machine) || lock->compared >= BOARD_INSNS)
        compare_memory(lock, hart);
}

static enum stop lockstep_run(struct machine *machine, struct hart *hart, uint64_t until)
{
    struct lockstep *lock = machine->engine_state;
    enum stop stop = STOP_COUNT;

    begin(lock, machine, hart);
    while (stop == STOP_COUNT && hart->instret != until) {
        struct report report;

        lock->start = *hart;
        outside_begin(&lock->outside, false);
        report = run_both(lock, hart, least(until, hart->instret + next_length(lock)));
        if (!is_same(&report))
            tell_difference(lock, hart, report);
        stop = report.engine.stop;
        lock->compared += hart->instret - lock->start.instret;
    }
    end(lock, machine, hart);
    return stop;
}

static void lockstep_detach(struct machine *machine)
{
    struct lockstep *lock = machine->engine_state;

    if (lock == NULL)
        return;
    if (lock->shadow.is_board)
        compare_memory(lock, &lock->other);
    engine_detach(lock->engine, &lock->checked);
    shadow_fini(&lock->shadow);
    free(lock->tlbs);
    free(lock->flushes);
    free(lock);
    machine->engine_state = NULL;
}

/* The host's fault is the checked engine's: the interpreter asks before it touches memory. */
static bool lockstep_fault(const struct machine *machine, const struct host_registers *registers)
{
    const struct lockstep *lock = machine->engine_state;

    return lock->engine->fault != NULL && lock->engine->fault(&lock->checked, registers);
}

const struct engine engine_lockstep = {
    .name = "lockstep",
    .summary = "another engine and the interpreter, compared",
    .run = lockstep_run,
    .attach = lockstep_attach,
    .detach = lockstep_detach,
    .fault = lockstep_fault,
};
