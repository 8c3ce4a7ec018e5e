# From a program into the kernel and back.
#
# sscratch says where a trap comes from. While a program runs, it is the address of its frame, at
# the top of its kernel stack; in the kernel it is 0. The frame's layout is machine/frame.h's:
# register n at 8 n, then pc and cpu.
# Read next: trap.c
#define FRAME_PC    256
#define FRAME_CPU   264

#define SSTATUS_SPIE 0x20
#define SSTATUS_SPP  0x100

    .text
    .balign 4
    .globl trap_entry
    .type trap_entry, @function
trap_entry:
    csrrw   sp, sscratch, sp
    beqz    sp, trap_in_kernel

    sd      ra, 8(sp)                   # x1; sp is x2
    sd      gp, 24(sp)
    sd      tp, 32(sp)
    sd      t0, 40(sp)
    sd      t1, 48(sp)
    sd      t2, 56(sp)
    sd      s0, 64(sp)
    sd      s1, 72(sp)
    sd      a0, 80(sp)
    sd      a1, 88(sp)
    sd      a2, 96(sp)
    sd      a3, 104(sp)
    sd      a4, 112(sp)
    sd      a5, 120(sp)
    sd      a6, 128(sp)
    sd      a7, 136(sp)
    sd      s2, 144(sp)
    sd      s3, 152(sp)
    sd      s4, 160(sp)
    sd      s5, 168(sp)
    sd      s6, 176(sp)
    sd      s7, 184(sp)
    sd      s8, 192(sp)
    sd      s9, 200(sp)
    sd      s10, 208(sp)
    sd      s11, 216(sp)
    sd      t3, 224(sp)
    sd      t4, 232(sp)
    sd      t5, 240(sp)
    sd      t6, 248(sp)
    csrrw   t0, sscratch, zero
    sd      t0, 16(sp)                  # the program's sp
    csrr    t0, sepc
    sd      t0, FRAME_PC(sp)
    ld      tp, FRAME_CPU(sp)
    li      s0, 0                       # no caller: panic stops here
    mv      a0, sp
    call    trap_from_user              # (frame)
    mv      a0, sp                      # the frame, again: falls through
    .size trap_entry, . - trap_entry

# void arch_return_to_user(struct trap_frame *frame)
    .globl arch_return_to_user
    .type arch_return_to_user, @function
arch_return_to_user:
    sd      tp, FRAME_CPU(a0)           # a process does not always run on the same processor
    ld      t0, FRAME_PC(a0)
    csrw    sepc, t0
    li      t0, SSTATUS_SPP             # back to user mode ...
    csrc    sstatus, t0
    li      t0, SSTATUS_SPIE            # ... with interrupts on
    csrs    sstatus, t0
    csrw    sscratch, a0

    ld      ra, 8(a0)
    ld      sp, 16(a0)
    ld      gp, 24(a0)
    ld      tp, 32(a0)
    ld      t0, 40(a0)
    ld      t1, 48(a0)
    ld      t2, 56(a0)
    ld      s0, 64(a0)
    ld      s1, 72(a0)
    ld      a1, 88(a0)
    ld      a2, 96(a0)
    ld      a3, 104(a0)
    ld      a4, 112(a0)
    ld      a5, 120(a0)
    ld      a6, 128(a0)
    ld      a7, 136(a0)
    ld      s2, 144(a0)
    ld      s3, 152(a0)
    ld      s4, 160(a0)
    ld      s5, 168(a0)
    ld      s6, 176(a0)
    ld      s7, 184(a0)
    ld      s8, 192(a0)
    ld      s9, 200(a0)
    ld      s10, 208(a0)
    ld      s11, 216(a0)
    ld      t3, 224(a0)
    ld      t4, 232(a0)
    ld      t5, 240(a0)
    ld      t6, 248(a0)
    ld      a0, 80(a0)
    sret
    .size arch_return_to_user, . - arch_return_to_user

# The kernel itself has trapped: a bug. Its stack may be part of what is wrong, but is all there is.
    .type trap_in_kernel, @function
trap_in_kernel:
    csrrw   sp, sscratch, sp
    mv      a0, ra
    mv      a1, s0
    csrr    a2, sepc
    call    trap_from_kernel            # (ra, s0, pc)
    .size trap_in_kernel, . - trap_in_kernel
    .section .note.GNU-stack, "", @progbits
