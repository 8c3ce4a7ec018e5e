/* host_generic.c: an architecture of which nothing more is known; see host_arch.h. */
#include "lib/host_arch.h"

#include <errno.h>
#include <stddef.h>

unsigned host_arch_machine(void)
{
    return 0;
}

bool host_arch_hypervisor(char vendor[13])
{
    vendor[0] = '\0';
    return false;
}

bool host_arch_has_bmi2(void)
{
    return false;
}

bool host_arch_state(pid_t pid, struct host_state *state)
{
    (void)pid, (void)state;
    errno = ENOSYS;
    return false;
}

bool host_arch_registers(void *context, struct host_registers *registers)
{
    (void)context;
    (void)registers;
    return false;
}

const struct host_arch_loops *host_arch_loops(void)
{
    return NULL;
}
