/* Programs enter the kernel here, whatever the architecture. */
#include "guest/kernel/trap.h"

#include "guest/kernel/cpu.h"
#include "guest/kernel/process_new.h"
#include "guest/kernel/syscall.h"

#include <errno.h>
#include <signal.h>

int64_t trap_syscall(uint64_t number, const uint64_t args[6])
{
    cpu_this()->counts.syscalls++;
    int64_t result = syscall_perform(number, args);
    /* A signal that the process outlives has stopped and continued it. It shall not see that: the
     * call is made again. */
    while (result == -EINTR) {
        signal_deliver();
        result = syscall_perform(number, args);
    }
    return result;
}

void trap_page_fault(uint64_t address, uint32_t access)
{
    cpu_this()->counts.page_faults++;
    if (!space_fault(&process_current()->space, address, access))
        trap_fatal(SIGSEGV);
}

void trap_fatal(int signal)
{
    process_exit(signal);
}

void trap_leave(void)
{
    signal_deliver();
}
