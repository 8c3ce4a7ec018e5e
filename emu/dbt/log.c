/* log.c: the translator's work as text; see log.h. Host code is disassembled by Capstone. */
#include "emu/dbt/log.h"

#include <string.h>

#include "emu/isa/disasm.h"
#include "lib/disassemble.h"

static const struct {
    const char *name;
    enum dbt_log bit;
    const char *meaning;
} items[] = {
    {"in_asm", LOG_IN_ASM, "guest code"},
    {"op", LOG_OP, "IR"},
    {"op_opt", LOG_OP_OPT, "IR after the passes"},
    {"out_asm", LOG_OUT_ASM, "host code"},
    {"chain", LOG_CHAIN, "exits that become jumps to a block"},
    {"clear", LOG_CLEAR, "when blocks are dropped"},
};

enum { ITEMS = sizeof items / sizeof *items };

static int refuse(const char *word, size_t length, struct err *err)
{
    char names[512] = "";

    for (size_t i = 0; i < ITEMS; i++) {
        size_t used = strlen(names);

        snprintf(names + used, sizeof names - used, "%s%s (%s)", i == 0 ? "" : ", ", items[i].name,
                 items[i].meaning);
    }
    return err_set(err, "the translator does not log '%.*s', but %s", (int)length, word, names);
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

void dbt_log_guest(FILE *file, const struct ir_block *block)
{
    fprintf(file, "in_asm: %u instructions\n", block->insn_count);
    for (unsigned i = 0; i < block->insn_count; i++)
        print_guest(file, &block->insns[i]);
}

void dbt_log_ir(FILE *file, const char *title, const struct ir_block *block)
{
    fprintf(file, "%s:\n", title);
    ir_print(file, block);
}

void dbt_log_host(FILE *file, const struct ir_block *block, const uint8_t *code, uint32_t start,
                  uint32_t end, const uint32_t *insn_code)
{
    struct disassembler *disassembler = disassembler_new(true, SYNTAX_INTEL);
    uint32_t at = start;
    unsigned next = 0;
    size_t size = 1;

    fprintf(file, "out_asm: %u bytes\n", end - start);
    if (disassembler == NULL)
        fputs("      (there is no Capstone here, which tells what they mean)\n", file);
    while (disassembler != NULL && at < end && size > 0) {
        char text[160];

        for (; next < block->insn_count && insn_code[next] <= at; next++)
            print_guest(file, &block->insns[next]);
        size = disassemble(disassembler, code + at, end - at, at, text, sizeof text);
        fprintf(file, "      %6x  %s\n", at, text);
        at += (uint32_t)size;
    }
    disassembler_free(disassembler);
}
