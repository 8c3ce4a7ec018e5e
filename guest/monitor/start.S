# start.S: the first instructions of the monitor. See guest.h; next main.c.
#
# The firmware enters in S mode with paging off, and the monitor is linked for where it will be mapped.
#include "guest/monitor/map.h"

#define ROOT_INDEX  258                 /* of 0xffffffc080000000, by its bits 38 to 30 */
#define LEAF        0x200000ef          /* hpa 0x80000000, a page of 1 GiB: D A G, not U, X W R V */

# a0: number of the hart; a1: where the device tree is
    .section .text.start, "ax"
    .globl _start
_start:
    csrci   sstatus, 2                  # no interrupts
    la      t0, started                 # old firmware starts all harts at once: the first is enough
    li      t1, 1
    amoswap.w.aqrl t1, t1, (t0)
    bnez    t1, park

    la      t0, __bss_start
    la      t1, __bss_end
1:  sd      zero, 0(t0)
    addi    t0, t0, 8
    bltu    t0, t1, 1b

    la      t0, start_root
    li      t1, LEAF
    li      t2, ROOT_INDEX * 8
    add     t2, t2, t0
    sd      t1, 0(t2)

    # The next instruction's address will not be mapped. Its fault goes to stvec, which is.
    la      t1, 2f
    li      t2, MONITOR_MAP
    add     t1, t1, t2
    csrw    stvec, t1
    srli    t0, t0, 12
    li      t1, 8                       # Sv39
    slli    t1, t1, 60
    or      t0, t0, t1
    sfence.vma
    csrw    satp, t0
    .balign 4
2:  csrw    sstatus, zero               # no floating point, and back to U mode
    la      sp, stack_end
    mv      a0, a1
    tail    monitor_main                # (where the device tree is)

park:
    wfi
    j       park

    .data
    .balign 4
started:
    .word   0

    .bss
    .balign 4096
start_root:
    .space  4096
    .space  16384
    .globl stack_end
stack_end:
