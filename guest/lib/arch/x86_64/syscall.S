# long syscall_raw(long number, long a, long b, long c, long d, long e, long f)
#
# One Linux system call. C hands the arguments over in rdi, rsi, rdx, rcx, r8, r9 and on the stack;
# the kernel wants the number in rax and the arguments in rdi, rsi, rdx, r10, r8, r9 (r10 in place of
# rcx, because the syscall instruction itself overwrites rcx and r11), and answers in rax. A value in
# -4095..-1 is minus an errno.

    .text
    .globl syscall_raw
    .type syscall_raw, @function
syscall_raw:
    movq    %rdi, %rax
    movq    %rsi, %rdi
    movq    %rdx, %rsi
    movq    %rcx, %rdx
    movq    %r8, %r10
    movq    %r9, %r8
    movq    8(%rsp), %r9            # the seventh argument lies above the return address
    movq    start_system_entry(%rip), %r11
    testq   %r11, %r11              # has the kernel a quicker way? See shared_page.h
    jnz     1f
    syscall
    ret
1:  jmp     *%r11                   # and it returns to our caller
    .size syscall_raw, . - syscall_raw
    .section .note.GNU-stack, "", @progbits
