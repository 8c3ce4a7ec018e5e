/*
 * emit.h: from IR to host code.
 *
 *     rbp  the hart, 128 bytes in: its registers are at rbp-128 .. rbp+127
 *     r15  instructions that may still be executed, once this block has begun
 *     gs   its base: the guest's memory in a process; the hart's TLB on a board
 *     rbx rsi rdi r8 .. r14   ten guest registers (homes.h)
 *     rax rcx rdx             within an operation
 *
 * A block:   sub r15, n          n instructions: if there are not so many left, leave
 *            jl  ...
 *            ...                 the operations
 *            jmp ...             to the next block, or to the code that leaves
 *            (cold)              what is rarely needed: exits with something to do, the slow way
 *
 * Exits, steps and look-ups end in four pieces of code that all blocks share (struct emit_fixed).
 */
#ifndef TRIVIUM_EMU_DBT_EMIT_H
#define TRIVIUM_EMU_DBT_EMIT_H

#include "emu/cpu/machine.h"
#include "emu/dbt/cache.h"
#include "emu/dbt/dbt.h"
#include "emu/dbt/homes.h"
#include "emu/dbt/ir.h"
#include "emu/dbt/options.h"
#include "emu/dbt/x86.h"

/* rbp is so far into struct hart, that all registers are within a signed byte of it. */
enum { EMIT_HART_BIAS = 128 };

/* Why translated code came back, if it is not the number of an exit. */
enum emit_leave {
    LEAVE_LOOKUP = 1 << 24, /* hart->pc is where to go on */
    LEAVE_BUDGET,           /* the block at hart->pc is longer than what may be executed */
    LEAVE_STEP,             /* the instruction at hart->pc is for the interpreter */
    LEAVE_STOPPED,          /* a step has stopped */
};

/* The registers rax and rdx, as the System V ABI returns such a struct. */
struct emit_left {
    uint64_t why;   /* the number of an exit, or enum emit_leave */
    int64_t budget; /* instructions that may still be executed */
};

/* What emit_step's caller finds; the engine's. */
struct emit_frame;

/*
 * A step: the interpreter executes one instruction, by its number in the cache. 0: translated code
 * goes on. budget: instructions that may still be executed, this one included.
 */
typedef uint64_t emit_step(struct emit_frame *frame, uint32_t insn, int64_t budget);

/* The shared code, as offsets. */
struct emit_fixed {
    uint32_t enter;    /* struct emit_left enter(hart, code, budget, gs_base, frame) */
    uint32_t leave;    /* eax: why */
    uint32_t leave_to; /* to be looked up: rax: pc */
    uint32_t step;     /* eax: number, ecx: instructions from this one to the end of the block */
    uint32_t
        interpret; /* as leave, with LEAVE_STEP; rax: pc. Also where a fault of the host leads */
};

/* What the emitter has to know of its surroundings. */
struct emit_env {
    const struct dbt_options *options;
    const struct homes *homes; /* NULL: all guest registers stay in the hart */
    const struct emit_fixed *fixed;
    bool is_board;
    uint64_t jumps;                 /* address of the jump table */
    struct row_counts *counts;      /* count instructions there, or NULL */
    const struct dbt_counts *tally; /* and jumps there */
    struct store_log *stores;       /* stores are noted there, or NULL */
    uint64_t *executions;           /* of the block: counted there, or NULL */
    uint32_t first_exit;            /* number of the block's first exit */
    uint32_t first_insn;            /* and of its first instruction */
    uint64_t page; /* on a board: gva of the page within which exits may be chained */
};

struct emit_exit {
    uint64_t target;
    uint32_t field;
};

/* What it tells about a block. */
struct emit_result {
    uint32_t code; /* offset of the first instruction */
    uint32_t body; /* ... of that behind the check of the budget */
    uint32_t insn_code[IR_INSNS_MAX];
    unsigned exit_count;
    struct emit_exit exits[CACHE_BLOCK_EXITS_MAX];
};

/* homes: as in struct emit_env. */
void emit_fixed_code(struct x86 *x, struct emit_fixed *fixed, const struct homes *homes,
                     emit_step *step);
/* The host register that home is. */
enum x86_reg emit_home(unsigned home);
void emit_block(struct x86 *x, const struct ir_block *block, const struct emit_env *env,
                struct emit_result *result);

#endif
