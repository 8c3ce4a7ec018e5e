/* build.c: see build.h. */
#include "emu/threaded/build.h"

#include "emu/isa/csr.h"
#include "emu/isa/decode.h"
#include "emu/threaded/handlers.h"

enum {
    REGISTER_RA = 1,
    CALLS_MAX = 8,
    UNROLLED_MAX = 64, /* instructions of a block that is a loop, repeated */
};

_Static_assert(UNROLLED_MAX <= BLOCK_INSNS_MAX, "they fit into a block");

/* A block that is made. */
struct builder {
    struct block *block;
    struct built *built;
    const struct code_source *source;
    enum handler_set handlers;
    unsigned round;                  /* where the last round of the loop began, that the block is */
    uint64_t next;                   /* pc of the next instruction */
    uint8_t done[BLOCK_RECORDS_MAX]; /* for each record: instructions up to it, with it */
    uint16_t rows[BLOCK_RECORDS_MAX]; /* and its row; ROW_COUNT: its handler is not of one */
    uint64_t starts[BLOCK_INSNS_MAX]; /* pc of each instruction */
    uint64_t calls[CALLS_MAX];        /* where those that are followed return to */
    unsigned call_count;
};

/* May the block go on at `target`? True: it will. */
static bool follow(struct builder *builder, uint64_t target)
{
    uint32_t word;

    for (unsigned i = 0; i < builder->block->count; i++) {
        if (builder->starts[i] == target)
            return false;
    }
    if (!code_fetch(builder->source, target, &word))
        return false;
    builder->next = target;
    return true;
}

static struct record *add(struct builder *builder, uint64_t pc, const struct insn *insn,
                          record_handler *handler)
{
    struct record *record = &builder->block->records[builder->built->record_count];

    *record = (struct record){.handler = handler,
                              .pc = pc,
                              .imm = (int32_t)insn->imm,
                              .rd = insn->rd,
                              .rs1 = insn->rs1,
                              .rs2 = insn->rs2};
    builder->done[builder->built->record_count] = (uint8_t)builder->block->count;
    builder->rows[builder->built->record_count] = ROW_COUNT;
    builder->built->record_count++;
    return record;
}

/* A record with the handler of that row. */
static struct record *add_row(struct builder *builder, uint64_t pc, const struct insn *insn,
                              unsigned row)
{
    struct record *record =
        add(builder, pc, insn, handler_of((enum isa_row_id)row, builder->handlers));

    builder->rows[builder->built->record_count - 1] = (uint16_t)row;
    return record;
}

/* The block ends, and execution goes on at pc. */
static void add_end(struct builder *builder, uint64_t pc)
{
    add(builder, pc, &(const struct insn){0}, handler_end);
}

/* rd = pc + length. A block goes on at the target, if that is possible; true: it does. */
static bool add_jal(struct builder *builder, const struct insn *insn, uint64_t pc)
{
    uint64_t link = builder->next;

    if (insn->rd != 0)
        add_row(builder, pc, insn, ROW_AUIPC)->imm = insn->length;
    builder->next = pc + (uint64_t)insn->imm;
    if (!follow(builder, builder->next))
        return false;
    if (insn->rd == REGISTER_RA && builder->call_count < CALLS_MAX)
        builder->calls[builder->call_count++] = link;
    return true;
}

/* True: it returns from a call that is in the block, and the block goes on there. */
static bool add_jalr(struct builder *builder, const struct insn *insn, uint64_t pc)
{
    bool is_return = insn->rd == 0 && insn->rs1 == REGISTER_RA && insn->imm == 0;

    if (is_return && builder->call_count > 0) {
        uint64_t expected = builder->calls[--builder->call_count];

        if (follow(builder, expected)) {
            add(builder, pc, insn, handler_expect)->imm = (int32_t)(expected - pc);
            return true;
        }
    }
    add_row(builder, pc, insn, ROW_JALR);
    return false;
}

/* The branch that is taken when that one is not. */
static enum isa_row_id opposite(unsigned row)
{
    switch (row) {
    case ROW_BEQ: return ROW_BNE;
    case ROW_BNE: return ROW_BEQ;
    case ROW_BLT: return ROW_BGE;
    case ROW_BGE: return ROW_BLT;
    case ROW_BLTU: return ROW_BGEU;
    default: return ROW_BLTU;
    }
}

/* Is the branch the end of a loop, which the block begins with, and is there room to repeat it? */
static bool ends_round(const struct builder *builder, uint64_t target)
{
    const struct block *block = builder->block;

    return target == block->pc && block->count + (block->count - builder->round) <= UNROLLED_MAX;
}

/* True: the block goes on behind it, or with another round of its loop. */
static bool add_branch(struct builder *builder, const struct insn *insn, uint64_t pc)
{
    uint64_t target = pc + (uint64_t)insn->imm;

    if (!ends_round(builder, target)) {
        add_row(builder, pc, insn, insn->row->base);
        return insn->imm > 0; /* one that goes back is taken, as a rule */
    }
    add_row(builder, pc, insn, opposite(insn->row->base))->imm = insn->length;
    builder->next = target;
    builder->round = builder->block->count;
    return true;
}

/* Nothing to do, as harts take turns; but a pause gives the turn away. */
static void add_fence(struct builder *builder, const struct insn *insn, uint64_t pc)
{
    enum { PAUSE = 0x0100000f };

    if (insn->word == PAUSE && builder->source->page != NULL)
        add(builder, pc, insn, handler_step);
}

/* One instruction. True: the block goes on behind it, at builder->next. */
static bool add_insn(struct builder *builder, const struct insn *insn, uint64_t pc)
{
    switch ((enum isa_kind)insn->row->kind) {
    case KIND_ALU:
    case KIND_ALU_IMM:
    case KIND_LUI:
    case KIND_AUIPC:
        if (insn->rd != 0) /* else it changes nothing */
            add_row(builder, pc, insn, insn->row->base);
        return true;
    case KIND_LOAD:
        if (insn->rd != 0)
            add_row(builder, pc, insn, insn->row->base);
        else
            add(builder, pc, insn, handler_step);
        return true;
    case KIND_STORE: add_row(builder, pc, insn, insn->row->base); return true;
    case KIND_BRANCH: return add_branch(builder, insn, pc);
    case KIND_JAL: return add_jal(builder, insn, pc);
    case KIND_JALR: return add_jalr(builder, insn, pc);
    case KIND_LR:
    case KIND_SC:
    case KIND_AMO: add(builder, pc, insn, handler_step); return true;
    case KIND_CSR:
    case KIND_CSR_IMM:
        if (insn->imm == CSR_SATP) /* what follows is fetched from elsewhere */
            break;
        add(builder, pc, insn, handler_step);
        return true;
    case KIND_FENCE: add_fence(builder, insn, pc); return true;
    case KIND_FENCE_I:
    case KIND_ECALL:
    case KIND_EBREAK:
    case KIND_MRET:
    case KIND_SRET:
    case KIND_WFI:
    case KIND_SFENCE_VMA:
    case KIND_COUNT: break;
    }
    add(builder, pc, insn, handler_step_last);
    return false;
}

/* What is known of a record only when the block is complete. */
static void finish(struct builder *builder)
{
    struct record *records = builder->block->records;
    unsigned count = builder->built->record_count, taken;
    bool is_board = builder->source->page != NULL;

    for (unsigned i = 0; i < count; i++)
        records[i].left = (uint8_t)(builder->block->count - builder->done[i]);
    if (builder->handlers == HANDLERS_NOTED)
        return;
    for (unsigned i = 0; i < count; i += taken) {
        record_handler *handler = handler_of_fused(&builder->rows[i], count - i, is_board, &taken);

        if (handler != NULL)
            records[i].handler = handler;
        else
            taken = 1;
    }
}

/* The block has something of that page. */
static void note_page(struct built *built, uint64_t gva)
{
    uint64_t page = gva & ~(MEM_PAGE_SIZE - 1);

    for (unsigned i = built->page_count; i-- > 0;) {
        if (built->pages[i] == page)
            return;
    }
    built->pages[built->page_count++] = page;
}

void build_block(struct block *block, struct built *built, const struct code_source *source,
                 uint64_t pc, struct build_extras extras)
{
    struct builder builder = {.block = block, .built = built, .source = source, .next = pc};
    bool goes_on = true;

    builder.handlers = extras.noted           ? HANDLERS_NOTED
                       : source->page != NULL ? HANDLERS_BOARD
                                              : HANDLERS_PROCESS;
    *block = (struct block){.pc = pc, .page = source->page};
    built->record_count = 0;
    built->page_count = 0;
    while (goes_on && block->count < BLOCK_INSNS_MAX) {
        uint64_t at = builder.next;
        struct insn insn;
        uint32_t word;

        if (!code_fetch(source, at, &word))
            break;
        builder.starts[block->count++] = at;
        builder.next = at + isa_length(word);
        note_page(built, at);
        note_page(built, builder.next - 1);
        if (isa_decode(word, &insn)) {
            if (extras.counted)
                add(&builder, at, &insn, handler_count)->imm = (int32_t)isa_row_id(insn.row);
            goes_on = add_insn(&builder, &insn, at);
        } else {
            add(&builder, at, &(const struct insn){0}, handler_step_last);
            goes_on = false;
        }
    }
    add_end(&builder, builder.next);
    finish(&builder);
}
