# The first instructions of every x86-64 program.
#
# Linux enters here with rsp pointing at argc (see start.c for the picture) and every other register
# undefined. This file only makes the machine ready for C; guest_start does the rest.
# It is assembly because a C function would expect rsp % 16 == 8, and here it is 0.
# Read next: guest/lib/start.c

    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    xorl    %ebp, %ebp              # no caller: a debugger stops its backtrace here
    movq    %rsp, %rdi              # guest_start(stack)
    andq    $-16, %rsp              # the psABI wants rsp aligned to 16 bytes before a call
    call    guest_start
    ud2                             # guest_start never returns
    .size _start, . - _start
    .section .note.GNU-stack, "", @progbits
