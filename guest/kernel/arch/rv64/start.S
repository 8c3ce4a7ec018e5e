# The first instructions of the kernel, on every processor.
#
# The firmware enters in supervisor mode with paging off. The kernel is linked for where it will be
# mapped: all physical memory, from KERNEL_MAP on. So each processor turns paging on and goes on at
# the mapped address. Until then only addresses relative to pc are right.
# Read next: boot.c (kernel_boot), guest/kernel/main.c
#include "guest/kernel/arch/rv64/map.h"

#define SATP_SV39   8
#define PTE_KERNEL  0xef                # D A G X W R V: see machine/paging.h

# Turns paging on, with boot_root as the top table. Clobbers t0, t1.
.macro  paging_on
    # The next instruction's address will not be mapped. Its fault goes to stvec, which is: that is
    # how pc gets from the physical to the mapped address.
    la      t0, 1f
    li      t1, KERNEL_MAP
    add     t0, t0, t1
    csrw    stvec, t0
    la      t0, boot_root
    srli    t0, t0, 12
    li      t1, SATP_SV39
    slli    t1, t1, 60
    or      t0, t0, t1
    sfence.vma
    csrw    satp, t0
    sfence.vma
    .balign 4
1:
    la      t0, trap_entry
    csrw    stvec, t0
    csrw    sscratch, zero              # we are in the kernel: see trap.S
    csrw    sie, zero
    li      t0, 0x6000                  # no floating point
    csrc    sstatus, t0
    li      t0, 7                       # programs may read cycle, time and instret
    csrw    scounteren, t0
.endm

# a0: number of the hart; a1: gpa of the device tree
    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    csrci   sstatus, 2                  # no interrupts
    # Without the HSM extension the firmware starts all harts here at once. The first one boots.
    la      t0, boot_lottery
    li      t1, 1
    amoswap.w.aqrl t1, t1, (t0)
    bnez    t1, park

    la      t0, __bss_start
    la      t1, __bss_end
1:  sd      zero, 0(t0)
    addi    t0, t0, 8
    bltu    t0, t1, 1b

    # One entry a GiB, the upper half of the table: gpa 0 at KERNEL_MAP, and so on.
    la      t0, boot_root + 2048
    li      t1, PTE_KERNEL
    li      t2, 1 << 28                 # a GiB, in the place of an entry's page number
    la      t3, boot_root + 4096
2:  sd      t1, 0(t0)
    add     t1, t1, t2
    addi    t0, t0, 8
    bltu    t0, t3, 2b

    paging_on
    la      tp, boot_cpu_page
    li      t0, 4096
    add     sp, tp, t0
    li      s0, 0                       # no caller: panic stops here
    li      ra, 0
    tail    kernel_boot                 # (hart, gpa of the tree)

park:
    wfi
    j       park
    .size _start, . - _start

# Another hart, by HSM. a0: its number; a1: the page that its struct cpu is in, as the kernel sees it.
    .globl secondary_start
    .type secondary_start, @function
secondary_start:
    csrci   sstatus, 2
    paging_on
    mv      tp, a1
    li      t0, 4096
    add     sp, tp, t0
    li      s0, 0
    li      ra, 0
    mv      a0, tp
    tail    hart_started                # (cpu)
    .size secondary_start, . - secondary_start

# Not in .bss, which the first hart clears.
    .data
    .balign 4
boot_lottery:
    .4byte  0
    .section .note.GNU-stack, "", @progbits
