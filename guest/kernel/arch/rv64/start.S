# The first instructions of the kernel, on every processor.
#
# The firmware enters in supervisor mode with paging off. The kernel is linked for where it will be
# mapped: all physical memory, from KERNEL_MAP on. So each processor turns paging on and goes on at
# the mapped address. Until then only addresses relative to pc are right.
# Read next: boot.c (kernel_boot), guest/kernel/main.c
#include "guest/kernel/arch/rv64/map.h"

#define SATP_SV39   8
# See machine/paging.h. Nothing may be both written and executed.
#define PTE_TABLE   0x01                # V
#define PTE_CODE    0x6b                # A G X R V
#define PTE_CONST   0x63                # A G R V
#define PTE_DATA    0xe7                # D A G W R V

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

    call    make_tables
    paging_on
    la      tp, boot_cpu_page
    li      t0, 4096
    add     sp, tp, t0
    li      s0, 0                       # no caller: panic stops here
    li      ra, 0
    tail    kernel_boot                 # (hart, gpa of the tree)

# Fills in the kernel's tables, which are all zeros:
#
#   boot_root    the upper half: an entry a GiB, gpa 0 at KERNEL_MAP and so on: data
#     boot_2m    the GiB that the kernel is in: data, too
#       boot_4k  its 2 MiB: code, constants, data
#
# Clobbers t0 to t6.
make_tables:
    la      t0, boot_root
    li      t1, 2048
    add     t0, t0, t1
    add     t3, t0, t1                  # the end
    li      t1, PTE_DATA
    li      t2, 1 << 28                 # a GiB, in the place of an entry's page number
1:  sd      t1, 0(t0)
    add     t1, t1, t2
    addi    t0, t0, 8
    bltu    t0, t3, 1b

    la      t4, kernel_start
    srli    t5, t4, 30                  # number of the GiB
    la      t0, boot_2m
    slli    t1, t5, 28
    addi    t1, t1, PTE_DATA
    li      t2, 1 << 19                 # 2 MiB
    li      t3, 4096
    add     t3, t0, t3
2:  sd      t1, 0(t0)
    add     t1, t1, t2
    addi    t0, t0, 8
    bltu    t0, t3, 2b

    la      t0, boot_4k
    li      t3, 4096
    add     t3, t0, t3
    la      t5, kernel_constants
    la      t6, kernel_data
    mv      t2, t4                      # gpa of the page
    li      t4, 4096
3:  li      t1, PTE_CODE
    bltu    t2, t5, 4f
    li      t1, PTE_CONST
    bltu    t2, t6, 4f
    li      t1, PTE_DATA
4:  srli    a2, t2, 2
    add     t1, t1, a2
    sd      t1, 0(t0)
    add     t2, t2, t4
    addi    t0, t0, 8
    bltu    t0, t3, 3b

    la      t4, kernel_start
    la      t0, boot_2m
    la      t1, boot_4k
    srli    t1, t1, 2
    addi    t1, t1, PTE_TABLE
    srli    t2, t4, 21                  # of its 2 MiB in the GiB: 9 bits
    andi    t2, t2, 511
    slli    t2, t2, 3
    add     t2, t2, t0
    sd      t1, 0(t2)
    la      t1, boot_root
    srli    t0, t0, 2
    addi    t0, t0, PTE_TABLE
    srli    t2, t4, 30
    addi    t2, t2, 256
    slli    t2, t2, 3
    add     t2, t2, t1
    sd      t0, 0(t2)
    ret

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

    .bss
    .balign 4096
    .globl boot_root
boot_root:
    .skip   4096
boot_2m:
    .skip   4096
boot_4k:
    .skip   4096
    .section .note.GNU-stack, "", @progbits
