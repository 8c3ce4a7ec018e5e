/* explain.c: `trivium explain`: what the translator makes of a piece of a program. */
#include <argp.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/locate.h"
#include "cli/status.h"
#include "cli/ways.h"
#include "emu/dbt/explain.h"
#include "emu/user/load.h"
#include "lib/elf.h"

struct explain_options {
    const char *program;
    const char *at;
    const char *switches; /* NULL: as it is */
    const char *source;   /* a folder, or NULL */
};

enum option_key { KEY_AT = 256, KEY_DBT, KEY_SOURCE };

static const struct argp_option options[] = {
    {"at", KEY_AT, "PLACE", 0,
     "Where the block begins: a function (fib), a place in one (fib+0x10), a line of source "
     "(fib.c:12) or an address (0x10178). Without it where the program begins",
     0},
    {"source", KEY_SOURCE, "FOLDER", 0,
     "Where the program's source files are, to be shown with its code. Without it they are looked "
     "for in the folders above the program, and in this one",
     0},
    {"dbt", KEY_DBT, "SWITCHES", 0, "Techniques of the translator on (+) or off (-), as in `run'",
     0},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct explain_options *explain = state->input;

    switch (key) {
    case KEY_AT: explain->at = arg; return 0;
    case KEY_DBT: explain->switches = arg; return 0;
    case KEY_SOURCE: explain->source = arg; return 0;
    case ARGP_KEY_ARG:
        if (explain->program != NULL)
            argp_error(state, "one PROGRAM at a time");
        explain->program = arg;
        return 0;
    case ARGP_KEY_END:
        if (explain->program == NULL)
            argp_error(state, "which PROGRAM?");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "PROGRAM",
    .doc =
        "Shows one block of PROGRAM (a bundled one, or an rv64 ELF file) in every stage of its "
        "translation: guest code with its source, intermediate representation, what each pass makes of it, host "
        "code. Nothing is executed."
        "\vExample: trivium explain prime --at main",
};

/* A number that is all of the text. */
static bool parse_number(const char *text, uint64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 0);
    return errno == 0 && end != text && *end == '\0';
}

/* FILE:LINE: where its code begins first. */
static int find_line(const struct listing *listing, const char *file, unsigned line, uint64_t *pc,
                     struct err *err)
{
    if (listing_code(listing, file, &line, pc, 1) > 0)
        return 0;
    if (listing_why(listing)[0] != '\0')
        return err_set(err, "%s", listing_why(listing));
    return err_set(err, "no code was made of line %u of a file %s, or behind it", line, file);
}

/* FUNCTION, FUNCTION+NUMBER, FILE:LINE or a number. */
static int find_place(const char *path, const char *at, const struct listing *listing, uint64_t *pc,
                      struct err *err)
{
    char name[256];
    const char *plus = strchr(at, '+');
    size_t length = plus != NULL ? (size_t)(plus - at) : strlen(at);
    struct elf_symbols *symbols;
    char file[LINE_FILE_MAX];
    struct elf_image image;
    uint64_t offset = 0;
    unsigned line;
    bool found;

    if (parse_number(at, pc))
        return 0;
    if (lines_parse(at, file, &line))
        return find_line(listing, file, line, pc, err);
    if (length >= sizeof name || (plus != NULL && !parse_number(plus + 1, &offset)))
        return err_set(
            err, "'%s' is neither a function nor FUNCTION+NUMBER, FILE:LINE or an address", at);
    memcpy(name, at, length);
    name[length] = '\0';
    if (elf_open(&image, path, err) < 0)
        return -1;
    symbols = elf_symbols_new(&image);
    elf_close(&image);
    found = elf_symbols_address(symbols, name, pc);
    elf_symbols_free(symbols);
    if (!found)
        return err_set(err, "%s has no function '%s'", path, name);
    *pc += offset;
    return 0;
}

static int explain_program(const struct explain_options *explain, const char *path, struct err *err)
{
    struct dbt_options switches = dbt_options_all();
    char name[] = "explain";
    char *argv[] = {name, NULL}, *envp[] = {NULL};
    struct program program;
    struct listing *listing;
    struct err ignored; /* the text says what was missing */
    struct mem mem;
    uint64_t pc;
    int answer = -1;

    if (explain->switches != NULL && dbt_options_parse(&switches, explain->switches, err) < 0)
        return -1;
    if (program_load(&program, path, argv, envp, err) < 0)
        return -1;
    pc = program.entry;
    listing = listing_new(explain->source);
    listing_add(listing, path, &ignored);
    if (explain->at != NULL && find_place(path, explain->at, listing, &pc, err) < 0)
        goto out;
    mem = space_mem(&program.space);
    answer = dbt_explain(stdout, &mem, pc, &switches, listing, err);

out:
    listing_free(listing);
    program_fini(&program);
    return answer;
}

int command_explain(int argc, char **argv, struct err *err)
{
    struct explain_options explain = {.program = NULL};
    const struct way *way = ways_find("dbt", err);
    struct located located;
    char path[PATH_MAX];
    int status;

    argp_parse(&parser, argc, argv, 0, NULL, &explain);
    status = locate_program(&located, explain.program, err);
    if (status == 0)
        status = locate_file(&located, way, path, err);
    if (status != 0)
        return status;
    return explain_program(&explain, path, err) < 0 ? STATUS_FAILED : EXIT_SUCCESS;
}
