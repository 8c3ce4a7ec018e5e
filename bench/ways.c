/*
 * ways.c: the ways in which programs are measured, as data.
 *
 * A way's name is what one would type: its first word says who runs the program, what follows are
 * options for that.
 *
 *     native                      the x86-64 file on this host
 *     qemu-riscv64                QEMU's user mode
 *     qemu-system-riscv64         QEMU's virt board with our kernel
 *     WAY --user [OPTION...]      trivium run --on WAY --user, any WAY that trivium has
 *     WAY [OPTION...]             trivium run --on WAY, a whole machine with our kernel
 *
 * What is measured by default are QEMU's two and all that trivium's own table (cli/ways.h) has an
 * engine for, and the ladder: the translator with each of its techniques switched off, by its own
 * table (emu/dbt/options.h). A rung is a way with options, "dbt --user --dbt=-chain". With all its
 * techniques, "--dbt=+all", the translator is a rung, too: the one that the others are set against,
 * as it does the same few rounds.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/driver.h"
#include "cli/ways.h"
#include "emu/dbt/options.h"

#define BOARD "init=/bin/{name} -- {rounds}"

static const struct known {
    const char *name;
    bool machine;
    const char *words[16];
} known[] = {
    {"native", false, {"{folder:x86_64}/{name}", "{rounds}"}},
    {"qemu-riscv64", false, {"qemu-riscv64", "{folder:rv64}/{name}", "{rounds}"}},
    {"qemu-system-riscv64",
     true,
     {"qemu-system-riscv64", "-M", "virt", "-m", "256M", "-nographic", "-no-reboot", "-kernel",
      "{build}/guest/rv64/kernel", "-initrd", "{initrd:rv64}", "-append", BOARD}},
};

/* Behind "trivium run --on WAY [OPTION...]". */
static const char *const process_words[] = {"{folder:rv64}/{name}", "{rounds}", NULL};
static const char *const machine_words[] = {
    "--kernel", "{build}/guest/rv64/kernel", "--initrd", "{initrd:rv64}", "--append", BOARD, NULL};

/* Leaves room for either of them. */
enum { OPTIONS_END = BENCH_WORDS - 8 };

static char *copy_text(const char *text)
{
    char *copy = strdup(text);

    if (copy == NULL)
        err_die_oom();
    return copy;
}

static void add_word(struct bench_way *way, size_t *count, const char *word)
{
    assert(*count < BENCH_WORDS);
    way->words[(*count)++] = copy_text(word);
}

static void add_words(struct bench_way *way, size_t *count, const char *const *words)
{
    for (; *words != NULL; words++)
        add_word(way, count, *words);
}

/* A way of trivium's own. `options` are the words behind its name. */
static int init_trivium(struct bench_way *way, const char *name, char *options, struct err *err)
{
    const struct way *found = ways_find(name, err);
    size_t count = 0;
    char *rest = NULL;

    if (found == NULL)
        return -1;
    way->machine = true;
    add_words(way, &count, (const char *const[]){"{build}/trivium", "run", "--on", name, NULL});
    for (char *word = strtok_r(options, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        if (count == OPTIONS_END)
            return err_set(err, "more than %d options: '%s'", OPTIONS_END - 4, way->name);
        if (strcmp(word, "--user") == 0)
            way->machine = false;
        else
            way->options = true;
        add_word(way, &count, word);
    }
    if (!found->emulated || (way->machine ? found->machine_start : found->start) == NULL)
        return err_set(err, "trivium cannot be measured running rv64 programs by '%s'", way->name);
    add_words(way, &count, way->machine ? machine_words : process_words);
    return 0;
}

int bench_way_init(struct bench_way *way, const char *name, struct err *err)
{
    char *text = copy_text(name), *options = text + strcspn(text, " ");
    size_t count = 0;
    int answer = 0;

    *way = (struct bench_way){.name = copy_text(name)};
    if (*options != '\0')
        *options++ = '\0';
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) == 0) {
            way->machine = known[i].machine;
            add_words(way, &count, known[i].words);
        }
    }
    if (count == 0)
        answer = init_trivium(way, text, options, err);
    free(text);
    return answer;
}

void bench_way_fini(struct bench_way *way)
{
    for (char **word = way->words; *word != NULL; word++)
        free(*word);
    free(way->name);
}

char **bench_way_names_new(void)
{
    size_t count = 0;
    char **names = calloc(2 * ways_count + dbt_option_count + 7, sizeof *names);
    char name[64];

    if (names == NULL)
        err_die_oom();
    names[count++] = copy_text("qemu-riscv64");
    for (size_t i = 0; i < ways_count; i++) {
        snprintf(name, sizeof name, "%s --user", ways[i].name);
        if (ways[i].engine != NULL && !ways[i].special && ways[i].start != NULL)
            names[count++] = copy_text(name);
    }
    names[count++] = copy_text("qemu-system-riscv64");
    for (size_t i = 0; i < ways_count; i++) {
        if (ways[i].engine != NULL && !ways[i].special && ways[i].machine_start != NULL)
            names[count++] = copy_text(ways[i].name);
    }
    names[count++] = copy_text("dbt --user --dbt=+all");
    names[count++] = copy_text("dbt --dbt=+all");
    for (size_t i = 0; i < dbt_option_count; i++) {
        const struct dbt_option *option = &dbt_option_table[i];

        snprintf(name, sizeof name, "dbt %s--dbt=-%s", option->machine_only ? "" : "--user ",
                 option->name);
        names[count++] = copy_text(name);
    }
    names[count++] = copy_text("dbt --user --dbt=-all");
    names[count++] = copy_text("dbt --dbt=-all");
    return names;
}

/* Prints what {TEXT} stands for, up to the closing brace. */
static void put_field(FILE *file, const char *text, size_t length,
                      const struct bench_subject *subject, const char *build, uint64_t rounds)
{
    if (length == 5 && memcmp(text, "build", 5) == 0)
        fprintf(file, "%s", build);
    else if (length == 4 && memcmp(text, "name", 4) == 0)
        fprintf(file, "%s", subject->name);
    else if (length == 6 && memcmp(text, "rounds", 6) == 0)
        fprintf(file, "%llu", (unsigned long long)rounds);
    else if (length > 7 && memcmp(text, "folder:", 7) == 0)
        fprintf(file, "%s/%s/%.*s", build, subject->folder, (int)length - 7, text + 7);
    else if (length > 7 && memcmp(text, "initrd:", 7) == 0)
        fprintf(file, "%s/%s/%.*s/%s", build, subject->folder, (int)length - 7, text + 7,
                subject->initrd);
    else /* none of ours: an option's own brace */
        fprintf(file, "{%.*s%s", (int)length, text, text[length] == '}' ? "}" : "");
}

static char *fill_in(const char *word, const struct bench_subject *subject, const char *build,
                     uint64_t rounds)
{
    char *filled = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&filled, &size);

    if (file == NULL)
        err_die_oom();
    while (*word != '\0') {
        size_t plain = strcspn(word, "{"), length;

        fwrite(word, 1, plain, file);
        word += plain;
        if (*word == '\0')
            break;
        length = strcspn(++word, "}");
        put_field(file, word, length, subject, build, rounds);
        word += length + (word[length] == '}');
    }
    if (fclose(file) != 0)
        err_die_oom();
    return filled;
}

char **bench_way_command_new(const struct bench_way *way, const struct bench_subject *subject,
                             const char *build, uint64_t rounds)
{
    char **command = calloc(BENCH_WORDS + 1, sizeof *command);

    if (command == NULL)
        err_die_oom();
    for (size_t i = 0; way->words[i] != NULL; i++)
        command[i] = fill_in(way->words[i], subject, build, rounds);
    return command;
}

void bench_words_free(char **words)
{
    for (char **word = words; *word != NULL; word++)
        free(*word);
    free(words);
}
