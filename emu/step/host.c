/* host.c: see host.h. */
#include "emu/step/host.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emu/dbt/save.h"

enum { ALL_STEPS_MAX = 1 << 20 }; /* the helper's, its way to the block and interpreter included */

/* What is single-stepped, and where it is. */
struct tracer {
    struct host_trace *trace;
    struct dbt_code_view code;
    const struct dbt_block_view *block;
    pid_t helper;
};

void host_trace_fini(struct host_trace *trace)
{
    free(trace->states);
    *trace = (struct host_trace){0};
}

/*
 * The helper: is what the parent is, but for the translator, and runs on for as long as the block
 * is. If that is not there it is made on the way to where translated code is entered.
 */
_Noreturn static void help(struct history *history, const struct dbt_saved *dbt, unsigned insns)
{
    struct subject *subject = history->subject;
    struct err ignored;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (dbt_renew(subject->machine, &ignored) < 0)
        _exit(EXIT_FAILURE);
    dbt_load(dbt, subject->machine);
    dbt_trap_at_entry(subject->machine);
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
        _exit(EXIT_FAILURE);
    raise(SIGSTOP);
    subject->ops->run(subject, history_position(history) + insns);
    _exit(EXIT_SUCCESS);
}

/*
 * The helper goes on, *signal being delivered: by one instruction; or, where it is on its way to
 * the block, up to where translated code is entered. False: it has ended.
 */
static bool go_on(const struct tracer *tracer, bool by_one, int *signal)
{
    int status;

    if (ptrace(by_one ? PTRACE_SINGLESTEP : PTRACE_CONT, tracer->helper, NULL,
               (void *)(intptr_t)*signal) < 0 ||
        waitpid(tracer->helper, &status, 0) < 0 || !WIFSTOPPED(status))
        return false;
    *signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
    return true;
}

/* Has translated code left the block, `offset` being where it is now? */
static bool has_left(const struct tracer *tracer, uint64_t offset)
{
    const struct dbt_code_view *code = &tracer->code;

    if (offset >= CACHE_CODE)
        return false; /* the interpreter, as a rule */
    if (offset < code->blocks)
        return offset >= code->leave && offset < code->step;
    return offset <= tracer->block->code || offset >= tracer->block->code_end;
}

/* Notes where the helper is, if that is in the block. False: that was all. */
static bool note(struct tracer *tracer, struct host_state *state)
{
    struct host_trace *trace = tracer->trace;
    uint64_t offset = state->pc - (uint64_t)(uintptr_t)tracer->code.bytes;
    bool inside = offset >= tracer->block->code && offset < tracer->block->code_end;

    if (trace->count == 0 && offset != tracer->block->code)
        return true; /* on its way */
    state->pc = offset;
    trace->states[trace->count] = *state;
    trace->left = trace->count > 0 && has_left(tracer, offset);
    if (trace->left || trace->count == HOST_STEPS_MAX)
        return false;
    trace->count += inside;
    return true;
}

/* Was it left at its beginning, as it is longer than what may be executed? */
static bool is_too_long(const struct tracer *tracer)
{
    const struct host_state *last = &tracer->trace->states[tracer->trace->count];

    return last->pc == tracer->code.leave && last->registers[X86_RAX] == LEAVE_BUDGET;
}

/* The hart, as the helper has it: where ours is, too. */
static int read_hart(const struct tracer *tracer, struct history *history, struct err *err)
{
    struct hart *ours = history->subject->ops->hart(history->subject);
    struct iovec to = {&tracer->trace->hart, sizeof tracer->trace->hart};
    struct iovec from = {ours, sizeof *ours};

    if (process_vm_readv(tracer->helper, &to, 1, &from, 1, 0) == (ssize_t)sizeof *ours)
        return 0;
    return err_sys(err, errno, "reading the memory of the helper process");
}

static int follow(struct tracer *tracer, struct err *err)
{
    const uint64_t start = (uint64_t)(uintptr_t)tracer->code.bytes;
    struct host_state state;
    bool by_one = false;
    int signal = 0;

    while (tracer->trace->stops < ALL_STEPS_MAX && go_on(tracer, by_one, &signal)) {
        tracer->trace->stops++;
        if (!host_arch_state(tracer->helper, &state))
            return err_sys(err, errno, "reading the registers of the helper process");
        by_one = tracer->trace->count > 0 || state.pc - start < CACHE_CODE;
        if (!note(tracer, &state))
            break;
    }
    if (tracer->trace->left && is_too_long(tracer))
        return err_set(err,
                       "the block is not executed as a whole here: a turn of the hart ends in it");
    if (tracer->trace->count == 0)
        return err_set(err, "the block is not executed as a whole here, but interpreted");
    return 0;
}

/* Has a helper execute the block, and follows it. */
static int run_helper(struct host_trace *trace, struct history *history,
                      const struct dbt_block_view *block, struct err *err)
{
    struct tracer tracer = {
        .trace = trace, .code = dbt_code_view(history->subject->machine), .block = block};
    struct dbt_saved *dbt;
    int answer, status;

    host_trace_fini(trace);
    trace->states = calloc(HOST_STEPS_MAX + 1, sizeof *trace->states);
    if (trace->states == NULL)
        err_die_oom();
    dbt = dbt_save(history->subject->machine, NULL, NULL);
    fflush(NULL);
    tracer.helper = fork();
    if (tracer.helper == 0)
        help(history, dbt, block->insns);
    dbt_saved_free(dbt);
    if (tracer.helper < 0)
        return err_sys(err, errno, "making a helper process");
    if (waitpid(tracer.helper, &status, 0) < 0 || !WIFSTOPPED(status)) {
        err_set(err, "the helper process cannot be traced");
        return err_hint(err, "a host that allows ptrace(2) of a program's own children");
    }
    answer = follow(&tracer, err);
    if (answer == 0)
        answer = read_hart(&tracer, history, err);
    kill(tracer.helper, SIGKILL);
    waitpid(tracer.helper, &status, 0);
    return answer;
}

/*
 * Of two processes that wait for each other at each instruction, one is woken on another processor
 * each time, which costs a virtual machine's host an interrupt: some 80 us a stop, and 10 on one
 * processor. So both stay on ours; where we may be else goes to *before. False: that is not known.
 */
static bool stay_on_processor(cpu_set_t *before)
{
    unsigned cpu;
    cpu_set_t here;

    if (getcpu(&cpu, NULL) < 0 || sched_getaffinity(0, sizeof *before, before) < 0)
        return false;
    CPU_ZERO(&here);
    CPU_SET(cpu, &here);
    return sched_setaffinity(0, sizeof here, &here) == 0;
}

int host_trace_make(struct host_trace *trace, struct history *history,
                    const struct dbt_block_view *block, struct err *err)
{
    cpu_set_t before;
    bool stays = stay_on_processor(&before);
    int answer = run_helper(trace, history, block, err);

    if (stays)
        sched_setaffinity(0, sizeof before, &before);
    return answer;
}
