/*
 * execute.h: how records are executed; see record.h.
 *
 * perform() and execute() are the cases of emu/cpu/interp.c, one for each kind. Here they are
 * compiled once for each row of the table, with the row's kind, operator and width as constants, so
 * that nothing is left of the switches, and of eval_at() one instruction.
 *
 * An instruction that is not quite ordinary is left to the interpreter, by handler_step(): one that
 * has no case here, and an access to memory that does not go the short way. So there is nothing
 * about traps, devices and page tables here.
 *
 * The calls at the end of functions are jumps: see lib/tail_call.h.
 *
 * Read next: handlers.c and fused.c, who include this.
 */
#ifndef TRIVIUM_EMU_THREADED_EXECUTE_H
#define TRIVIUM_EMU_THREADED_EXECUTE_H

#include "emu/isa/eval.h"
#include "emu/threaded/handlers.h"

#define INLINE static inline __attribute__((always_inline))

/* What a row says of its instruction. Always a constant. */
struct shape {
    enum isa_kind kind;
    enum isa_operator op;
    unsigned width;
};

/* shape_ADDI, ... */
#define ROW(id, name, pattern, format, regs, kind, op, width, extension, meaning) \
    static const struct shape shape_##id = {KIND_##kind, OP_##op, (width)};
#define ENCODING(id, name, pattern, format, regs, base, constraint, meaning)
#include "emu/isa/rv64.def"
#undef ROW
#undef ENCODING

/* Returns, in front of the instruction at pc. `jump`: to be linked to what is there, or NULL. */
enum stop leave(struct hart *hart, struct relay *relay, uint64_t pc, int64_t budget,
                struct record *jump);

/* Goes to the block at pc by way of the table; else as leave(). */
enum stop find(struct record *jump, struct hart *hart, struct relay *relay, int64_t budget,
               uint64_t pc);

/* Goes to a block, or returns if it is longer than may be executed. */
INLINE enum stop enter(const struct block *block, struct hart *hart, struct relay *relay,
                       int64_t budget)
{
    struct record *first = (struct record *)(uintptr_t)block->records;

    budget -= block->count;
    if (budget < 0)
        return leave(hart, relay, block->pc, budget + block->count, NULL);
    return first->handler(first, hart, relay, budget);
}

/* Goes where a jump to a fixed address wants. The budget is that behind it. */
INLINE enum stop go(struct record *record, struct hart *hart, struct relay *relay, int64_t budget,
                    uint64_t pc)
{
    if (record->to == NULL)
        return find(record, hart, relay, budget, pc);
    return enter(record->to, hart, relay, budget);
}

/* *hva = where [gva, gva + bytes) is, if that is quickly said. */
INLINE bool reach(bool is_board, const struct relay *relay, uint64_t gva, unsigned bytes,
                  enum access access, uint8_t **hva)
{
    if (is_board) {
        *hva = tlb_find(relay->tlb, access, gva, bytes);
        return *hva != NULL;
    }
    if ((gva & (bytes - 1)) != 0 ||
        !mem_may(&relay->mem, gva, 1, access == ACCESS_STORE ? MEM_WRITE : MEM_READ))
        return false;
    *hva = relay->mem.base + gva;
    return true;
}

/*
 * An instruction that does not change where to go on, and is executed quickly. False: it is not,
 * nothing has happened.
 */
INLINE bool perform(bool is_board, struct shape row, const struct record *record, struct hart *hart,
                    const struct relay *relay)
{
    uint64_t *x = hart->x;
    uint64_t imm = (uint64_t)(int64_t)record->imm;
    uint64_t a = x[record->rs1];
    uint64_t b = x[record->rs2];
    uint8_t *hva;

    switch ((unsigned)row.kind) {
    case KIND_ALU: x[record->rd] = eval_at(row.width, row.op, a, b); return true;
    case KIND_ALU_IMM: x[record->rd] = eval_at(row.width, row.op, a, imm); return true;
    case KIND_LUI: x[record->rd] = imm; return true;
    case KIND_AUIPC: x[record->rd] = record->pc + imm; return true;
    case KIND_LOAD:
        if (!reach(is_board, relay, a + imm, row.width / 8, ACCESS_LOAD, &hva))
            return false;
        x[record->rd] = eval_at(row.width, row.op, host_load(hva, row.width), 0);
        return true;
    case KIND_STORE:
        if (!reach(is_board, relay, a + imm, row.width / 8, ACCESS_STORE, &hva))
            return false;
        host_store(hva, row.width, b);
        return true;
    default: return false;
    }
}

/* An instruction, and on to the next. */
INLINE enum stop execute(bool is_board, struct shape row, struct record *record, struct hart *hart,
                         struct relay *relay, int64_t budget)
{
    uint64_t imm = (uint64_t)(int64_t)record->imm;
    uint64_t a = hart->x[record->rs1];
    uint64_t b = hart->x[record->rs2];

    if (row.kind == KIND_BRANCH) {
        if (eval_at(64, row.op, a, b) != 0)
            return go(record, hart, relay, budget + record->left, record->pc + imm);
    } else if (row.kind == KIND_JALR) {
        hart->x[record->rd] = record[1].pc;
        hart->x[0] = 0;
        return find(NULL, hart, relay, budget + record->left, (a + imm) & ~UINT64_C(1));
    } else if (!perform(is_board, row, record, hart, relay)) {
        return handler_step(record, hart, relay, budget);
    }
    return record[1].handler(record + 1, hart, relay, budget);
}

#endif
