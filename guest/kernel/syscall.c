/* From the number of a system call to its function. */
#include "guest/kernel/syscall.h"

#include <machine/sysnum.h>

#include <errno.h>

static int64_t (*const table[])(const uint64_t args[6]) = {
#define SYSCALL(name, function) [SYS_##name] = function,
#include "guest/kernel/syscalls_core.def"
#include "guest/kernel/syscalls_io.def"
#undef SYSCALL
};

int64_t syscall_perform(uint64_t number, const uint64_t args[6])
{
    if (number >= ARRAY_SIZE(table) || !table[number])
        return -ENOSYS;
    return table[number](args);
}
