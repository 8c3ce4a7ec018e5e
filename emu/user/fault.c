/* fault.c: the one signal handler of user mode; see fault.h. */
#include "emu/user/fault.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define STACK_SIZE ((size_t)64 * 1024)

static void on_sigbus(int signal, siginfo_t *info, void *context)
{
    const ucontext_t *interrupted = context;
    const uint8_t *hva = info->si_addr;
    struct fault_guard *guard;

    memcpy(&guard, interrupted->uc_stack.ss_sp, sizeof guard);
    if (info->si_code <= 0) { /* kill(2) and its like: nobody faulted */
        guard->hva = 0;
    } else if (hva >= guard->start && hva < guard->end) {
        guard->hva = (uint64_t)(uintptr_t)hva;
    } else {
        /* Our bug: returning repeats the access, which now ends us as it should. */
        struct sigaction fatal = {.sa_handler = SIG_DFL};

        sigaction(signal, &fatal, NULL);
        return;
    }
    siglongjmp(guard->back, 1);
}

int fault_guard_init(struct fault_guard *guard, struct err *err)
{
    struct sigaction action = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    stack_t stack = {.ss_size = STACK_SIZE};

    *guard = (struct fault_guard){0};
    guard->stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (guard->stack == MAP_FAILED)
        return err_sys(err, errno, "making a signal stack");
    memcpy(guard->stack, &guard, sizeof guard);
    stack.ss_sp = guard->stack;
    if (sigaltstack(&stack, NULL) == -1 || sigaction(SIGBUS, &action, NULL) == -1) {
        err_sys(err, errno, "taking SIGBUS");
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
    sigaltstack(&none, NULL);
    munmap(guard->stack, STACK_SIZE);
    *guard = (struct fault_guard){0};
}
