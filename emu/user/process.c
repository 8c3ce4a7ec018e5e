/* process.c: the loop of a user-mode process; see process.h. */
#include "emu/user/process.h"

#include "emu/user/descriptors.h"
#include "emu/user/record.h"
#include "emu/user/report.h"
#include "emu/user/syscall.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/* Instructions between two visits to the totals: often enough, and free. */
#define SLICE (UINT64_C(1) << 20)

enum {
    REGISTER_SP = 2,
    ECALL_LENGTH = 4, /* it has no compressed form */
};

/* The `time` CSR: 10 MHz, as on QEMU's virt board. */
static uint64_t read_time(void *clock_owner)
{
    struct timespec now;

    (void)clock_owner;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 10000000 + (uint64_t)now.tv_nsec / 100;
}

int process_init(struct process *process, const struct user_config *config, struct err *err)
{
    *process = (struct process){.engine = config->engine,
                                .engine_options = config->engine_options,
                                .totals = config->totals,
                                .slice_end = SLICE};
    process->machine.read_time = read_time;
    process->machine.row_counts =
        config->totals != NULL && config->count_rows ? &process->rows : NULL;
    if (engine_attach(process->engine, &process->machine, &process->engine_options, err) == -1)
        return -1;
    if (fault_guard_init(&process->guard, err) == -1)
        goto fail;
    process->guard.engine = process->engine;
    process->guard.machine = &process->machine;
    if (process_exec(process, config->path, config->argv, config->envp, err) == -1)
        goto fail_guard;
    return 0;

fail_guard:
    fault_guard_fini(&process->guard);
fail:
    engine_detach(process->engine, &process->machine);
    return -1;
}

void process_fini(struct process *process)
{
    fault_guard_fini(&process->guard);
    program_fini(&process->program);
    engine_detach(process->engine, &process->machine);
    record_free(process->record);
}

const char *process_name(const struct process *process)
{
    const char *slash = strrchr(process->program.path, '/');

    return slash != NULL ? slash + 1 : process->program.path;
}

const char *process_path(const struct process *process, const char *path)
{
    char by_id[32];

    snprintf(by_id, sizeof by_id, "/proc/%d/exe", (int)getpid());
    if (strcmp(path, "/proc/self/exe") == 0 || strcmp(path, by_id) == 0)
        return process->program.path;
    return path;
}

int process_exec(struct process *process, const char *path, char *const *argv, char *const *envp,
                 struct err *err)
{
    struct program program;

    if (program_load(&program, path, argv, envp, err) == -1)
        return -1;
    if (process->program.path != NULL)
        program_fini(&process->program);
    process->program = program;
    process_code_changed(process);
    process->machine.mem = space_mem(&program.space);
    process->guard.start = program.space.base;
    process->guard.end = program.space.base + SPACE_SPAN;
    process->hart = (struct hart){.pc = program.entry, .instret = process->hart.instret};
    process->hart.x[REGISTER_SP] = program.sp;
    descriptors_close_on_exec();
    prctl(PR_SET_NAME, process_name(process)); /* what ps shows; if it fails, it shows another */
    return 0;
}

void process_exit(struct process *process, int status)
{
    process->ended = true;
    process->end = (struct user_end){.status = status & 0xff};
}

void process_kill(struct process *process, int signal)
{
    process->ended = true;
    process->end = (struct user_end){.signal = signal};
}

static void add_engine(struct process *process, struct user_totals *totals)
{
    uint64_t counted[ENGINE_COUNTERS_MAX] = {0};

    if (process->engine->count == NULL)
        return;
    process->engine->count(&process->machine, counted);
    for (unsigned i = 0; i < ENGINE_COUNTERS_MAX; i++) {
        __atomic_fetch_add(&totals->engine[i], counted[i] - process->engine_added[i],
                           __ATOMIC_RELAXED);
        process->engine_added[i] = counted[i];
    }
}

void process_add_totals(struct process *process)
{
    struct user_totals *totals = process->totals;

    if (totals == NULL)
        return;
    __atomic_fetch_add(&totals->instructions, process->hart.instret - process->instret_added,
                       __ATOMIC_RELAXED);
    process->instret_added = process->hart.instret;
    add_engine(process, totals);
    for (unsigned row = 0; row < ROW_COUNT; row++) {
        uint64_t executed = process->rows.executed[row];

        if (executed != 0)
            __atomic_fetch_add(&totals->rows.executed[row], executed, __ATOMIC_RELAXED);
        process->rows.executed[row] = 0;
    }
}

/* The ecall is complete, as far as the processor goes, before the kernel looks at it. */
static void system_call(struct process *process)
{
    process->hart.pc += ECALL_LENGTH;
    process->hart.instret++;
    syscall_perform(process);
}

/* The host could not give the engine a page of a mapped file (fault.h). */
static void bus_fault(struct process *process)
{
    process->hart.trap = (struct trap){.cause = TRAP_LOAD_ACCESS, .value = process->guard.offset};
    report_fatal_trap(process);
    process_kill(process, report_signal(TRAP_LOAD_ACCESS));
}

/* The engine's slice is over, by a trap or by its count. False: the process may not go on. */
static bool handle(struct process *process, enum stop stop)
{
    struct hart *hart = &process->hart;

    if (stop == STOP_TRAP && hart->trap.cause == TRAP_ECALL_U) {
        if (process->record != NULL && !record_allows(process))
            return false;
        system_call(process);
    } else if (stop == STOP_TRAP) {
        if (process->record == NULL) /* else it may happen again and again */
            report_fatal_trap(process);
        process_kill(process, report_signal(hart->trap.cause));
    }
    if (hart->instret - process->instret_added >= SLICE)
        process_add_totals(process);
    process->slice_end = hart->instret + SLICE;
    return true;
}

enum process_stop process_run(struct process *process, uint64_t until)
{
    struct machine *const machine = &process->machine;
    struct hart *const hart = &process->hart;

    if (sigsetjmp(process->guard.back, 1) != 0)
        bus_fault(process);
    while (!process->ended && hart->instret < until) {
        enum stop stop;

        machine->observed = until < process->slice_end;
        stop = process->engine->run(machine, hart, machine->observed ? until : process->slice_end);
        if (machine->observed && stop == STOP_COUNT)
            return PROCESS_COUNT;
        if (!handle(process, stop))
            return PROCESS_REFUSED;
    }
    if (!process->ended)
        return PROCESS_COUNT;
    process_add_totals(process);
    return PROCESS_ENDED;
}
