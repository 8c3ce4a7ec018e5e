/* System calls: how one is written, and where it is listed.
 *
 * The tables syscalls_core.def and syscalls_io.def have a row for each call:
 *
 *   SYSCALL(close, sys_close)          number SYS_close (arch/sysnum.h, machine/sysnum.h), function
 *
 * Each function takes the six argument registers and answers with a value or minus an errno. The
 * current process is process_current(); addresses in arguments are read by copy_from_user().
 */
#ifndef TRIVIUM_GUEST_KERNEL_SYSCALL_H
#define TRIVIUM_GUEST_KERNEL_SYSCALL_H

#include "guest/kernel/kernel.h"

/* A function that serves two calls is declared twice. */
#define SYSCALL(name, function) int64_t function(const uint64_t args[6]);
#include "guest/kernel/syscalls_core.def"
#include "guest/kernel/syscalls_io.def"
#undef SYSCALL

/* Performs one for the current process. -ENOSYS for a number without a row. */
int64_t syscall_perform(uint64_t number, const uint64_t args[6]);

#endif
