/*
 * mkisa.c: makes isa_tables.inc from rv64.def. Runs on the host, while Trivium is built.
 *
 *   mkisa > isa_tables.inc
 *
 * The rows come in through the preprocessor, as everywhere. What C cannot compute from them in a
 * constant is computed here: mask and match of each pattern, the columns that an encoding takes
 * from its base, and the decoder's index. Wrong rows are named on standard error, and the exit
 * status is 1, so the build stops.
 *
 * ISA_RV64_DEF is the file of rows, so that tests can plant wrong ones.
 *
 * Read next: index.h, then decode.c.
 */
#include "emu/isa/mkisa.h"

#include "emu/isa/index.h"

#include <assert.h>
#include <stdlib.h>

/* The index of 32-bit words while it is made: isa_index_32, with rows instead of their numbers. */
enum { MAX_ENTRIES = 1024 };

struct index {
    struct {
        const struct source_row *row; /* NULL: a head to which no row belongs */
        unsigned next;
    } entries[MAX_ENTRIES];
    unsigned count;
};

/* Whether some word of the row has that head: whether the pattern allows the head's bits. */
static bool belongs(const struct source_row *row, unsigned head)
{
    const uint32_t head_mask = 0x707f; /* funct3, opcode */
    uint32_t head_match = (head & 7) << 12 | head >> 3 << 2 | 3;

    return !row->base && ((row->match ^ head_match) & row->mask & head_mask) == 0;
}

static void append(struct index *index, unsigned head, const struct source_row *row)
{
    unsigned last = head;

    if (index->entries[head].row) {
        while (index->entries[last].next != 0)
            last = index->entries[last].next;
        assert(index->count < MAX_ENTRIES);
        index->entries[last].next = index->count;
        last = index->count++;
    }
    index->entries[last].row = row;
}

static void make_index(struct index *index, const struct source_row *rows, size_t count)
{
    *index = (struct index){.count = ISA_HEADS};
    for (unsigned head = 0; head < ISA_HEADS; head++) {
        for (size_t i = 0; i < count; i++) {
            if (belongs(&rows[i], head))
                append(index, head, &rows[i]);
        }
    }
}

static const char *constraint_name(enum isa_constraint constraint)
{
    switch (constraint) {
    case CONSTRAINT_NONE: return "NONE";
    case CONSTRAINT_RD_NOT_0: return "RD_NOT_0";
    case CONSTRAINT_RS1_NOT_0: return "RS1_NOT_0";
    case CONSTRAINT_RS2_NOT_0: return "RS2_NOT_0";
    case CONSTRAINT_IMM_NOT_0: return "IMM_NOT_0";
    case CONSTRAINT_RD_NOT_2_IMM_NOT_0: return "RD_NOT_2_IMM_NOT_0";
    }
    return NULL;
}

static void print_rows(const struct source_row *rows, size_t count)
{
    printf("/* Made from rv64.def by mkisa; do not edit. */\n\n"
           "_Static_assert(ROW_COUNT == %zu, \"the table is not that of isa.h\");\n\n"
           "const struct isa_row isa_rows[ROW_COUNT] = {\n",
           count);
    for (const struct source_row *row = rows; row < rows + count; row++) {
        const struct source_row *base = row->base_row;

        printf("    [ROW_%s] = {\"%s\", \"%s\", \"%s\", \"%s\", 0x%08x, 0x%08x, ROW_%s,\n"
               "        FORMAT_%s, CONSTRAINT_%s, KIND_%s, OP_%s, %u},\n",
               row->id, row->name, row->meaning, row->extension, row->regs, (unsigned)row->mask,
               (unsigned)row->match, base->id, row->format, constraint_name(row->constraint),
               base->kind, base->op, base->width);
    }
    printf("};\n");
}

static void print_index_32(const struct source_row *rows, size_t count)
{
    struct index index;

    make_index(&index, rows, count);
    printf("\nconst struct isa_entry isa_index_32[] = {\n");
    for (unsigned i = 0; i < index.count; i++) {
        const struct source_row *row = index.entries[i].row;

        if (row)
            printf("    {0x%08x, 0x%08x, ROW_%s, %u},\n", (unsigned)row->mask, (unsigned)row->match,
                   row->id, index.entries[i].next);
        else
            printf("    {0, 1, 0, 0},\n"); /* no word & 0 is 1 */
    }
    printf("};\n");
}

static void print_index_16(const struct source_row *rows, size_t count)
{
    printf("\nconst uint8_t isa_index_16[1 << 16] = {\n");
    for (uint32_t word = 0; word <= 0xffff; word++) {
        const struct source_row *row = mkisa_encoding(rows, count, word);

        if (row)
            printf("    [0x%04x] = ROW_%s,\n", (unsigned)word, row->id);
    }
    printf("};\n\n_Static_assert(ROW_COUNT <= UINT8_MAX, \"a row's number fits isa_index_16\");\n");
}

int main(void)
{
    struct source_row rows[] = {
#define ROW(id_, name_, pattern_, format_, regs_, kind_, op_, width_, extension_, meaning_) \
    {.id = #id_,                                                                            \
     .name = name_,                                                                         \
     .pattern = pattern_,                                                                   \
     .format = #format_,                                                                    \
     .regs = regs_,                                                                         \
     .kind = #kind_,                                                                        \
     .op = #op_,                                                                            \
     .width = width_,                                                                       \
     .extension = #extension_,                                                              \
     .meaning = meaning_},
#define ENCODING(id_, name_, pattern_, format_, regs_, base_, constraint_, meaning_) \
    {.id = #id_,                                                                     \
     .name = name_,                                                                  \
     .pattern = pattern_,                                                            \
     .format = #format_,                                                             \
     .regs = regs_,                                                                  \
     .base = #base_,                                                                 \
     .constraint = CONSTRAINT_##constraint_,                                         \
     .extension = "C",                                                               \
     .meaning = meaning_},
#include ISA_RV64_DEF
#undef ROW
#undef ENCODING
    };
    size_t count = sizeof(rows) / sizeof(rows[0]);

    if (mkisa_check(rows, count, stderr) != 0)
        return EXIT_FAILURE;
    print_rows(rows, count);
    print_index_32(rows, count);
    print_index_16(rows, count);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("mkisa: writing the tables");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
