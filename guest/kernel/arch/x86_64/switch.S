# void arch_switch(struct context *from, const struct context *to)
#
# Leaves one kernel stack for another. To the C code on each of them this is an ordinary call, which
# returns when the other side comes back; so of the general registers only those are kept that a call
# must preserve, on the stack that is left. The program's vector registers, which the kernel never
# touches, are still in the processor: they change here, too.
#
# Also tells the processor where system calls and traps of the new process find their stack: its end.
# Every kernel stack, and every idle stack, is the upper part of a page.
#include "guest/kernel/arch/x86_64/segments.h"

#define CONTEXT_RSP 512                 /* of struct context; its vectors are at 0 */

    .text
    .globl arch_switch
    .type arch_switch, @function
arch_switch:
    pushq   %rbx
    pushq   %rbp
    pushq   %r12
    pushq   %r13
    pushq   %r14
    pushq   %r15
    fxsave64 (%rdi)
    movq    %rsp, CONTEXT_RSP(%rdi)

    movq    CONTEXT_RSP(%rsi), %rsp
    fxrstor64 (%rsi)
    movq    %rsp, %rax
    orq     $4095, %rax
    incq    %rax
    movq    %rax, %gs:PROCESSOR_STACK
    movq    %rax, %gs:PROCESSOR_RSP0
    popq    %r15
    popq    %r14
    popq    %r13
    popq    %r12
    popq    %rbp
    popq    %rbx
    ret
    .size arch_switch, . - arch_switch
    .section .note.GNU-stack, "", @progbits
