/*
 * objdump_words.c: words for objdump to disassemble, and the comparison of its text with ours.
 *
 *     objdump_words make SEED FOLDER      writes FOLDER/GROUP.bin, raw words, for each group
 *     objdump_words compare FOLDER        reads them and FOLDER/GROUP.txt, objdump's output; TAP
 *
 * Every word is decoded and printed by us and compared with objdump's line, character by character.
 * Where the two differ on purpose, the difference stands in known_differences[], with its reason
 * and a condition as narrow as can be; one that no longer occurs fails the test, as does a row that
 * no word was of.
 *
 * See objdump.sh, which runs objdump in between.
 */
#include "emu/isa/csr.h"
#include "emu/isa/decode.h"
#include "emu/isa/disasm.h"
#include "tests/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILLINGS = 500,          /* random operands of each 32-bit row */
    NEIGHBOURS = 20,         /* random operands of each row with one of its fixed bits wrong */
    RANDOM_WORDS = 250000,   /* anything that is 32 bits long */
    REPORTED_MISMATCHES = 20 /* enough to see what is wrong */
};

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(2);
}

/* ---- make ---- */

/* What encodes the length: 11 for 32 bits, and above that not 111, which is for more. */
static bool is_32_bits(uint32_t word)
{
    return (word & 3) == 3 && (word & 0x1c) != 0x1c;
}

static void put_word(FILE *file, uint32_t word)
{
    size_t length = isa_length(word);

    if (fwrite(&word, 1, length, file) != length) /* the host is little-endian, as RISC-V is */
        die("writing words");
}

static uint32_t fill(struct random *random, const struct isa_row *row)
{
    return row->match | ((uint32_t)random_next(random) & ~row->mask);
}

static void make_rows(FILE *file, struct random *random)
{
    for (const struct isa_row *row = isa_rows; row < isa_rows + ROW_COUNT; row++) {
        if (!is_32_bits(row->match))
            continue;
        put_word(file, row->match);
        put_word(file, row->match | ~row->mask);
        for (int i = 0; i < FILLINGS; i++)
            put_word(file, fill(random, row));
    }
}

static void make_neighbours(FILE *file, struct random *random)
{
    for (const struct isa_row *row = isa_rows; row < isa_rows + ROW_COUNT; row++) {
        for (int bit = 2; bit < 32 && is_32_bits(row->match); bit++) {
            uint32_t wrong = UINT32_C(1) << bit;

            if ((row->mask & wrong) == 0 || !is_32_bits(row->match ^ wrong))
                continue;
            put_word(file, row->match ^ wrong);
            for (int i = 0; i < NEIGHBOURS; i++)
                put_word(file, fill(random, row) ^ wrong);
        }
    }
}

static void make_csrs(FILE *file, struct random *random)
{
    for (uint32_t number = 0; number < 4096; number++) {
        enum isa_row_id id = number % 2 == 0 ? ROW_CSRRS : ROW_CSRRCI;

        put_word(file, (fill(random, &isa_rows[id]) & 0xfffff) | number << 20);
    }
}

static void make_random(FILE *file, struct random *random)
{
    for (int i = 0; i < RANDOM_WORDS;) {
        uint32_t word = (uint32_t)random_next(random) | 3;

        if (is_32_bits(word)) {
            put_word(file, word);
            i++;
        }
    }
}

static void make_compressed(FILE *file, struct random *random)
{
    (void)random; /* all of them: those that end in 11 begin a longer word */
    for (uint32_t word = 0; word <= 0xffff; word++) {
        if (isa_length(word) == 2)
            put_word(file, word);
    }
}

static const struct group {
    const char *name;
    void (*make)(FILE *file, struct random *random);
    const char *sentence;
} groups[] = {
    {"rows", make_rows, "each 32-bit row with random operands reads as objdump reads it"},
    {"neighbours", make_neighbours,
     "words one fixed bit away from a row read as objdump reads them"},
    {"csrs", make_csrs, "CSRs have the names that objdump has for them, over all 4096 numbers"},
    {"random", make_random, "random 32-bit words read as objdump reads them"},
    {"compressed", make_compressed, "all 16-bit words read as objdump reads them"},
};

enum { GROUPS = sizeof(groups) / sizeof(groups[0]) };

static FILE *open_file(const char *folder, const char *name, const char *suffix, const char *mode)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s.%s", folder, name, suffix);
    file = fopen(path, mode);
    if (!file)
        die(path);
    return file;
}

static void make(uint64_t seed, const char *folder)
{
    struct random random = {.state = seed};

    for (const struct group *group = groups; group < groups + GROUPS; group++) {
        FILE *file = open_file(folder, group->name, "bin", "wb");

        group->make(file, &random);
        if (fclose(file) != 0)
            die("writing words");
    }
}

/* ---- known differences ---- */

/* One word, as we and as objdump read it. */
struct reading {
    const struct insn *insn;
    const char *ours, *theirs;
};

static bool we_say_illegal(const struct reading *reading)
{
    return reading->insn->row == NULL;
}

static bool they_say_illegal(const struct reading *reading)
{
    return strncmp(reading->theirs, ".4byte ", 7) == 0 ||
           strncmp(reading->theirs, ".2byte ", 7) == 0;
}

static bool has_reserved_fence_fields(const struct reading *reading)
{
    uint32_t word = reading->insn->word;
    uint32_t rd_and_rs1 = word & 0x000f8f80, mode = word & 0xf0000000;

    if (we_say_illegal(reading) || !they_say_illegal(reading))
        return false;
    if (reading->insn->row->kind == KIND_FENCE)
        return rd_and_rs1 != 0 || mode != 0;
    return reading->insn->row->kind == KIND_FENCE_I &&
           (rd_and_rs1 != 0 || (word & 0xfff00000) != 0);
}

static bool is_withdrawn(const struct reading *reading)
{
    const char *theirs = reading->theirs;

    return we_say_illegal(reading) &&
           (strcmp(theirs, "uret") == 0 || strcmp(theirs, "hret") == 0 ||
            strcmp(theirs, "sfence.vm") == 0 || strncmp(theirs, "sfence.vm x", 11) == 0);
}

/* Our text is objdump's once a number stands where objdump has a name: csrrs x1,0x7c0,x2. */
static bool is_foreign_csr(const struct reading *reading)
{
    const char *first = strchr(reading->theirs, ','),
               *second = first ? strchr(first + 1, ',') : NULL;
    char with_number[128];

    if (we_say_illegal(reading) || !second || isa_csr_meaning((unsigned)reading->insn->imm) ||
        (reading->insn->row->kind != KIND_CSR && reading->insn->row->kind != KIND_CSR_IMM))
        return false;
    snprintf(with_number, sizeof(with_number), "%.*s,0x%x%s", (int)(first - reading->theirs),
             reading->theirs, (unsigned)reading->insn->imm, second);
    return strcmp(reading->ours, with_number) == 0;
}

/* c.slli64 x1 is our c.slli x1,0x0. */
static bool is_rv128_shift(const struct reading *reading)
{
    static const char *const names[][2] = {
        {"c.slli64 ", "c.slli "}, {"c.srli64 ", "c.srli "}, {"c.srai64 ", "c.srai "}};
    char as_hint[128];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t length = strlen(names[i][0]);

        snprintf(as_hint, sizeof(as_hint), "%s%s,0x0", names[i][1], reading->theirs + length);
        if (strncmp(reading->theirs, names[i][0], length) == 0)
            return strcmp(reading->ours, as_hint) == 0;
    }
    return false;
}

static bool is_zero_word(const struct reading *reading)
{
    return we_say_illegal(reading) && reading->insn->word == 0 &&
           strcmp(reading->theirs, "c.unimp") == 0;
}

static bool is_reserved_addi16sp(const struct reading *reading)
{
    return we_say_illegal(reading) && strcmp(reading->theirs, "c.addi16sp x2,0") == 0;
}

static const struct difference {
    bool (*applies)(const struct reading *reading);
    const char *reason;
} known_differences[] = {
    {has_reserved_fence_fields, "fences with reserved fields set: hardware ignores those fields"},
    {is_withdrawn, "instructions that drafts had and the manual has not: uret hret sfence.vm"},
    {is_foreign_csr, "CSRs of extensions that we do not have: a number here, a name in objdump"},
    {is_rv128_shift, "compressed shifts by 0, which are HINTs here and shifts by 64 in RV128"},
    {is_zero_word, "the word 0: illegal, and objdump has a name for it"},
    {is_reserved_addi16sp, "c.addi16sp x2,0: reserved, so illegal; objdump prints it"},
};

enum { DIFFERENCES = sizeof(known_differences) / sizeof(known_differences[0]) };

/* ---- compare ---- */

struct tally {
    unsigned words, legal, wrong;           /* of this group */
    unsigned long rows[ROW_COUNT];          /* of all groups: words of that row */
    unsigned long differences[DIFFERENCES]; /* and words that differ for that reason */
};

static bool is_known_difference(struct tally *tally, const struct reading *reading)
{
    for (size_t i = 0; i < DIFFERENCES; i++) {
        if (known_differences[i].applies(reading)) {
            tally->differences[i]++;
            return true;
        }
    }
    return false;
}

static void compare_word(struct tally *tally, uint64_t pc, const struct insn *insn,
                         const char *theirs)
{
    char ours[128];
    struct reading reading = {.insn = insn, .ours = ours, .theirs = theirs};

    isa_disasm(insn, pc, ours, sizeof(ours));
    tally->words++;
    if (insn->row) {
        tally->legal++;
        tally->rows[isa_row_id(insn->row)]++;
    }
    if (strcmp(ours, theirs) == 0 || is_known_difference(tally, &reading))
        return;
    if (tally->wrong++ < REPORTED_MISMATCHES)
        printf("# %08" PRIx32 ": ours \"%s\", objdump's \"%s\"\n", insn->word, ours, theirs);
}

/*
 * One line of objdump's output, "  80:\t00000013\taddi\tx0,x0,0", becomes its address and its text
 * with blanks for tabs and without the comment in which it computes an address. False for the other
 * lines.
 */
static bool read_line(char *line, uint64_t *address, char **text)
{
    char *end, *tab, *comment;

    *address = strtoull(line, &end, 16);
    if (end == line || strncmp(end, ":\t", 2) != 0)
        return false;
    tab = strchr(end + 2, '\t');
    if (!tab)
        return false;
    *text = tab + 1;
    (*text)[strcspn(*text, "\n")] = '\0';
    comment = strstr(*text, " # ");
    if (comment)
        *comment = '\0';
    for (char *c = *text; *c != '\0'; c++) {
        if (*c == '\t')
            *c = ' ';
    }
    return true;
}

/* True when objdump read as many words as we did, at the same places, and each like us. */
static bool compare_group(struct tally *tally, const struct group *group, const char *folder)
{
    FILE *words = open_file(folder, group->name, "bin", "rb");
    FILE *lines = open_file(folder, group->name, "txt", "r");
    char line[512], *text;
    uint64_t pc = 0, address;
    uint32_t word;

    tally->words = tally->legal = tally->wrong = 0;
    while (fgets(line, sizeof(line), lines)) {
        struct insn insn;

        if (!read_line(line, &address, &text))
            continue;
        word = 0;
        if (address != pc || fseek(words, (long)pc, SEEK_SET) != 0 ||
            fread(&word, 1, 4, words) < 2) {
            printf("# objdump reads a word at 0x%" PRIx64 ", we at 0x%" PRIx64 "\n", address, pc);
            tally->wrong++;
            break;
        }
        isa_decode(word, &insn);
        compare_word(tally, pc, &insn, text);
        pc += insn.length;
    }
    if (fseek(words, 0, SEEK_END) != 0 || (long)pc != ftell(words)) {
        printf("# objdump ended at 0x%" PRIx64 "\n", pc);
        tally->wrong++;
    }
    fclose(words);
    fclose(lines);
    printf("# %u words, %u of them legal\n", tally->words, tally->legal);
    return tally->wrong == 0 && tally->words > 0;
}

static bool all_rows_seen(const struct tally *tally)
{
    bool all = true;

    for (size_t row = 0; row < ROW_COUNT; row++) {
        if (tally->rows[row] == 0) {
            printf("# no word was of %s\n", isa_rows[row].name);
            all = false;
        }
    }
    return all;
}

static bool all_differences_seen(const struct tally *tally)
{
    bool all = true;

    for (size_t i = 0; i < DIFFERENCES; i++) {
        printf("# %lu words: %s\n", tally->differences[i], known_differences[i].reason);
        all = all && tally->differences[i] != 0;
    }
    return all;
}

static bool report(int number, bool is_ok, const char *sentence)
{
    printf("%s %d - %s\n", is_ok ? "ok" : "not ok", number, sentence);
    return is_ok;
}

static bool compare(const char *folder)
{
    struct tally tally = {0};
    bool all = true;
    int number = 0;

    printf("1..%d\n", GROUPS + 2);
    for (const struct group *group = groups; group < groups + GROUPS; group++)
        all &= report(++number, compare_group(&tally, group, folder), group->sentence);
    all &= report(++number, all_rows_seen(&tally), "every row was among the words");
    all &= report(++number, all_differences_seen(&tally),
                  "objdump still differs where it is known to, and only there");
    return all;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "make") == 0) {
        make(strtoull(argv[2], NULL, 0), argv[3]);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "compare") == 0)
        return compare(argv[2]) ? 0 : 1;
    fprintf(stderr, "usage: objdump_words make SEED FOLDER | compare FOLDER\n");
    return 2;
}
