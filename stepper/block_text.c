/* block_text.c: see block_text.h. */
#include "stepper/block_text.h"

#include <stdlib.h>
#include <string.h>

#include "lib/disassemble.h"

void block_text_fini(struct block_text *block)
{
    free(block->lines);
    free(block->bytes);
    *block = (struct block_text){0};
}

const struct ir_block *block_text_lifted(const struct block_text *block)
{
    return block->kept != NULL ? &block->kept->phases[0].block : NULL;
}

unsigned block_text_last_pass(const struct block_text *block)
{
    unsigned last = 0;

    for (unsigned i = 0; i < block->kept->count; i++) {
        if (block->kept->phases[i].phase.kind == PHASE_PASS)
            last = i;
    }
    return last;
}

/* Behind the check of the budget, code stands in the order of the guest's instructions. */
static uint8_t insn_of(const struct kept *kept, uint32_t offset)
{
    const struct ir_block *block = &kept->phases[0].block;
    uint8_t insn = BLOCK_TEXT_NO_INSN;

    for (unsigned i = 0; i < block->insn_count && kept->insn_code[i] - kept->start <= offset; i++)
        insn = (uint8_t)i;
    return insn;
}

static bool is_jump(const char *text)
{
    return strncmp(text, "jmp ", 4) == 0;
}

/* The line of that offset; NULL: none begins there. */
static struct host_line *line_at(struct block_text *block, uint64_t offset)
{
    for (unsigned i = 0; i < block->count; i++) {
        if (block->lines[i].offset == offset)
            return &block->lines[i];
    }
    return NULL;
}

/* The line behind the last that every run through the block may execute: the jump that ends it. */
static unsigned hot_end(const struct block_text *block)
{
    unsigned last = block->kept->phases[0].block.insn_count - 1;

    for (unsigned i = 0; i < block->count; i++) {
        if (block->lines[i].insn == last && is_jump(block->lines[i].text))
            return i + 1;
    }
    return block->count;
}

/* What stands behind the block's end belongs to the instruction that jumps there. */
static void assign_cold(struct block_text *block)
{
    unsigned end = hot_end(block);

    for (unsigned i = end; i < block->count; i++)
        block->lines[i].cold = true;
    for (unsigned i = 0; i < block->count; i++) {
        const char *target = strstr(block->lines[i].text, " 0x");
        struct host_line *line;

        if (block->lines[i].text[0] != 'j' || target == NULL)
            continue;
        line = line_at(block, strtoull(target + 1, NULL, 16));
        if (line == NULL || !line->cold)
            continue;
        for (; line < block->lines + block->count; line++) {
            line->insn = block->lines[i].insn;
            if (is_jump(line->text))
                break;
        }
    }
}

/* A rule for making a line shorter. */
struct shorter {
    const char *from, *to; /* `to` is not longer */
};

static void shorten(char *text, const struct shorter *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t from = strlen(rules[i].from), to = strlen(rules[i].to);
        char *at = text;

        while ((at = strstr(at, rules[i].from)) != NULL) {
            memcpy(at, rules[i].to, to);
            memmove(at + to, at + from, strlen(at + from) + 1);
            at += to;
        }
    }
}

/* "mov qword ptr gs:[r11 + 8], 0x10" becomes "mov qword gs:[r11+8], 0x10". */
static void shorten_host(char *text)
{
    static const struct shorter rules[] = {{" ptr ", " "}, {" + ", "+"}, {" - ", "-"}};

    shorten(text, rules, sizeof rules / sizeof *rules);
}

static void disassemble_all(struct block_text *block)
{
    struct disassembler *disassembler = disassembler_new(true, SYNTAX_INTEL);
    uint32_t at = 0;

    block->count = 0;
    block->lacks_capstone = disassembler == NULL;
    free(block->lines);
    block->lines = calloc(block->size + 1, sizeof *block->lines);
    if (block->lines == NULL)
        err_die_oom();
    while (disassembler != NULL && at < block->size) {
        struct host_line *line = &block->lines[block->count++];
        size_t size = disassemble(disassembler, block->bytes + at, block->size - at,
                                  block->start + at, line->text, sizeof line->text);

        shorten_host(line->text);
        line->offset = block->start + at;
        line->insn = insn_of(block->kept, at);
        at += size > 0 ? (uint32_t)size : block->size;
    }
    disassembler_free(disassembler);
    assign_cold(block);
}

/* The bytes are those of the cache, where jumps are linked, or those that would be made. */
void block_text_update(struct block_text *block, struct step *step)
{
    const struct kept *kept = step_kept(step);
    const uint8_t *bytes;
    struct dbt_block_view view;
    uint32_t start, size;

    block->kept = kept;
    block->programs = step_programs(step);
    if (kept == NULL)
        return;
    bytes = kept->code;
    start = kept->start;
    size = kept->size;
    if (step->is_made && dbt_block_view(step->subject->machine, step->number, &view)) {
        start = view.code;
        size = view.code_end - view.code;
        bytes = dbt_code_view(step->subject->machine).bytes + start;
    }
    if (block->bytes != NULL && block->start == start && block->size == size &&
        memcmp(block->bytes, bytes, size) == 0)
        return;
    free(block->bytes);
    block->bytes = malloc((size_t)size + 1);
    if (block->bytes == NULL)
        err_die_oom();
    if (size > 0)
        memcpy(block->bytes, bytes, size);
    block->start = start;
    block->size = size;
    disassemble_all(block);
}

void op_text(const struct ir_op *op, char text[BLOCK_TEXT_LINE])
{
    FILE *file = fmemopen(text, BLOCK_TEXT_LINE, "w");

    if (file == NULL)
        err_die_oom();
    ir_print_op(file, op);
    fclose(file);
    text[BLOCK_TEXT_LINE - 1] = '\0';
    shorten(text, &(struct shorter){"leave to ", "→ "}, 1);
}

void event_text(const struct seen_event *seen, char *text, size_t size)
{
    FILE *file = fmemopen(text, size, "w");
    const char *name = NULL;

    if (file == NULL)
        err_die_oom();
    event_print(file, &seen->event);
    if (seen->event.kind == EVENT_SYSCALL)
        name = user_syscall_name(seen->event.syscall.number);
    if (name != NULL)
        fprintf(file, " (%s)", name);
    fclose(file);
    text[size - 1] = '\0';
}
