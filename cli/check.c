/*
 * check.c: `trivium check`: can the numbers of these files be true? The laws are in result/laws.c.
 */
#include <argp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/status.h"
#include "cli/text.h"
#include "result/laws.h"

struct check_options {
    bool laws;
    char **files; /* owned; `count` of argv's */
    size_t count;
};

/* All files, and what has been found so far. */
struct check {
    bool colour;
    const char *name;      /* of the file that is being looked at */
    struct sysbench *runs; /* owned: those of sysbench's, in order */
    size_t run_count;
    size_t broken;     /* places that break a law */
    size_t unreadable; /* files */
};

static const struct argp_option options[] = {
    {"laws", 'l', NULL, 0, "Print the laws: name, formula, why", 0},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct check_options *chosen = state->input;

    switch (key) {
    case 'l': chosen->laws = true; return 0;
    case ARGP_KEY_ARG: chosen->files[chosen->count++] = arg; return 0;
    case ARGP_KEY_END:
        if (chosen->count == 0 && !chosen->laws)
            argp_error(state, "which FILE?");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE...",
    .doc = "Says which numbers of result files cannot be true, because other numbers of the same "
           "file contradict them. FILE is one of `trivium race --json', or what sysbench printed "
           "(its tests cpu, memory, fileio and threads); - is standard input. Several of "
           "sysbench's, of one test, are taken as repeated runs in that order.\vThe exit status is "
           "0 if all laws hold, 1 if one is broken, 2 if a FILE cannot be read as either.",
};

static void report(void *context, const struct law *law, const char *place, const char *text)
{
    struct check *check = context;
    char line[1024];

    check->broken++;
    snprintf(line, sizeof line, "%s: %s: %s", check->name, place, text);
    text_make_printable(line);
    text_wrap(stdout, line, 0, 4);
    printf("    %s%s%s ", text_on(check->colour, STYLE_BAD), law->name, text_off(check->colour));
    snprintf(line, sizeof line, "(%s): %s", law->formula, law->why);
    text_wrap(stdout, line, 5 + (int)strlen(law->name), 4);
}

static void say_count(struct check *check, size_t broken, bool sysbench)
{
    size_t asked = 0;

    for (size_t i = 0; i < laws_count; i++)
        asked += sysbench ? laws[i].sysbench != NULL : laws[i].result != NULL;
    if (broken == 0)
        printf("%s: ok: all %zu laws hold\n", check->name, asked);
    else
        printf("%s: %zu place%s cannot be true\n", check->name, broken, broken == 1 ? "" : "s");
}

static int check_text(struct check *check, const char *text, size_t size, struct err *err)
{
    struct sysbench *run = &check->runs[check->run_count];
    struct result result;
    size_t broken;

    if (sysbench_is(text)) {
        if (sysbench_parse(run, text, check->name, err) < 0)
            return -1;
        check->run_count++;
        broken = laws_check_sysbench(run, report, check);
        say_count(check, broken, true);
        return 0;
    }
    if (result_parse(&result, text, size, check->name, err) < 0)
        return -1;
    broken = laws_check_result(&result, report, check);
    say_count(check, broken, false);
    result_fini(&result);
    return 0;
}

static void check_file(struct check *check, const char *path)
{
    struct err err = {0};
    size_t size;
    char *text = result_slurp(path, &size, &err);

    check->name = result_file_name(path);
    if (text == NULL || check_text(check, text, size, &err) < 0) {
        fflush(stdout); /* in the order of the files, where both go to one place */
        err_print(&err, stderr);
        check->unreadable++;
    }
    free(text);
}

/* The runs of one test, if all are of one. */
static void check_column(struct check *check)
{
    for (size_t i = 1; i < check->run_count; i++) {
        if (check->runs[i].test != check->runs[0].test)
            return;
    }
    check->name = "all files";
    laws_check_column(check->runs, check->run_count, report, check);
}

/* As Markdown: docs/laws.md is made of it. */
static void print_laws(void)
{
    printf("| law | what must hold | why |\n|---|---|---|\n");
    for (size_t i = 0; i < laws_count; i++)
        printf("| `%s`%s | %s | %s |\n", laws[i].name,
               laws[i].sysbench != NULL ? " (sysbench)"
               : laws[i].column != NULL ? " (several of sysbench)"
                                        : "",
               laws[i].formula, laws[i].why);
}

int command_check(int argc, char **argv, struct err *err)
{
    struct check_options chosen = {.files = calloc((size_t)argc + 1, sizeof *chosen.files)};
    struct check check = {.runs = calloc((size_t)argc + 1, sizeof *check.runs)};

    (void)err;
    if (chosen.files == NULL || check.runs == NULL)
        err_die_oom();
    argp_parse(&parser, argc, argv, 0, NULL, &chosen);
    signal(SIGPIPE, SIG_IGN); /* see output.h: it is told as an error */
    check.colour = text_wants_colour(stdout);
    if (chosen.laws)
        print_laws();
    for (size_t i = 0; i < chosen.count; i++)
        check_file(&check, chosen.files[i]);
    check_column(&check);
    free(check.runs);
    free(chosen.files);
    if (check.unreadable > 0)
        return STATUS_UNREADABLE;
    return check.broken > 0 ? STATUS_UNEQUAL : EXIT_SUCCESS;
}
