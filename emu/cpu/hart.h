/*
 * hart.h: the state of one hardware thread, as the manual defines it, and why it stopped.
 *
 * It is what save, restore, comparing two engines and stepping back work on, so it holds the
 * guest's state alone: no host pointer, nothing an engine caches. To save a hart is to copy it.
 *
 * A hart of a user-mode process is in U mode for ever and uses nothing below `reservation`.
 *
 * Read next: engine.h, then interp.c; for what the CSRs do csr.c, trap.c and mmu.c.
 * Source: The RISC-V Instruction Set Manual, volume I (20191213), chapters 2 and 8, and volume II
 * (20211203), chapters 2 to 4.
 */
#ifndef TRIVIUM_EMU_CPU_HART_H
#define TRIVIUM_EMU_CPU_HART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbered as in mstatus.MPP (Priv. spec 1.2). */
enum mode {
    MODE_U = 0,
    MODE_S = 1,
    MODE_M = 3,
};

/* Synchronous causes, numbered as in mcause (Priv. spec 3.1.15, table 3.6). */
enum trap_cause {
    TRAP_FETCH_MISALIGNED = 0,
    TRAP_FETCH_ACCESS = 1,
    TRAP_ILLEGAL = 2,
    TRAP_BREAKPOINT = 3,
    TRAP_LOAD_MISALIGNED = 4,
    TRAP_LOAD_ACCESS = 5,
    TRAP_STORE_MISALIGNED = 6, /* "store" stands for stores and AMOs */
    TRAP_STORE_ACCESS = 7,
    TRAP_ECALL_U = 8, /* TRAP_ECALL_U + enum mode: an ecall in that mode */
    TRAP_ECALL_S = 9,
    TRAP_ECALL_M = 11,
    TRAP_FETCH_PAGE = 12,
    TRAP_LOAD_PAGE = 13,
    TRAP_STORE_PAGE = 15,
};

struct trap {
    enum trap_cause cause;
    uint64_t value; /* as xtval: the gva that faulted, the illegal word, else 0 */
};

/* Interrupts, numbered as in mcause and as the bits of mip and mie; 0 is none of ours. */
enum interrupt {
    INTERRUPT_NONE = 0,
    INTERRUPT_S_SOFTWARE = 1,
    INTERRUPT_M_SOFTWARE = 3,
    INTERRUPT_S_TIMER = 5,
    INTERRUPT_M_TIMER = 7,
    INTERRUPT_S_EXTERNAL = 9,
    INTERRUPT_M_EXTERNAL = 11,
};

#define INTERRUPT_BIT(interrupt) (UINT64_C(1) << (interrupt))

/* What lr saw and sc expects to see: it succeeds when address and value still agree. */
struct reservation {
    uint32_t valid; /* 0 or 1 */
    uint32_t width; /* bits: 32 or 64 */
    uint64_t gva;
    uint64_t value;
};

struct hart {
    uint64_t x[32];   /* x[0] is kept 0 by whoever writes a register */
    uint64_t pc;      /* gva of the next instruction; after a trap, of the one that trapped */
    uint64_t instret; /* instructions retired; one that traps does not retire */
    struct reservation reservation;

    /*
     * The privileged state. A CSR stands here as it is stored; what a guest reads and may write of
     * it is csr.c's business.
     */
    uint64_t mode;  /* enum mode */
    uint64_t lines; /* INTERRUPT_BITs that devices assert now; the owner's to set, see trap.h */
    uint64_t mip;   /* INTERRUPT_BITs that software has made pending: SSIP, STIP, SEIP */
    uint64_t mie, mideleg, medeleg;
    uint64_t mstatus;
    uint64_t mtvec, mscratch, mepc, mcause, mtval;
    uint64_t stvec, sscratch, sepc, scause, stval;
    uint64_t satp;
    uint64_t mcounteren, scounteren, menvcfg, senvcfg;
    uint64_t mcycle_offset, minstret_offset; /* what a guest has added to them by writing */
    uint64_t mhartid;                        /* 0, 1, ... without a gap: also indexes tables */

    struct trap trap; /* meaningful after STOP_TRAP only, and no part of the guest's state */
};

/* The guest's state: that many bytes from the start, with no padding, to be hashed or compared. */
#define HART_STATE_SIZE offsetof(struct hart, trap)

_Static_assert(HART_STATE_SIZE == sizeof(uint64_t) * (32 + 2 + 3 + 25), "struct hart has padding");

/* Why an engine came back; also what executing one instruction comes to. See engine.h. */
enum stop {
    STOP_COUNT,  /* nothing but the count stops here: hart->instret has reached it */
    STOP_TRAP,   /* the instruction at hart->pc trapped, and did not retire: hart->trap says how */
    STOP_CHANGE, /* it retired, and an interrupt is to be taken, or a device may want one */
    STOP_WAIT,   /* it was a wfi, and retired */
    STOP_PAUSE,  /* it was a pause, and retired: the hart spins, others should run */
};

/*
 * As a hart comes out of reset: M mode, at `pc`, interrupts and translation off. What the manual
 * leaves open is 0, but menvcfg.ADUE, which is 1: accessed and dirty bits are set by hardware.
 */
void hart_reset(struct hart *hart, uint64_t mhartid, uint64_t pc);

/* "illegal instruction", for messages. Never NULL. */
const char *trap_name(enum trap_cause cause);

/* "S-mode timer interrupt", for messages. Never NULL. */
const char *interrupt_name(enum interrupt interrupt);

/* 'U', 'S' or 'M'. */
char mode_letter(enum mode mode);

/* Ends an instruction that cannot complete: what every function that executes one returns then. */
static inline enum stop hart_trap(struct hart *hart, enum trap_cause cause, uint64_t value)
{
    hart->trap = (struct trap){.cause = cause, .value = value};
    return STOP_TRAP;
}

#endif
