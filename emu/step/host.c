/* host.c: see host.h. */
#include "emu/step/host.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

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
 * The helper: becomes what the parent is, and runs on. What can be done before it is stepped is:
 * looking one instruction ahead makes the block, if it is not there. (A system call ends its block,
 * so it is not made here.)
 */
_Noreturn static void help(struct history *history, const struct checkpoint *checkpoint,
                           unsigned insns)
{
    struct subject *subject = history->subject;
    uint64_t start = checkpoint->position;
    struct err ignored;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (history_reload(history, checkpoint, &ignored) < 0)
        _exit(EXIT_FAILURE);
    if (insns > 1) {
        subject->ops->run(subject, start + 1);
        dbt_rewind(subject->machine);
    }
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
        _exit(EXIT_FAILURE);
    raise(SIGSTOP);
    subject->ops->run(subject, start + 1 + insns); /* enough for the block, rewound or not */
    _exit(EXIT_SUCCESS);
}

/* The helper executes one instruction, *signal being delivered. False: it has ended. */
static bool single_step(const struct tracer *tracer, int *signal)
{
    int status;

    if (ptrace(PTRACE_SINGLESTEP, tracer->helper, NULL, (void *)(intptr_t)*signal) < 0 ||
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
    struct host_state state;
    int signal = 0;

    for (unsigned i = 0; i < ALL_STEPS_MAX && single_step(tracer, &signal); i++) {
        if (!host_arch_state(tracer->helper, &state))
            return err_sys(err, errno, "reading the registers of the helper process");
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

int host_trace_make(struct host_trace *trace, struct history *history,
                    const struct dbt_block_view *block, struct err *err)
{
    struct tracer tracer = {
        .trace = trace, .code = dbt_code_view(history->subject->machine), .block = block};
    struct checkpoint checkpoint;
    int answer, status;

    host_trace_fini(trace);
    trace->states = calloc(HOST_STEPS_MAX + 1, sizeof *trace->states);
    if (trace->states == NULL)
        err_die_oom();
    checkpoint = history_take(history);
    fflush(NULL);
    tracer.helper = fork();
    if (tracer.helper == 0)
        help(history, &checkpoint, block->insns);
    history_drop(history, &checkpoint);
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
