# tiny_start.S: where the tiny kernel begins, where its traps go, and its way back. See tiny.c.
# Also of the hostile guests of tests/monitor.

    .section .text.start, "ax"
    .globl _start
_start:
    la      t0, __bss_start
    la      t1, __bss_end
1:  sd      zero, 0(t0)
    addi    t0, t0, 8
    bltu    t0, t1, 1b
    la      sp, kernel_stack_end
    la      t0, trap_entry
    csrw    stvec, t0
    csrw    sscratch, zero              # we are in the kernel
    call    kernel_main

# sscratch is 0 in the kernel, and the kernel's stack pointer while a program runs.
    .globl trap_entry
    .balign 4
trap_entry:
    csrrw   sp, sscratch, sp
    bnez    sp, 1f
    csrr    sp, sscratch                # from the kernel: on with its stack
    addi    sp, sp, -272
    sd      t0, 8 * 5 (sp)
    addi    t0, sp, 272
    j       2f
1:  addi    sp, sp, -272
    sd      t0, 8 * 5 (sp)
    csrr    t0, sscratch
2:  sd      t0, 8 * 2 (sp)              # sp before the trap
    csrw    sscratch, zero
    .irp n, 1, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    sd      x\n, 8 * \n (sp)
    .endr
    csrr    t0, sepc
    sd      t0, 8 * 32 (sp)
    csrr    t0, sstatus
    sd      t0, 8 * 33 (sp)
    mv      a0, sp
    call    kernel_trap                 # (struct frame *)
    mv      a0, sp

# void frame_go(struct frame *): back to where a trap came from, or into a program for the first time.
    .globl frame_go
frame_go:
    ld      t0, 8 * 32 (a0)
    csrw    sepc, t0
    ld      t0, 8 * 33 (a0)
    csrw    sstatus, t0
    andi    t0, t0, 0x100               # SPP
    bnez    t0, 1f
    la      t0, kernel_stack_end
    csrw    sscratch, t0
1:  .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ld      x\n, 8 * \n (a0)
    .endr
    ld      a0, 8 * 10 (a0)
    sret

    .bss
    .balign 16
    .space  8192
    .globl kernel_stack_end
kernel_stack_end:
