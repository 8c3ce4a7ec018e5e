/*
 * emit.c: the frame of a block, its exits, and what all blocks share; see emit.h.
 *
 * Read next: emit_alu.c, emit_memory.c.
 */
#include "emu/dbt/emit.h"

#include <assert.h>

#include "emu/dbt/cache.h"
#include "emu/dbt/emitter.h"

enum {
    FRAME_SLOT = 0, /* at rsp: struct emit_frame * */
    FRAME_BYTES = 24,
};

/* What is left when a hart, a stack and three registers within an operation are taken. */
static const uint8_t home_regs[HOMES] = {X86_RBX, X86_RSI, X86_RDI, X86_R8,  X86_R9,
                                         X86_R10, X86_R11, X86_R12, X86_R13, X86_R14};

enum x86_reg emit_home(unsigned home)
{
    return (enum x86_reg)home_regs[home];
}

struct x86_rm emit_hart_at(size_t offset)
{
    return x86_at(X86_RBP, (int32_t)offset - EMIT_HART_BIAS);
}

static struct x86_rm slot_of(unsigned guest)
{
    return emit_hart_at(offsetof(struct hart, x) + guest * sizeof(uint64_t));
}

struct x86_rm emit_rm(const struct emitter *e, unsigned guest)
{
    unsigned home = e->env->homes != NULL ? e->env->homes->home[guest] : HOMES;

    return home < HOMES ? x86_reg((enum x86_reg)home_regs[home]) : slot_of(guest);
}

enum x86_reg emit_in_reg(struct emitter *e, unsigned guest, enum x86_reg scratch)
{
    struct x86_rm rm = emit_rm(e, guest);

    if (!rm.is_memory)
        return (enum x86_reg)rm.reg;
    if (guest == 0)
        x86_alu(e->x, X86_XOR, 32, scratch, x86_reg(scratch));
    else
        x86_mov(e->x, scratch, rm);
    return scratch;
}

enum x86_reg emit_target(const struct emitter *e, unsigned guest, enum x86_reg scratch)
{
    struct x86_rm rm = emit_rm(e, guest);

    return rm.is_memory ? scratch : (enum x86_reg)rm.reg;
}

void emit_done(struct emitter *e, unsigned guest, enum x86_reg value)
{
    struct x86_rm rm = emit_rm(e, guest);

    if (guest != 0 && (rm.is_memory || rm.reg != value))
        x86_store(e->x, 64, rm, value);
}

unsigned emit_rest(const struct emitter *e, const struct ir_op *op)
{
    return e->block->insn_count - op->insn;
}

struct cold *emit_cold(struct emitter *e, enum cold_kind kind, uint32_t from,
                       const struct ir_op *op)
{
    struct cold *cold = &e->cold[e->cold_count++];

    assert(e->cold_count <= sizeof e->cold / sizeof *e->cold);
    *cold = (struct cold){.kind = kind, .from = from, .op = op};
    return cold;
}

/* The jump whose distance is at `field` leaves the block to `target`: the cache will chain it. */
static void add_exit(struct emitter *e, uint32_t field, uint64_t target)
{
    struct emit_result *result = e->result;

    assert(result->exit_count < CACHE_BLOCK_EXITS_MAX);
    emit_cold(e, COLD_LINK, field, NULL)->number = e->env->first_exit + result->exit_count;
    result->exits[result->exit_count++] = (struct emit_exit){.target = target, .field = field};
}

/* Counts that this is executed, if it is to be counted; uses `scratch` and the flags. */
static void tally(struct emitter *e, size_t counter, enum x86_reg scratch)
{
    if (e->env->tally == NULL)
        return;
    x86_mov_imm(e->x, scratch, (uint64_t)(uintptr_t)e->env->tally + counter);
    x86_alu_imm(e->x, X86_ADD, 64, x86_at(scratch, 0), 1);
}

/*
 * Goes to the block at the pc in rax: by the table, if it is there.
 *
 *     63          13 12       1 0
 *    |              |  index   |0|   pc
 */
static void jump_to_rax(struct emitter *e)
{
    uint32_t miss;

    if (!e->env->options->ibtc) {
        x86_link(e->x, x86_jump(e->x), e->env->fixed->leave_to);
        return;
    }
    x86_load(e->x, 32, false, X86_RCX, x86_reg(X86_RAX));
    x86_alu_imm(e->x, X86_AND, 32, x86_reg(X86_RCX), (JUMP_ENTRIES - 1) << 1);
    x86_mov_imm(e->x, X86_RDX, e->env->jumps);
    x86_alu(e->x, X86_CMP, 64, X86_RAX, x86_indexed(X86_RDX, X86_RCX, 8, 0));
    miss = x86_jump_if(e->x, X86_NOT_EQUAL);
    x86_link(e->x, miss, e->env->fixed->leave_to);
    tally(e, offsetof(struct dbt_counts, hits), X86_RAX);
    x86_jump_rm(e->x, x86_indexed(X86_RDX, X86_RCX, 8, 8));
}

/* May a jump to `target` be chained? On a board only as long as it stays in the page. */
static bool may_chain(const struct emitter *e, uint64_t target)
{
    return e->env->options->chain && (!e->env->is_board || target - e->env->page < MEM_PAGE_SIZE);
}

/* Leaves to a fixed target. */
static void leave_to(struct emitter *e, uint64_t target)
{
    if (may_chain(e, target)) {
        add_exit(e, x86_jump(e->x), target);
    } else {
        x86_mov_imm(e->x, X86_RAX, target);
        jump_to_rax(e);
    }
}

/* Gives back what the block has taken for instructions that are not executed. */
static void give_back(struct emitter *e, unsigned instructions)
{
    if (instructions != 0)
        x86_alu_imm(e->x, X86_ADD, 64, x86_reg(X86_R15), (int32_t)instructions);
}

static void emit_exit_if(struct emitter *e, const struct ir_op *op)
{
    uint32_t field = x86_jump_if(e->x, emit_compare(e, op));

    if (emit_rest(e, op) == 1 && may_chain(e, op->target))
        add_exit(e, field, op->target);
    else
        emit_cold(e, COLD_EXIT, field, op);
}

static void emit_guess(struct emitter *e, const struct ir_op *op)
{
    struct x86_rm a = emit_rm(e, op->a);

    if (op->target <= INT32_MAX) {
        x86_alu_imm(e->x, X86_CMP, 64, a, (int32_t)op->target);
    } else {
        x86_mov_imm(e->x, X86_RAX, op->target);
        x86_alu(e->x, X86_CMP, 64, X86_RAX, a);
    }
    emit_cold(e, COLD_GUESS, x86_jump_if(e->x, X86_NOT_EQUAL), op);
    tally(e, offsetof(struct dbt_counts, returns), X86_RDX);
}

static void emit_exit_reg(struct emitter *e, const struct ir_op *op)
{
    x86_mov(e->x, X86_RAX, emit_rm(e, op->a));
    if (op->offset != 0)
        x86_alu_imm(e->x, X86_ADD, 64, x86_reg(X86_RAX), (int32_t)op->offset);
    x86_alu_imm(e->x, X86_AND, 64, x86_reg(X86_RAX), -2);
    if (op->rd != 0) {
        x86_mov_imm(e->x, X86_RCX, (uint64_t)op->imm);
        emit_done(e, op->rd, X86_RCX);
    }
    jump_to_rax(e);
}

static uint64_t pc_of(const struct emitter *e, const struct ir_op *op)
{
    return e->block->insns[op->insn].pc;
}

static void emit_exit_step(struct emitter *e, const struct ir_op *op)
{
    give_back(e, emit_rest(e, op));
    x86_mov_imm(e->x, X86_RAX, pc_of(e, op));
    x86_link(e->x, x86_jump(e->x), e->env->fixed->interpret);
}

static void emit_const(struct emitter *e, const struct ir_op *op)
{
    struct x86_rm rd = emit_rm(e, op->rd);

    if (rd.is_memory && op->imm == (int32_t)op->imm) {
        x86_store_imm(e->x, 64, rd, (int32_t)op->imm);
    } else {
        enum x86_reg to = emit_target(e, op->rd, X86_RAX);

        x86_mov_imm(e->x, to, (uint64_t)op->imm);
        emit_done(e, op->rd, to);
    }
}

void emit_op(struct emitter *e, const struct ir_op *op)
{
    switch ((enum ir_kind)op->kind) {
    case IR_CONST:
        if (op->rd != 0)
            emit_const(e, op);
        break;
    case IR_ALU:
        if (op->rd != 0)
            emit_alu(e, op);
        break;
    case IR_ROTATE: emit_rotate(e, op); break;
    case IR_SCALE: emit_scale(e, op); break;
    case IR_LOAD: emit_load(e, op); break;
    case IR_STORE: emit_store(e, op); break;
    case IR_AMO: emit_amo(e, op); break;
    case IR_CSR: emit_csr(e, op); break;
    case IR_STEP: {
        struct cold *cold = emit_cold(e, COLD_STEP, x86_jump(e->x), op);

        cold->back = x86_here(e->x);
        break;
    }
    case IR_EXIT_IF: emit_exit_if(e, op); break;
    case IR_GUESS: emit_guess(e, op); break;
    case IR_EXIT:
        give_back(e, emit_rest(e, op) - 1);
        leave_to(e, op->target);
        break;
    case IR_EXIT_REG: emit_exit_reg(e, op); break;
    case IR_EXIT_STEP: emit_exit_step(e, op); break;
    }
}

static void emit_cold_code(struct emitter *e, const struct cold *cold)
{
    const struct ir_op *op = cold->op;

    x86_link(e->x, cold->from, x86_here(e->x));
    switch (cold->kind) {
    case COLD_BUDGET:
        give_back(e, e->block->insn_count);
        x86_mov_imm(e->x, X86_RAX, e->block->insns[0].pc);
        x86_store(e->x, 64, emit_hart_at(offsetof(struct hart, pc)), X86_RAX);
        x86_mov_imm(e->x, X86_RAX, LEAVE_BUDGET);
        x86_link(e->x, x86_jump(e->x), e->env->fixed->leave);
        break;
    case COLD_EXIT:
        give_back(e, emit_rest(e, op) - 1);
        leave_to(e, op->target);
        break;
    case COLD_LINK:
        x86_mov_imm(e->x, X86_RAX, cold->number);
        x86_link(e->x, x86_jump(e->x), e->env->fixed->leave);
        break;
    case COLD_GUESS:
        tally(e, offsetof(struct dbt_counts, returns_elsewhere), X86_RDX);
        give_back(e, emit_rest(e, op) - 1);
        x86_mov(e->x, X86_RAX, emit_rm(e, op->a));
        x86_alu_imm(e->x, X86_AND, 64, x86_reg(X86_RAX), -2);
        jump_to_rax(e);
        break;
    case COLD_STEP:
        x86_mov_imm(e->x, X86_RAX, e->env->first_insn + op->insn);
        x86_mov_imm(e->x, X86_RCX, emit_rest(e, op));
        x86_link(e->x, x86_call(e->x), e->env->fixed->step);
        x86_link(e->x, x86_jump(e->x), cold->back);
        break;
    case COLD_WINDOW:
        for (const struct ir_op *each = op; each < &e->block->ops[cold->number]; each++) {
            if (each->removed == IR_KEPT)
                emit_op(e, each);
        }
        x86_link(e->x, x86_jump(e->x), cold->back);
        break;
    case COLD_DIVIDE_BY_0: emit_cold_divide(e, cold); break;
    }
}

/* Counts the instruction. rdx is free between two operations. */
void emit_count(struct emitter *e, unsigned insn)
{
    const struct isa_row *row = e->block->insns[insn].insn.row;

    x86_mov_imm(e->x, X86_RDX, (uint64_t)(uintptr_t)&e->env->counts->executed[isa_row_id(row)]);
    x86_alu_imm(e->x, X86_ADD, 64, x86_at(X86_RDX, 0), 1);
}

/* A guest instruction begins; `op` is the first operation that is not of an earlier one. An access
 * is counted when it has not trapped, and the interpreter counts what it does itself. */
static void begin_insn(struct emitter *e, unsigned insn, const struct ir_op *op)
{
    bool counts_later =
        op != NULL && op->insn == insn &&
        (ir_is_access(op) || op->kind == IR_AMO || op->kind == IR_STEP || op->kind == IR_EXIT_STEP);

    e->result->insn_code[insn] = x86_here(e->x);
    if (e->env->counts != NULL && !counts_later)
        emit_count(e, insn);
}

static void emit_ops(struct emitter *e)
{
    unsigned insn = 0;

    for (unsigned i = 0; i < e->block->op_count; i++) {
        const struct ir_op *op = &e->block->ops[i];

        for (; insn <= op->insn; insn++)
            begin_insn(e, insn, op);
        if (!e->window.open && ir_is_access(op))
            emit_open_window(e, i);
        if (op->removed == IR_KEPT)
            emit_op(e, op);
        if (e->window.open)
            emit_close_window(e, i);
    }
}

void emit_block(struct x86 *x, const struct ir_block *block, const struct emit_env *env,
                struct emit_result *result)
{
    struct emitter e = {.x = x, .block = block, .env = env, .result = result};

    result->code = x86_here(x);
    result->exit_count = 0;
    x86_alu_imm(x, X86_SUB, 64, x86_reg(X86_R15), (int32_t)block->insn_count);
    emit_cold(&e, COLD_BUDGET, x86_jump_if(x, X86_LESS), NULL);
    result->body = x86_here(x);
    if (env->executions != NULL) {
        x86_mov_imm(x, X86_RDX, (uint64_t)(uintptr_t)env->executions);
        x86_alu_imm(x, X86_ADD, 64, x86_at(X86_RDX, 0), 1);
    }
    emit_ops(&e);
    for (unsigned i = 0; i < e.cold_count; i++) /* some of it adds more */
        emit_cold_code(&e, &e.cold[i]);
    assert(!x->full && x86_here(x) - result->code <= CACHE_BLOCK_CODE_MAX);
}

/* The guest registers that have homes go to the hart, or come from there. */
static void spill(struct x86 *x, const struct homes *homes)
{
    for (unsigned i = 0; homes != NULL && i < HOMES; i++)
        x86_store(x, 64, slot_of(homes->guest[i]), (enum x86_reg)home_regs[i]);
}

static void fill(struct x86 *x, const struct homes *homes)
{
    for (unsigned i = 0; homes != NULL && i < HOMES; i++)
        x86_mov(x, (enum x86_reg)home_regs[i], slot_of(homes->guest[i]));
}

static const uint8_t saved[] = {X86_RBX, X86_RBP, X86_R12, X86_R13, X86_R14, X86_R15};

static void emit_enter(struct x86 *x, const struct homes *homes)
{
    for (unsigned i = 0; i < sizeof saved; i++)
        x86_push(x, (enum x86_reg)saved[i]);
    x86_alu_imm(x, X86_SUB, 64, x86_reg(X86_RSP), FRAME_BYTES);
    x86_store(x, 64, x86_at(X86_RSP, FRAME_SLOT), X86_R8);
    x86_write_gs_base(x, X86_RCX);
    x86_lea(x, X86_RBP, x86_at(X86_RDI, EMIT_HART_BIAS));
    x86_mov(x, X86_R15, x86_reg(X86_RDX));
    x86_mov(x, X86_RAX, x86_reg(X86_RSI));
    fill(x, homes);
    x86_jump_rm(x, x86_reg(X86_RAX));
}

static void emit_leave(struct x86 *x, const struct homes *homes, uint32_t *spilled)
{
    spill(x, homes);
    *spilled = x86_here(x);
    x86_mov(x, X86_RDX, x86_reg(X86_R15));
    x86_alu_imm(x, X86_ADD, 64, x86_reg(X86_RSP), FRAME_BYTES);
    for (unsigned i = sizeof saved; i-- > 0;)
        x86_pop(x, (enum x86_reg)saved[i]);
    x86_ret(x);
}

/* Leaves with the pc in rax. */
static void emit_leave_at(struct x86 *x, enum emit_leave why, uint32_t leave)
{
    x86_store(x, 64, emit_hart_at(offsetof(struct hart, pc)), X86_RAX);
    x86_mov_imm(x, X86_RAX, why);
    x86_link(x, x86_jump(x), leave);
}

/* Called: the return address is on top of the frame. */
static void emit_step_code(struct x86 *x, const struct homes *homes, emit_step *step,
                           uint32_t spilled)
{
    uint32_t stopped;

    spill(x, homes);
    x86_mov(x, X86_RDI, x86_at(X86_RSP, 8 + FRAME_SLOT));
    x86_mov(x, X86_RSI, x86_reg(X86_RAX));
    x86_lea(x, X86_RDX, x86_indexed(X86_R15, X86_RCX, 1, 0));
    x86_alu_imm(x, X86_SUB, 64, x86_reg(X86_RSP), 8);
    x86_mov_imm(x, X86_RAX, (uint64_t)(uintptr_t)step);
    x86_call_reg(x, X86_RAX);
    x86_alu_imm(x, X86_ADD, 64, x86_reg(X86_RSP), 8);
    x86_test(x, 64, X86_RAX, x86_reg(X86_RAX));
    stopped = x86_jump_if(x, X86_NOT_EQUAL);
    fill(x, homes);
    x86_ret(x);
    x86_link(x, stopped, x86_here(x));
    x86_alu_imm(x, X86_ADD, 64, x86_reg(X86_RSP), 8);
    x86_mov_imm(x, X86_RAX, LEAVE_STOPPED);
    x86_link(x, x86_jump(x), spilled);
}

void emit_fixed_code(struct x86 *x, struct emit_fixed *fixed, const struct homes *homes,
                     emit_step *step)
{
    uint32_t spilled;

    fixed->enter = x86_here(x);
    emit_enter(x, homes);
    fixed->leave = x86_here(x);
    emit_leave(x, homes, &spilled);
    fixed->leave_to = x86_here(x);
    emit_leave_at(x, LEAVE_LOOKUP, fixed->leave);
    fixed->interpret = x86_here(x);
    emit_leave_at(x, LEAVE_STEP, fixed->leave);
    fixed->step = x86_here(x);
    emit_step_code(x, homes, step, spilled);
}
