# A kernel that runs in ring 3 itself, because ring 0 is dear. Not needed to understand the rest.
#
# Where KVM has no help of the processor it may run ring 3 as it is, and emulate ring 0, a thousand times
# slower. There only what follows up to "in ring 3" is executed in ring 0: a gate that leads from the
# program's page tables to those in which ring 3 may touch the kernel (ring3_root), and back. Programs are
# kept out as ever: in their tables the kernel's memory is ring 0's, and int3 is all that they can do.
#
#   ring 3, its tables       ring 0                        ring 3, ring3_root
#   int3, a fault,    ->     the processor's five words,   ->  frame on the process's stack,
#   an interrupt             on ring3.stack; cr3               trap_from_user()
#                     <-     cr3, iretq                    <-  int3 with rax: gpa of the tables
#
# Interrupts stay off in the kernel, as iretq takes the flag from a constant frame. To wait for one it
# executes hlt, which is a fault. Everything is reached relative to rsp: ring 0's stack is in struct processor, right
# below the frames by which it enters the kernel.
# Read next: ring3.c
#include "guest/kernel/arch/x86_64/frame.inc"
#include "guest/kernel/arch/x86_64/map.h"
#include "guest/kernel/arch/x86_64/segments.h"

#define GPA(symbol) ((symbol) - KERNEL_IMAGE)

/* What is on ring 0's stack: five words of the processor's and rax; for other traps than int3 also the
 * vector and the error code. */
#define AFTER_BREAKPOINT (RING3_STACK_END - 48)
#define AFTER_TRAP       (RING3_STACK_END - 64)

/* In rax, when the kernel's hlt is no bug. */
#define WAITS            0x77616974

#define VECTOR_PROTECTION 13

    .text
    .balign 16
    .globl ring3_stubs
ring3_stubs:
    stubs   ring3_trap

# int3: the shortest way. A program's system call, or the kernel's request.
    .globl ring3_breakpoint
    .type ring3_breakpoint, @function
ring3_breakpoint:
    cmpl    $(KERNEL_IMAGE >> 32), 4(%rsp) # of rip: a program has nothing there to execute
    je      1f
    pushq   %rax
    movl    $GPA(ring3_root), %eax
    movq    %rax, %cr3
    addq    $(RING3_STACK_END - AFTER_BREAKPOINT), %rsp
    iretq                               # by enter_breakpoint
1:  movq    %rax, %cr3
    addq    $(RING3_LEAVE + FRAME_ERROR - RING3_STACK_END + 40), %rsp
    popq    %rax
    iretq                               # by `leave`
    .size ring3_breakpoint, . - ring3_breakpoint

    .type ring3_trap, @function
ring3_trap:
    testb   $3, 24(%rsp)                # of cs: from which ring?
    jz      waited
    pushq   %rax
    movq    %cr2, %rax
    movq    %rax, RING3_FAULT - AFTER_TRAP(%rsp)
    movq    %cr3, %rax
    cmpl    $GPA(ring3_root), %eax
    je      1f
    movl    $GPA(ring3_root), %eax
    movq    %rax, %cr3
    addq    $(RING3_ENTER_TRAP - AFTER_TRAP), %rsp
    iretq                               # by enter_trap
1:  cmpl    $VECTOR_PROTECTION, 8(%rsp)
    jne     2f
    cmpq    $WAITS, (%rsp)
    je      4f
2:  popq    %rax                        # the kernel has a bug
3:  push_registers
    movq    %rsp, %rdi
    leaq    ring3_last_stack + 4096(%rip), %rsp
    call    trap_from_kernel            # (frame), and panics
4:  sti                                 # works behind the next instruction
    hlt
waited:
    cmpl    $32, (%rsp)
    jb      3b
    popq    %rax                        # the answer to ring3_wait(): the vector
    movq    32(%rsp), %rsp              # ring 0's, before the interrupt
    addq    $24, %rsp                   # rax, the vector and the error code of its own trap
    incq    (%rsp)                      # behind its hlt
    iretq
    .size ring3_trap, . - ring3_trap

# Only where ring 0 is a processor's, and the kernel runs in ring 3 nevertheless, for a test: `syscall`
# gets here. Makes of it what a trap would be.
    .globl ring3_syscall
    .type ring3_syscall, @function
ring3_syscall:
    swapgs
    movq    %rsp, %gs:PROCESSOR_USER_SP
    movq    %gs:PROCESSOR_SELF, %rsp
    leaq    RING3_STACK_END(%rsp), %rsp
    pushq   $USER_SS
    pushq   %gs:PROCESSOR_USER_SP
    pushq   %r11                        # rflags
    pushq   $USER_CS
    pushq   %rcx                        # rip
    pushq   $0
    pushq   $VECTOR_SYSCALL
    swapgs
    jmp     ring3_trap
    .size ring3_syscall, . - ring3_syscall

# void ring3_enter(struct processor *processor)
    .globl ring3_enter
    .type ring3_enter, @function
ring3_enter:
    movl    $GPA(ring3_root), %eax
    movq    %rax, %cr3
    leaq    1f(%rip), %rcx
    movq    %rsp, %rdx
    pushq   $USER_SS
    pushq   %rdx
    pushq   $2                          # rflags
    pushq   $USER_CS
    pushq   %rcx
    iretq
1:  wrgsbase %rdi
    ret
    .size ring3_enter, . - ring3_enter

# In ring 3 from here on. The registers are the program's, and rsp is where ring 0's was.
    .globl ring3_from_breakpoint
    .type ring3_from_breakpoint, @function
ring3_from_breakpoint:
    popq    %rax
    pushq   $0                          # as the other stubs do
    pushq   $3
    jmp     1f
    .size ring3_from_breakpoint, . - ring3_from_breakpoint

    .globl ring3_from_trap
    .type ring3_from_trap, @function
ring3_from_trap:
    popq    %rax
1:  push_registers
    leaq    FRAME_SIZE - RING3_STACK_END(%rsp), %rbx
    wrgsbase %rbx
    movw    $RING3_IO_MAP_OF_KERNEL, RING3_IO_MAP(%rbx)
    movq    %rsp, %rsi
    movq    PROCESSOR_STACK(%rbx), %rsp
    subq    $FRAME_SIZE, %rsp
    movq    %rsp, %rdi
    movl    $(FRAME_SIZE / 8), %ecx
    rep movsq
    xorl    %ebp, %ebp                  # no caller: panic stops here
    movq    %rsp, %rdi
    call    trap_from_user              # (frame)
    movq    %rsp, %rdi                  # falls through
    .size ring3_from_trap, . - ring3_from_trap

# arch_return_to_user() of such a kernel
    .globl ring3_leave
    .type ring3_leave, @function
ring3_leave:
    movq    %gs:PROCESSOR_SELF, %rbx
    movq    %rdi, %rsi
    leaq    RING3_LEAVE(%rbx), %rdi
    movq    %rdi, %rsp
    movl    $(FRAME_SIZE / 8), %ecx
    cld
    rep movsq
    movq    FRAME_RAX(%rsp), %rax       # comes back in ring 0, last of all
    movq    %rax, FRAME_ERROR(%rsp)
    movq    RING3_ROOT(%rbx), %rax
    movq    %rax, FRAME_RAX(%rsp)
    movw    $-1, RING3_IO_MAP(%rbx)     # no ports for programs
    xorl    %eax, %eax
    wrgsbase %rax
    wrfsbase %rax
    pop_registers
    int3
    .size ring3_leave, . - ring3_leave

# uint64_t ring3_wait(void)
    .globl ring3_wait
    .type ring3_wait, @function
ring3_wait:
    movabsq $WAITS, %rax
    hlt
    ret
    .size ring3_wait, . - ring3_wait
    .section .note.GNU-stack, "", @progbits
