/* fault.c: the one signal handler of user mode; see fault.h. */
#include "emu/user/fault.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "lib/host_arch.h"

#define STACK_SIZE ((size_t)64 * 1024)

/* What would have happened had nobody taken the signal: the process dies when the handler returns.
 */
static void die(int signal)
{
    const struct sigaction fatal = {.sa_handler = SIG_DFL};

    sigaction(signal, &fatal, NULL);
    raise(signal);
}

/* Is it code of the engine's that faulted, and has that been put right? */
static bool engine_knows(const struct fault_guard *guard, void *context)
{
    struct host_registers registers;

    return guard->engine != NULL && guard->engine->fault != NULL &&
           host_arch_registers(context, &registers) &&
           guard->engine->fault(guard->machine, &registers);
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
    const ucontext_t *interrupted = context;
    const uint8_t *hva = info->si_addr;
    struct fault_guard *const *stack = interrupted->uc_stack.ss_sp;
    struct fault_guard *guard = *stack;

    if (info->si_code <= 0) { /* kill(2) and its like: nobody faulted */
        if ((guard->ignored >> signal & 1) == 0)
            die(signal);
    } else if (engine_knows(guard, context)) {
        return;
    } else if (signal == SIGBUS && hva >= guard->start && hva < guard->end) {
        guard->offset = (uint64_t)(hva - guard->start);
        siglongjmp(guard->back, 1);
    } else {
        die(signal); /* our bug */
    }
}

bool fault_guard_takes(int signal)
{
    return signal == SIGBUS || signal == SIGSEGV;
}

int fault_guard_init(struct fault_guard *guard, struct err *err)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    stack_t stack = {.ss_size = STACK_SIZE};
    struct fault_guard **start;

    *guard = (struct fault_guard){0};
    guard->stack =
        mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (guard->stack == MAP_FAILED)
        return err_sys(err, errno, "making a signal stack");
    start = guard->stack;
    *start = guard;
    stack.ss_sp = guard->stack;
    if (sigaltstack(&stack, NULL) == -1 || sigaction(SIGBUS, &action, NULL) == -1 ||
        sigaction(SIGSEGV, &action, NULL) == -1) {
        err_sys(err, errno, "taking SIGBUS and SIGSEGV");
        munmap(guard->stack, STACK_SIZE);
        return -1;
    }
    return 0;
}

void fault_guard_fini(struct fault_guard *guard)
{
    const struct sigaction action = {.sa_handler = SIG_DFL};
    const stack_t none = {.ss_flags = SS_DISABLE};

    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaltstack(&none, NULL);
    munmap(guard->stack, STACK_SIZE);
    *guard = (struct fault_guard){0};
}
