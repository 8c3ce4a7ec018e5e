/*
 * main.c: the `trivium` command: finds the command that is asked for and hands it the rest.
 *
 * Read next: commands.h, then run.c (one program in one way) and race.c (side by side).
 */
#include <argp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/status.h"
#include "cli/suggest.h"

static const struct command commands[] = {
    {"doctor", "say what this host can run, and how to mend what it cannot", command_doctor},
    {"run", "run a program in one way", command_run},
    {"explain", "show what the translator makes of a piece of a program", command_explain},
    {"step", "step through a program and its translation, forward and back", command_step},
    {"image", "make, show and remove images for containers", command_image},
    {"ps", "show which containers run", command_ps},
    {"rm", "remove containers that have ended and were kept", command_rm},
    {"race", "run programs in several ways, side by side, and compare", command_race},
    {"why", "answer a question by an experiment, and name the cause", command_why},
    {"report", "show a result file as a table, a page, a figure", command_report},
    {"reproduce", "run the race of a result file again: is it the same?", command_reproduce},
    {"check", "say whether the numbers of result files can be true", command_check},
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

struct invocation {
    int first; /* index in argv of the command; 0: none was given */
    bool wants_version;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct invocation *invocation = state->input;

    (void)arg;
    switch (key) {
    case 'V': invocation->wants_version = true; return 0;
    case ARGP_KEY_ARG:
        /* What follows the command's name is the command's. */
        invocation->first = state->next - 1;
        state->next = state->argc;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* The list of commands belongs into --help; argp asks for it when it comes to its place. */
static char *fill_help(int key, const char *text, void *input)
{
    char *list = NULL;
    size_t size;
    FILE *file;

    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)(uintptr_t)text; /* as it is: argp's way to say so */
    file = open_memstream(&list, &size);
    if (file == NULL)
        err_die_oom();
    fputs("Commands:\n", file);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(file, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fputs("\n`trivium COMMAND --help' tells more about each. `trivium doctor' is a good start, "
          "`trivium race' the heart of the matter.",
          file);
    fclose(file);
    return list;
}

static const struct argp_option options[] = {
    {"version", 'V', NULL, 0, "Print the version", -1},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "COMMAND [ARGUMENTS...]",
    .doc = "Runs the same program natively and on an emulated processor, and shows what each way "
           "costs.\vcommands",
    .help_filter = fill_help,
};

static const struct command *find_command(const char *name, struct err *err)
{
    const char *names[COMMAND_COUNT];
    const char *near;

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
        names[i] = commands[i].name;
    }
    err_set(err, "there is no command called '%s'", name);
    near = suggest_nearest(name, names, COMMAND_COUNT);
    if (near != NULL)
        err_hint(err, "trivium %s", near);
    else
        err_hint(err, "trivium help");
    return NULL;
}

static int run_command(int argc, char **argv, struct err *err)
{
    const struct command *command = find_command(argv[0], err);
    char *name;
    int status;

    if (command == NULL)
        return STATUS_FAILED;
    if (asprintf(&name, "trivium %s", command->name) < 0)
        err_die_oom();
    argv[0] = name;
    status = command->function(argc, argv, err);
    free(name);
    return status;
}

/* `trivium help [COMMAND]` is `trivium [COMMAND] --help`. */
static int help(char *command, struct err *err)
{
    char name[] = "trivium", option[] = "--help";
    char *top[] = {name, option, NULL};
    char *of_command[] = {command, option, NULL};

    if (command != NULL)
        return run_command(2, of_command, err);
    argp_parse(&parser, 2, top, 0, NULL, NULL); /* exits */
    return STATUS_FAILED;
}

int main(int argc, char **argv)
{
    struct invocation invocation = {0};
    struct err err = {0};
    int status;

    output_prepare();
    argp_err_exit_status = STATUS_FAILED;
    argp_parse(&parser, argc, argv, ARGP_IN_ORDER, NULL, &invocation);
    if (invocation.wants_version) {
        printf("trivium %s\n", TRIVIUM_VERSION);
        return EXIT_SUCCESS;
    }
    if (invocation.first == 0) {
        argp_help(&parser, stderr, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC,
                  program_invocation_short_name);
        return STATUS_FAILED;
    }
    if (strcmp(argv[invocation.first], "help") == 0)
        status = help(argv[invocation.first + 1], &err);
    else
        status = run_command(argc - invocation.first, argv + invocation.first, &err);
    if (err.text[0] != '\0')
        err_print(&err, stderr);
    return status;
}
