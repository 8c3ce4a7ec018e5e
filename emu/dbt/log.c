/* log.c: the translator's work as text; see log.h. Host code is disassembled by Capstone. */
#include "emu/dbt/log.h"

#include <string.h>

#include "emu/isa/disasm.h"
#include "lib/disassemble.h"

static const struct {
    const char *name;
    enum dbt_log bit;
    const char *meaning;
    unsigned events; /* a set of 1 << enum event_kind */
} items[] = {
    {"in_asm", LOG_IN_ASM, "guest code, and the source lines it was made of", 0},
    {"op", LOG_OP, "IR", 0},
    {"op_opt", LOG_OP_OPT, "IR after the passes", 0},
    {"out_asm", LOG_OUT_ASM, "host code, with both", 0},
    {"cold", LOG_COLD, "code that is entered and not translated yet", 1 << EVENT_COLD},
    {"chain", LOG_CHAIN, "exits that become jumps to a block", 1 << EVENT_CHAIN},
    {"clear", LOG_CLEAR, "when blocks are dropped", 1 << EVENT_CLEAR | 1 << EVENT_DROP},
    {"smc", LOG_SMC, "... because their code has changed", 1 << EVENT_CLEAR | 1 << EVENT_DROP},
    {"jump", LOG_JUMP, "what indirect jumps find, and do not any more",
     1 << EVENT_JUMP | 1 << EVENT_FORGET},
    {"homes", LOG_HOMES, "when other registers get homes", 1 << EVENT_HOMES},
    {"step", LOG_STEP, "instructions left to the interpreter", 1 << EVENT_INTERPRETED},
    {"mmu", LOG_MMU, "page walks, the TLB, other page tables",
     1 << EVENT_WALK | 1 << EVENT_TLB_FILL | 1 << EVENT_TLB_FLUSH | 1 << EVENT_SWITCH},
    {"int", LOG_INT, "traps, interrupts, and returns from them",
     1 << EVENT_TRAP | 1 << EVENT_INTERRUPT | 1 << EVENT_RETURN},
    {"exec", LOG_EXEC, "each block that is executed; switches chain and ibtc off", 0},
    {"profile", LOG_PROFILE, "at the end, the blocks that most was executed in", 0},
    {"perf", LOG_PERF, "nothing here, but names for perf, in /tmp/perf-PID.map", 0},
};

enum { ITEMS = sizeof items / sizeof *items };

static int refuse(const char *word, size_t length, struct err *err)
{
    char names[256] = "";

    for (size_t i = 0; i < ITEMS; i++) {
        size_t used = strlen(names);

        snprintf(names + used, sizeof names - used, "%s%s", i == 0 ? "" : ", ", items[i].name);
    }
    err_set(err, "the translator does not log '%.*s', but %s", (int)length, word, names);
    return err_hint(err, "trivium run -d help");
}

void dbt_log_help(FILE *file)
{
    for (size_t i = 0; i < ITEMS; i++)
        fprintf(file, "%-8s  %s\n", items[i].name, items[i].meaning);
}

int dbt_log_parse(unsigned *log, const char *text, struct err *err)
{
    while (*text != '\0') {
        size_t length = strcspn(text, ",");
        size_t i = 0;

        while (i < ITEMS &&
               (strlen(items[i].name) != length || strncmp(items[i].name, text, length) != 0))
            i++;
        if (i == ITEMS)
            return refuse(text, length, err);
        *log |= items[i].bit;
        text += length;
        text += *text == ',';
    }
    return 0;
}

static void print_guest(FILE *file, const struct ir_insn *at)
{
    char text[64];

    isa_disasm_abi(&at->insn, at->pc, text, sizeof text);
    fprintf(file, "0x%llx  %s\n", (unsigned long long)at->pc, text);
}

unsigned dbt_log_programs(const struct ir_block *block, const struct listing *listing)
{
    unsigned set = listing_programs(listing);

    for (unsigned i = 0; i < block->insn_count; i++)
        set = listing_with(listing, set, block->insns[i].pc, block->insns[i].insn.word,
                           block->insns[i].insn.length);
    return set;
}

/* The source lines of a block, while it is printed. */
struct source {
    struct listing *listing;
    unsigned programs;      /* the set of those that have this block */
    struct line_place last; /* that was printed */
};

static struct source source_begin(struct listing *listing, const struct ir_block *block)
{
    return (struct source){.listing = listing, .programs = dbt_log_programs(block, listing)};
}

/* The line of that instruction, if it is another than the last one. */
static void print_line(FILE *file, struct source *source, const struct ir_insn *at)
{
    struct line_place *last = &source->last;
    struct listing_line line;

    if (!listing_find(source->listing, source->programs, at->pc, &line) ||
        (line.place.file == last->file && line.place.line == last->line))
        return;
    *last = line.place;
    fprintf(file, "%s:%u  %s\n", last->file, last->line,
            line.text != NULL ? line.text + strspn(line.text, " ") : line.note);
}

void dbt_log_guest(FILE *file, const struct ir_block *block, struct listing *listing)
{
    struct source source = source_begin(listing, block);

    for (unsigned i = 0; i < block->insn_count; i++) {
        print_line(file, &source, &block->insns[i]);
        print_guest(file, &block->insns[i]);
    }
}

static void log_phase(void *owner, const struct translation *translation, const struct phase *phase)
{
    struct log_owner *self = owner;
    unsigned log = self->log;
    const struct ir_block *block = &translation->block;
    const struct emit_result *result = &translation->result;

    if (!self->told_why && self->listing != NULL && listing_why(self->listing)[0] != '\0')
        fprintf(stderr, "no source lines: %s\n", listing_why(self->listing));
    self->told_why = true;
    if (phase->kind == PHASE_LIFT && (log & LOG_IN_ASM) != 0) {
        fprintf(stderr, "in_asm: %u instructions\n", block->insn_count);
        dbt_log_guest(stderr, block, self->listing);
    }
    if (phase->kind == PHASE_LIFT && (log & LOG_OP) != 0) {
        fputs("op:\n", stderr);
        ir_print(stderr, block);
    }
    if (phase->kind == PHASE_HOMES && (log & LOG_OP_OPT) != 0) { /* all passes are done */
        fputs("op_opt:\n", stderr);
        ir_print(stderr, block);
    }
    if (phase->kind == PHASE_EMIT && (log & LOG_OUT_ASM) != 0)
        dbt_log_host(stderr, block,
                     &(struct log_code){.bytes = translation->code + result->code,
                                        .start = result->code,
                                        .size = translation->code_end - result->code,
                                        .insn_code = result->insn_code,
                                        .listing = self->listing});
}

struct phase_reader dbt_log_phases(struct log_owner *owner)
{
    if ((owner->log & (LOG_IN_ASM | LOG_OP | LOG_OP_OPT | LOG_OUT_ASM)) == 0)
        return (struct phase_reader){0};
    return (struct phase_reader){.done = log_phase, .owner = owner};
}

static void log_event(void *owner, const struct event *event)
{
    unsigned log = *(const unsigned *)owner;
    bool is_drop = event->kind == EVENT_CLEAR || event->kind == EVENT_DROP;

    if (is_drop && (log & LOG_CLEAR) == 0 && event->drop.reason != DROP_CHANGED)
        return;
    event_print(stderr, event);
    fputc('\n', stderr);
}

struct event_reader dbt_log_events(const unsigned *log)
{
    struct event_reader reader = {.notify = log_event, .owner = (void *)(uintptr_t)log};

    for (size_t i = 0; i < ITEMS; i++)
        reader.kinds |= (*log & items[i].bit) != 0 ? items[i].events : 0;
    return reader;
}

void dbt_log_homes(FILE *file, const struct ir_block *block, const struct homes *homes)
{
    uint32_t used = 0;

    for (unsigned i = 0; i < block->insn_count; i++)
        used |= isa_reads(&block->insns[i].insn) | isa_writes(&block->insns[i].insn);
    for (unsigned reg = 1; reg < 32; reg++) {
        if ((used >> reg & 1) == 0)
            continue;
        fprintf(file, "      %-4s ", isa_register_name('x', reg, NAMES_ABI));
        if (homes == NULL || homes->home[reg] == HOMES)
            fputs("memory\n", file);
        else
            fprintf(file, "%s\n", x86_reg_name(emit_home(homes->home[reg])));
    }
}

void dbt_log_host(FILE *file, const struct ir_block *block, const struct log_code *code)
{
    struct disassembler *disassembler = disassembler_new(true, SYNTAX_INTEL);
    uint32_t at = code->start, end = code->start + code->size;
    struct source source = source_begin(code->listing, block);
    unsigned next = 0;
    size_t size = 1;

    fprintf(file, "out_asm: %u bytes\n", code->size);
    if (disassembler == NULL)
        fputs("      (there is no Capstone here, which tells what they mean)\n", file);
    while (disassembler != NULL && at < end && size > 0) {
        char text[160];

        for (; next < block->insn_count && code->insn_code[next] <= at; next++) {
            print_line(file, &source, &block->insns[next]);
            print_guest(file, &block->insns[next]);
        }
        size = disassemble(disassembler, code->bytes + (at - code->start), end - at, at, text,
                           sizeof text);
        fprintf(file, "      %6x  %s\n", at, text);
        at += (uint32_t)size;
    }
    disassembler_free(disassembler);
}
