# long syscall_raw(long number, long a, long b, long c, long d, long e, long f)
#
# One Linux system call. C hands the arguments over in a0..a6; the kernel wants the number in a7 and
# the arguments in a0..a5, and answers in a0. A value in -4095..-1 is minus an errno.

    .text
    .globl syscall_raw
    .type syscall_raw, @function
syscall_raw:
    mv      a7, a0
    mv      a0, a1
    mv      a1, a2
    mv      a2, a3
    mv      a3, a4
    mv      a4, a5
    mv      a5, a6
    ecall
    ret
    .size syscall_raw, . - syscall_raw
    .section .note.GNU-stack, "", @progbits
