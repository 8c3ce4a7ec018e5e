/*
 * emitter.h: what the parts of the emitter share: the state of one block's emission, and where
 * guest registers are.
 */
#ifndef TRIVIUM_EMU_DBT_EMITTER_H
#define TRIVIUM_EMU_DBT_EMITTER_H

#include "emu/dbt/emit.h"

/* Code that goes behind the block's, because it is rarely needed. */
enum cold_kind {
    COLD_BUDGET,      /* the block is longer than what may be executed */
    COLD_EXIT,        /* leave to op->target */
    COLD_LINK,        /* where an exit that is not chained yet jumps to */
    COLD_GUESS,       /* the return went elsewhere */
    COLD_STEP,        /* the interpreter does it, and back */
    COLD_WINDOW,      /* its operations, each access with a probe of its own, and back */
    COLD_DIVIDE_BY_0, /* what the host's division traps at */
};

struct cold {
    enum cold_kind kind;
    uint32_t from; /* the jump that leads here */
    uint32_t back; /* offset to go on at; not of exits */
    const struct ir_op *op;
    unsigned number; /* COLD_LINK: of the exit; COLD_WINDOW: of the operation behind it */
};

/*
 * Accesses that one probe of the TLB serves: operations up to end - 1, in which all loads and
 * stores are at small offsets from the same, unchanged register. rdx is hva - gva meanwhile.
 */
struct window {
    struct cold *cold; /* what is done if the probe fails */
    unsigned end;
    bool open; /* the operation that is emitted is in it */
};

struct emitter {
    struct x86 *x;
    const struct ir_block *block;
    const struct emit_env *env;
    struct emit_result *result;
    struct window window;
    unsigned cold_count;
    struct cold cold[8 * IR_OPS_MAX];
};

/* emit.c */

/* A member of struct hart. */
struct x86_rm emit_hart_at(size_t offset);
/* Where a guest register is: a host register, or in struct hart. x0 is a 0 in memory. */
struct x86_rm emit_rm(const struct emitter *e, unsigned guest);
/* The host register that has it; `scratch`, loaded with it, if none has. */
enum x86_reg emit_in_reg(struct emitter *e, unsigned guest, enum x86_reg scratch);
/* Where to compute the new value of a guest register, before emit_done() puts it there. */
enum x86_reg emit_target(const struct emitter *e, unsigned guest, enum x86_reg scratch);
void emit_done(struct emitter *e, unsigned guest, enum x86_reg value);
/* Adds code to be emitted behind the block, reached by the jump whose distance is at `from`. */
struct cold *emit_cold(struct emitter *e, enum cold_kind kind, uint32_t from,
                       const struct ir_op *op);
/* Counts an execution of the instruction, if it is to be counted; uses rdx and the flags. */
void emit_count(struct emitter *e, unsigned insn);
void emit_op(struct emitter *e, const struct ir_op *op);
/* Instructions from op's on to the end of the block, op's included. */
unsigned emit_rest(const struct emitter *e, const struct ir_op *op);

/* emit_alu.c */
void emit_alu(struct emitter *e, const struct ir_op *op);
void emit_rotate(struct emitter *e, const struct ir_op *op);
void emit_scale(struct emitter *e, const struct ir_op *op);
/* Compares a with b: answers the condition under which the operator holds. */
enum x86_condition emit_compare(struct emitter *e, const struct ir_op *op);

/* emit_multiply.c */
void emit_multiply(struct emitter *e, const struct ir_op *op);
void emit_divide(struct emitter *e, const struct ir_op *op);
void emit_cold_divide(struct emitter *e, const struct cold *cold);

/* emit_csr.c */
void emit_csr(struct emitter *e, const struct ir_op *op);

/* emit_memory.c */
void emit_load(struct emitter *e, const struct ir_op *op);
void emit_store(struct emitter *e, const struct ir_op *op);
void emit_amo(struct emitter *e, const struct ir_op *op);
/* Does a window begin at that operation? If so it is open. */
void emit_open_window(struct emitter *e, unsigned first);
/* The operation is emitted; is the window over? */
void emit_close_window(struct emitter *e, unsigned done);

#endif
