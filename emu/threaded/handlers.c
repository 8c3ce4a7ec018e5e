/*
 * handlers.c: how records are executed; see record.h.
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
 */
#include "emu/threaded/handlers.h"

#include "emu/cpu/engine.h"
#include "emu/isa/eval.h"

#define INLINE static inline __attribute__((always_inline))

/* Returns, in front of the instruction at pc. */
static enum stop leave(struct hart *hart, struct relay *relay, uint64_t pc, int64_t budget,
                       struct record *jump)
{
    hart->pc = pc;
    hart->instret = relay->end - (uint64_t)budget;
    relay->jump = jump;
    return STOP_COUNT;
}

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

/* Goes to pc by way of the table. `jump` is the record to be linked, or NULL. */
static enum stop find(struct record *jump, struct hart *hart, struct relay *relay, int64_t budget,
                      uint64_t pc)
{
    const struct block *block = relay->jumps->entries[(pc >> 1) % JUMP_ENTRIES];

    if (block->pc != pc)
        return leave(hart, relay, pc, budget, jump);
    return enter(block, hart, relay, budget);
}

/* Goes where a jump to a fixed address wants. The budget is that behind it. */
INLINE enum stop go(struct record *record, struct hart *hart, struct relay *relay, int64_t budget,
                    uint64_t pc)
{
    if (record->to == NULL)
        return find(record, hart, relay, budget, pc);
    return enter(record->to, hart, relay, budget);
}

enum stop handler_end(struct record *record, struct hart *hart, struct relay *relay, int64_t budget)
{
    return go(record, hart, relay, budget, record->pc);
}

/* Has the interpreter execute the instruction. hart is precise. */
static enum stop step(const struct record *record, struct hart *hart, struct relay *relay,
                      int64_t budget)
{
    hart->pc = record->pc;
    hart->instret = relay->end - (uint64_t)budget - record->left - 1;
    relay->jump = NULL;
    return engine_interp.run(relay->machine, hart, hart->instret + 1);
}

__attribute__((noinline)) enum stop handler_step(struct record *record, struct hart *hart,
                                                 struct relay *relay, int64_t budget)
{
    enum stop stop = step(record, hart, relay, budget);

    if (stop != STOP_COUNT)
        return stop;
    return record[1].handler(record + 1, hart, relay, budget);
}

enum stop handler_step_last(struct record *record, struct hart *hart, struct relay *relay,
                            int64_t budget)
{
    return step(record, hart, relay, budget);
}

/* What a row says of its instruction. Always a constant, of which nothing is left. */
struct shape {
    enum isa_kind kind;
    enum isa_operator op;
    unsigned width;
};

/* *hva = where [gva, gva + bytes) is, if that is quickly said. */
INLINE bool reach(bool is_board, const struct relay *relay, uint64_t gva, unsigned bytes,
                  enum access access, uint8_t **hva)
{
    if (is_board) {
        *hva = tlb_find(relay->tlb, access, gva, bytes);
        return *hva != NULL;
    }
    *hva = relay->mem.base + gva;
    return (gva & (bytes - 1)) == 0 &&
           mem_may(&relay->mem, gva, 1, access == ACCESS_STORE ? MEM_WRITE : MEM_READ);
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

enum stop handler_expect(struct record *record, struct hart *hart, struct relay *relay,
                         int64_t budget)
{
    uint64_t target = hart->x[record->rs1] & ~UINT64_C(1);

    if (target != record->pc + (uint64_t)(int64_t)record->imm)
        return find(NULL, hart, relay, budget + record->left, target);
    return record[1].handler(record + 1, hart, relay, budget);
}

/* shape_ADDI, ... */
#define ROW(id, name, pattern, format, regs, kind, op, width, extension, meaning) \
    static const struct shape shape_##id = {KIND_##kind, OP_##op, (width)};
#define ENCODING(id, name, pattern, format, regs, base, constraint, meaning)
#include "emu/isa/rv64.def"
#undef ROW

/* The handler of each row: in a process, and on a board. */
#define ROW(id, name, pattern, format, regs, kind, op, width, extension, meaning)                \
    static enum stop process_##id(struct record *record, struct hart *hart, struct relay *relay, \
                                  int64_t budget)                                                \
    {                                                                                            \
        return execute(false, shape_##id, record, hart, relay, budget);                          \
    }                                                                                            \
    static enum stop board_##id(struct record *record, struct hart *hart, struct relay *relay,   \
                                int64_t budget)                                                  \
    {                                                                                            \
        return execute(true, shape_##id, record, hart, relay, budget);                           \
    }
#include "emu/isa/rv64.def"
#undef ROW

static record_handler *const handlers[2][ROW_COUNT] = {
    {
#define ROW(id, name, pattern, format, regs, kind, op, width, extension, meaning) \
    [ROW_##id] = process_##id,
#include "emu/isa/rv64.def"
#undef ROW
    },
    {
#define ROW(id, name, pattern, format, regs, kind, op, width, extension, meaning) \
    [ROW_##id] = board_##id,
#include "emu/isa/rv64.def"
#undef ROW
    },
};
#undef ENCODING

record_handler *handler_of(enum isa_row_id row, bool is_board)
{
    return handlers[is_board][row];
}

/* Both instructions of a pair. */
INLINE enum stop execute_pair(bool is_board, struct shape first, struct shape second,
                              struct record *record, struct hart *hart, struct relay *relay,
                              int64_t budget)
{
    if (!perform(is_board, first, record, hart, relay))
        return handler_step(record, hart, relay, budget);
    return execute(is_board, second, record + 1, hart, relay, budget);
}

#define PAIR(first, second)                                                                     \
    static enum stop process_##first##_##second(struct record *record, struct hart *hart,       \
                                                struct relay *relay, int64_t budget)            \
    {                                                                                           \
        return execute_pair(false, shape_##first, shape_##second, record, hart, relay, budget); \
    }                                                                                           \
    static enum stop board_##first##_##second(struct record *record, struct hart *hart,         \
                                              struct relay *relay, int64_t budget)              \
    {                                                                                           \
        return execute_pair(true, shape_##first, shape_##second, record, hart, relay, budget);  \
    }
#define TRIPLE(first, second, third)
#include "emu/threaded/pairs.def"
#undef PAIR
#undef TRIPLE

/* A number for each pair, from 1 on. */
enum pair {
    PAIR_NONE,
#define PAIR(first, second) PAIR_##first##_##second,
#define TRIPLE(first, second, third)
#include "emu/threaded/pairs.def"
#undef PAIR
#undef TRIPLE
    PAIR_COUNT
};

_Static_assert(PAIR_COUNT <= UINT8_MAX, "pairs are numbered by a byte");

static const uint8_t pairs[ROW_COUNT][ROW_COUNT] = {
#define PAIR(first, second) [ROW_##first][ROW_##second] = PAIR_##first##_##second,
#define TRIPLE(first, second, third)
#include "emu/threaded/pairs.def"
#undef PAIR
#undef TRIPLE
};

static record_handler *const pair_handlers[2][PAIR_COUNT] = {
    {
#define PAIR(first, second) [PAIR_##first##_##second] = process_##first##_##second,
#define TRIPLE(first, second, third)
#include "emu/threaded/pairs.def"
#undef PAIR
#undef TRIPLE
    },
    {
#define PAIR(first, second) [PAIR_##first##_##second] = board_##first##_##second,
#define TRIPLE(first, second, third)
#include "emu/threaded/pairs.def"
#undef PAIR
#undef TRIPLE
    },
};

record_handler *handler_of_pair(enum isa_row_id first, enum isa_row_id second, bool is_board)
{
    return pair_handlers[is_board][pairs[first][second]];
}

INLINE enum stop execute_triple(bool is_board, struct shape first, struct shape second,
                                struct shape third, struct record *record, struct hart *hart,
                                struct relay *relay, int64_t budget)
{
    if (!perform(is_board, first, record, hart, relay))
        return handler_step(record, hart, relay, budget);
    return execute_pair(is_board, second, third, record + 1, hart, relay, budget);
}

#define PAIR(first, second)
#define TRIPLE(first, second, third)                                                              \
    static enum stop process_##first##_##second##_##third(                                        \
        struct record *record, struct hart *hart, struct relay *relay, int64_t budget)            \
    {                                                                                             \
        return execute_triple(false, shape_##first, shape_##second, shape_##third, record, hart,  \
                              relay, budget);                                                     \
    }                                                                                             \
    static enum stop board_##first##_##second##_##third(struct record *record, struct hart *hart, \
                                                        struct relay *relay, int64_t budget)      \
    {                                                                                             \
        return execute_triple(true, shape_##first, shape_##second, shape_##third, record, hart,   \
                              relay, budget);                                                     \
    }
#include "emu/threaded/pairs.def"
#undef TRIPLE

static const struct triple {
    uint16_t rows[3];
    record_handler *handler[2];
} triples[] = {
#define TRIPLE(first, second, third)           \
    {{ROW_##first, ROW_##second, ROW_##third}, \
     {process_##first##_##second##_##third, board_##first##_##second##_##third}},
#include "emu/threaded/pairs.def"
#undef TRIPLE
#undef PAIR
};

record_handler *handler_of_triple(const uint16_t rows[3], bool is_board)
{
    for (unsigned i = 0; i < sizeof triples / sizeof *triples; i++) {
        const struct triple *triple = &triples[i];
        if (triple->rows[0] == rows[0] && triple->rows[1] == rows[1] && triple->rows[2] == rows[2])
            return triple->handler[is_board];
    }
    return NULL;
}
