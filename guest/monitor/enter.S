# enter.S: into the guest, and back. See guest.h.
#include "guest/monitor/map.h"

# void guest_enter(struct guest *guest): the guest runs, in U mode, until it traps.
# A function that returns when something else has run: as KVM_RUN.
    .text
    .globl guest_enter
guest_enter:
    addi    sp, sp, -112
    sd      ra, 0(sp)
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    sd      s\n, 8 + 8 * \n (sp)
    .endr
    sd      sp, GUEST_SP(a0)
    csrw    sscratch, a0
    la      t0, trap
    csrw    stvec, t0
    ld      t0, GUEST_PC(a0)
    csrw    sepc, t0
    .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ld      x\n, 8 * \n (a0)
    .endr
    ld      a0, 8 * 10 (a0)
    sret                                # sstatus.SPP is 0

    .balign 4
trap:
    csrrw   a0, sscratch, a0
    .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    sd      x\n, 8 * \n (a0)
    .endr
    csrr    t0, sscratch
    sd      t0, 8 * 10 (a0)
    csrr    t0, sepc
    sd      t0, GUEST_PC(a0)
    la      t0, monitor_trap            # from now on a trap is the monitor's own mistake
    csrw    stvec, t0
    ld      sp, GUEST_SP(a0)
    ld      ra, 0(sp)
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    ld      s\n, 8 + 8 * \n (sp)
    .endr
    addi    sp, sp, 112
    ret

    .globl monitor_trap
    .balign 4
monitor_trap:
    la      sp, stack_end
    csrr    a0, scause
    csrr    a1, sepc
    csrr    a2, stval
    tail    monitor_died
