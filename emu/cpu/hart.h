/*
 * hart.h: the state of one hardware thread, as the manual defines it, and why it stopped.
 *
 * It is what save, restore, comparing two engines and stepping back work on, so it holds the
 * guest's state alone: no host pointer, nothing an engine caches.
 *
 * Source: The RISC-V Instruction Set Manual, volume I (20191213), chapters 2 and 8.
 */
#ifndef TRIVIUM_EMU_CPU_HART_H
#define TRIVIUM_EMU_CPU_HART_H

#include <stdbool.h>
#include <stdint.h>

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
    TRAP_ECALL_U = 8,
    TRAP_FETCH_PAGE = 12,
    TRAP_LOAD_PAGE = 13,
    TRAP_STORE_PAGE = 15,
};

struct trap {
    enum trap_cause cause;
    uint64_t value; /* as xtval: the gva that faulted, the illegal word, else 0 */
};

/* What lr saw and sc expects to see: it succeeds when address and value still agree. */
struct reservation {
    bool valid;
    uint8_t width; /* bits: 32 or 64 */
    uint64_t gva;
    uint64_t value;
};

struct hart {
    uint64_t x[32];   /* x[0] is kept 0 by whoever writes a register */
    uint64_t pc;      /* gva of the next instruction; after a trap, of the one that trapped */
    uint64_t instret; /* instructions retired; one that traps does not retire */
    struct trap trap; /* meaningful after STOP_TRAP only */
    struct reservation reservation;
};

/* Why an engine came back. */
enum stop {
    STOP_COUNT, /* hart->instret has reached the count that was asked for */
    STOP_TRAP,  /* the instruction at hart->pc trapped: hart->trap says how */
};

/* "illegal instruction", for messages. Never NULL. */
const char *trap_name(enum trap_cause cause);

#endif
