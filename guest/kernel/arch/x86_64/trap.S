# From a program into the kernel and back.
#
# There are two ways in. A trap (an exception or an interrupt) goes through a gate of its vector: the
# processor changes to the stack that the TSS names, and pushes where it came from. A `syscall`
# changes nothing but rip, cs and rflags, which it leaves in rcx and r11: the stack is ours to find.
# Both make the same frame (machine/frame.h), so that what follows is one.
#
# In the kernel, gs is the base of struct processor; swapgs exchanges it with the program's.
# Read next: trap.c, gates.c
#include "guest/kernel/arch/x86_64/frame.inc"
#include "guest/kernel/arch/x86_64/segments.h"

    .text
    .balign 16
    .globl trap_stubs
trap_stubs:
    stubs   trap_entry

    .globl trap_entry
    .type trap_entry, @function
trap_entry:
    testb   $3, 24(%rsp)                # of cs: from which ring?
    jz      trap_in_kernel
    swapgs
    push_registers
    jmp     from_user
    .size trap_entry, . - trap_entry

    .balign 16
    .globl syscall_entry
    .type syscall_entry, @function
syscall_entry:
    swapgs
    movq    %rsp, %gs:PROCESSOR_USER_SP
    movq    %gs:PROCESSOR_STACK, %rsp
    pushq   $USER_SS
    pushq   %gs:PROCESSOR_USER_SP
    pushq   %r11                        # rflags
    pushq   $USER_CS
    pushq   %rcx                        # rip
    pushq   $0
    pushq   $VECTOR_SYSCALL
    push_registers
from_user:
    cld
    xorl    %ebp, %ebp                  # no caller: panic stops here
    movq    %rsp, %rdi
    call    trap_from_user              # (frame)
    movq    %rsp, %rdi                  # the frame, again: falls through
    .size syscall_entry, . - syscall_entry

# void arch_return_to_user(struct trap_frame *frame)
#
# Whoever came by syscall goes by sysret, which is quicker. It must not be given an rip that is not
# canonical: it would fault in ring 0, on the program's stack. No program gets there: see USER_END.
    .globl arch_return_to_user
    .type arch_return_to_user, @function
arch_return_to_user:
    cmpb    $0, ring3_on(%rip)
    jne     ring3_leave
    movq    %rdi, %rsp
    cmpq    $VECTOR_SYSCALL, FRAME_VECTOR(%rsp)
    jne     1f
    pop_registers
    movq    FRAME_RIP - FRAME_VECTOR(%rsp), %rcx
    movq    FRAME_RFLAGS - FRAME_VECTOR(%rsp), %r11
    movq    FRAME_RSP - FRAME_VECTOR(%rsp), %rsp
    swapgs
    sysretq
1:  pop_registers
    addq    $16, %rsp                   # vector and error code
    swapgs
    iretq
    .size arch_return_to_user, . - arch_return_to_user

# The kernel itself was interrupted: while it idles (trap.c), or it has a bug.
    .type trap_in_kernel, @function
trap_in_kernel:
    push_registers
    cld
    movq    %rsp, %rdi
    call    trap_from_kernel            # (frame)
    pop_registers
    addq    $16, %rsp
    iretq
    .size trap_in_kernel, . - trap_in_kernel
    .section .note.GNU-stack, "", @progbits
