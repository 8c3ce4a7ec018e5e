/* handlers.c: the handlers of single instructions, one for each row; see handlers.h. */
#include "emu/threaded/handlers.h"

#include "emu/cpu/engine.h"
#include "emu/threaded/execute.h"

enum stop leave(struct hart *hart, struct relay *relay, uint64_t pc, int64_t budget,
                struct record *jump)
{
    hart->pc = pc;
    hart->instret = relay->end - (uint64_t)budget;
    relay->jump = jump;
    return STOP_COUNT;
}

enum stop find(struct record *jump, struct hart *hart, struct relay *relay, int64_t budget,
               uint64_t pc)
{
    const struct block *block = relay->jumps->entries[(pc >> 1) % JUMP_ENTRIES];

    if (block->pc != pc)
        return leave(hart, relay, pc, budget, jump);
    return enter(block, hart, relay, budget);
}

enum stop handler_end(struct record *record, struct hart *hart, struct relay *relay, int64_t budget)
{
    return go(record, hart, relay, budget, record->pc);
}

enum stop handler_count(struct record *record, struct hart *hart, struct relay *relay,
                        int64_t budget)
{
    relay->machine->row_counts->executed[record->imm]++;
    return record[1].handler(record + 1, hart, relay, budget);
}

/* Has the interpreter execute the instruction, which has been counted. hart is precise. */
static enum stop step(const struct record *record, struct hart *hart, struct relay *relay,
                      int64_t budget)
{
    struct row_counts *counts = relay->machine->row_counts;
    enum stop stop;

    relay->machine->row_counts = NULL;
    hart->pc = record->pc;
    hart->instret = relay->end - (uint64_t)budget - record->left - 1;
    relay->jump = NULL;
    stop = engine_interp.run(relay->machine, hart, hart->instret + 1);
    relay->machine->row_counts = counts;
    return stop;
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

enum stop handler_expect(struct record *record, struct hart *hart, struct relay *relay,
                         int64_t budget)
{
    uint64_t target = hart->x[record->rs1] & ~UINT64_C(1);

    if (target != record->pc + (uint64_t)(int64_t)record->imm)
        return find(NULL, hart, relay, budget + record->left, target);
    return record[1].handler(record + 1, hart, relay, budget);
}

/* A store is noted by whoever did it: the interpreter has done so itself. */
INLINE enum stop execute_noted(struct shape row, struct record *record, struct hart *hart,
                               struct relay *relay, int64_t budget)
{
    bool is_board = relay->tlb != NULL;
    uint8_t *hva;

    if (row.kind != KIND_STORE)
        return execute(is_board, row, record, hart, relay, budget);
    if (!perform(is_board, row, record, hart, relay))
        return handler_step(record, hart, relay, budget);
    if (reach(is_board, relay, hart->x[record->rs1] + (uint64_t)(int64_t)record->imm, row.width / 8,
              ACCESS_STORE, &hva))
        machine_note_store(relay->machine, hva, row.width, host_load(hva, row.width));
    return record[1].handler(record + 1, hart, relay, budget);
}

/* The handlers of each row, by enum handler_set. */
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
    }                                                                                            \
    static enum stop noted_##id(struct record *record, struct hart *hart, struct relay *relay,   \
                                int64_t budget)                                                  \
    {                                                                                            \
        return execute_noted(shape_##id, record, hart, relay, budget);                           \
    }
#define ENCODING(id, name, pattern, format, regs, base, constraint, meaning)
#include "emu/isa/rv64.def"
#undef ROW

static record_handler *const handlers[HANDLER_SETS][ROW_COUNT] = {
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
    {
#define ROW(id, name, pattern, format, regs, kind, op, width, extension, meaning) \
    [ROW_##id] = noted_##id,
#include "emu/isa/rv64.def"
#undef ROW
    },
};
#undef ENCODING

record_handler *handler_of(enum isa_row_id row, enum handler_set set)
{
    return handlers[set][row];
}
