/* System calls, as the wrappers of this library make them. Internal: programs include unistd.h etc.
 *
 * syscallN(number, ...) makes a call with N arguments and turns the kernel's "minus an errno" into
 * the -1 and errno that C programs expect.
 */
#ifndef TRIVIUM_GUEST_LIB_SYSCALL_H
#define TRIVIUM_GUEST_LIB_SYSCALL_H

#include <arch/sysnum.h>
#include <errno.h>

/* The trap itself (arch/<isa>/syscall.S): returns what the kernel returned. */
long syscall_raw(long number, long a, long b, long c, long d, long e, long f);

static inline long syscall_result(long result)
{
    if (result < 0 && result >= -4095) {
        errno = (int)-result;
        return -1;
    }
    return result;
}

static inline long syscall0(long number)
{
    return syscall_result(syscall_raw(number, 0, 0, 0, 0, 0, 0));
}

static inline long syscall1(long number, long a)
{
    return syscall_result(syscall_raw(number, a, 0, 0, 0, 0, 0));
}

static inline long syscall2(long number, long a, long b)
{
    return syscall_result(syscall_raw(number, a, b, 0, 0, 0, 0));
}

static inline long syscall3(long number, long a, long b, long c)
{
    return syscall_result(syscall_raw(number, a, b, c, 0, 0, 0));
}

static inline long syscall4(long number, long a, long b, long c, long d)
{
    return syscall_result(syscall_raw(number, a, b, c, d, 0, 0));
}

static inline long syscall5(long number, long a, long b, long c, long d, long e)
{
    return syscall_result(syscall_raw(number, a, b, c, d, e, 0));
}

static inline long syscall6(long number, long a, long b, long c, long d, long e, long f)
{
    return syscall_result(syscall_raw(number, a, b, c, d, e, f));
}

#endif
