/* listing.c: see listing.h. */
#include "stepper/listing.h"

#include <stdlib.h>
#include <string.h>

#include "lib/disassemble.h"

void listing_fini(struct listing *listing)
{
    free(listing->lines);
    free(listing->bytes);
    *listing = (struct listing){0};
}

const struct ir_block *listing_lifted(const struct listing *listing)
{
    return listing->kept != NULL ? &listing->kept->phases[0].block : NULL;
}

const struct pass *listing_pass(const struct listing *listing, unsigned number)
{
    for (unsigned i = 0; listing->kept != NULL && i < listing->kept->count; i++) {
        const struct phase *phase = &listing->kept->phases[i].phase;

        if (phase->kind == PHASE_PASS && number-- == 0)
            return phase->pass;
    }
    return NULL;
}

void listing_leave_out(struct listing *listing, unsigned pass)
{
    const struct pass *next;

    listing->without = *listing_lifted(listing);
    for (unsigned i = 0; (next = listing_pass(listing, i)) != NULL; i++) {
        if (i != pass)
            next->run(&listing->without);
    }
}

unsigned listing_last_pass(const struct listing *listing)
{
    unsigned last = 0;

    for (unsigned i = 0; i < listing->kept->count; i++) {
        if (listing->kept->phases[i].phase.kind == PHASE_PASS)
            last = i;
    }
    return last;
}

/* Behind the check of the budget, code stands in the order of the guest's instructions. */
static uint8_t insn_of(const struct kept *kept, uint32_t offset)
{
    const struct ir_block *block = &kept->phases[0].block;
    uint8_t insn = LISTING_NO_INSN;

    for (unsigned i = 0; i < block->insn_count && kept->insn_code[i] - kept->start <= offset; i++)
        insn = (uint8_t)i;
    return insn;
}

static bool is_jump(const char *text)
{
    return strncmp(text, "jmp ", 4) == 0;
}

/* The line of that offset; NULL: none begins there. */
static struct host_line *line_at(struct listing *listing, uint64_t offset)
{
    for (unsigned i = 0; i < listing->count; i++) {
        if (listing->lines[i].offset == offset)
            return &listing->lines[i];
    }
    return NULL;
}

/* The line behind the last that every run through the block may execute: the jump that ends it. */
static unsigned hot_end(const struct listing *listing)
{
    unsigned last = listing->kept->phases[0].block.insn_count - 1;

    for (unsigned i = 0; i < listing->count; i++) {
        if (listing->lines[i].insn == last && is_jump(listing->lines[i].text))
            return i + 1;
    }
    return listing->count;
}

/* What stands behind the block's end belongs to the instruction that jumps there. */
static void assign_cold(struct listing *listing)
{
    unsigned end = hot_end(listing);

    for (unsigned i = end; i < listing->count; i++)
        listing->lines[i].cold = true;
    for (unsigned i = 0; i < listing->count; i++) {
        const char *target = strstr(listing->lines[i].text, " 0x");
        struct host_line *line;

        if (listing->lines[i].text[0] != 'j' || target == NULL)
            continue;
        line = line_at(listing, strtoull(target + 1, NULL, 16));
        if (line == NULL || !line->cold)
            continue;
        for (; line < listing->lines + listing->count; line++) {
            line->insn = listing->lines[i].insn;
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

static void disassemble_all(struct listing *listing)
{
    struct disassembler *disassembler = disassembler_new(true, SYNTAX_INTEL);
    uint32_t at = 0;

    listing->count = 0;
    listing->lacks_capstone = disassembler == NULL;
    free(listing->lines);
    listing->lines = calloc(listing->size + 1, sizeof *listing->lines);
    if (listing->lines == NULL)
        err_die_oom();
    while (disassembler != NULL && at < listing->size) {
        struct host_line *line = &listing->lines[listing->count++];
        size_t size = disassemble(disassembler, listing->bytes + at, listing->size - at,
                                  listing->start + at, line->text, sizeof line->text);

        shorten_host(line->text);
        line->offset = listing->start + at;
        line->insn = insn_of(listing->kept, at);
        at += size > 0 ? (uint32_t)size : listing->size;
    }
    disassembler_free(disassembler);
    assign_cold(listing);
}

/* The bytes are those of the cache, where jumps are linked, or those that would be made. */
void listing_update(struct listing *listing, struct step *step)
{
    const struct kept *kept = step_kept(step);
    const uint8_t *bytes;
    struct dbt_block_view view;
    uint32_t start, size;

    listing->kept = kept;
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
    if (listing->bytes != NULL && listing->start == start && listing->size == size &&
        memcmp(listing->bytes, bytes, size) == 0)
        return;
    free(listing->bytes);
    listing->bytes = malloc((size_t)size + 1);
    if (listing->bytes == NULL)
        err_die_oom();
    if (size > 0)
        memcpy(listing->bytes, bytes, size);
    listing->start = start;
    listing->size = size;
    disassemble_all(listing);
}

uint32_t insn_reads(const struct insn *insn)
{
    return insn->row != NULL ? isa_reads(insn) : 0;
}

uint32_t insn_writes(const struct insn *insn)
{
    return insn->row != NULL ? isa_writes(insn) : 0;
}

void op_text(const struct ir_op *op, char text[LISTING_LINE])
{
    FILE *file = fmemopen(text, LISTING_LINE, "w");

    if (file == NULL)
        err_die_oom();
    ir_print_op(file, op);
    fclose(file);
    text[LISTING_LINE - 1] = '\0';
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
