/* Command line options from a table. See options.h. */
#include "guest/bin/options.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND UINT64_C(1000000000)

void options_fail(const struct program *program, const char *message, const char *what)
{
    fprintf(stderr, "%s: %s: %s\nTry '%s --help'.\n", program->name, message, what, program->name);
    exit(2);
}

static void print_help(const struct program *program)
{
    printf("Usage: %s%s%s%s\n%s\n\n", program->name, program->option_count ? " [OPTION...]" : "",
           *program->operands ? " " : "", program->operands, program->summary);
    for (size_t i = 0; i < program->option_count; i++) {
        const struct option *option = &program->options[i];
        char text[64] = "    ";
        if (option->letter)
            snprintf(text, sizeof(text), "-%c%s", option->letter, option->name ? ", " : "");
        if (option->name)
            snprintf(text + 4, sizeof(text) - 4, "--%s%s%s", option->name,
                     option->argument ? " " : "", option->argument ? option->argument : "");
        printf("  %-24s  %s\n", text, option->help);
    }
    printf("  %-24s  %s\n", "    --help", "show this text");
    if (program->notes)
        printf("\n%s\n", program->notes);
}

int options_number(const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return -1; /* no sign, no leading space */
    errno = 0;
    *value = strtoul(text, &end, 10);
    return errno == 0 && *end == '\0' && *value >= least && *value <= most ? 0 : -1;
}

/* Reads "12", "0.5" or ".5" seconds as nanoseconds; digits beyond the ninth are dropped. */
static int parse_seconds(const char *text, uint64_t *nanoseconds)
{
    const uint64_t most = UINT64_C(1000000); /* eleven days */
    uint64_t seconds = 0;
    uint64_t fraction = 0;
    const char *p = text;
    bool digits = false;

    for (; isdigit((unsigned char)*p) && seconds <= most; p++, digits = true)
        seconds = seconds * 10 + (uint64_t)(*p - '0');
    if (*p == '.') {
        p++;
        for (uint64_t unit = SECOND / 10; isdigit((unsigned char)*p);
             p++, unit /= 10, digits = true)
            fraction += unit * (uint64_t)(*p - '0');
    }
    *nanoseconds = seconds * SECOND + fraction;
    return digits && *p == '\0' && seconds <= most ? 0 : -1;
}

static void fail_range(const struct program *program, const struct option *option, const char *text)
{
    char message[128];
    snprintf(message, sizeof(message), "%s%s takes a number from %" PRIu64 " to %" PRIu64 ", not",
             option->name ? "--" : "-", option->name ? option->name : &option->letter,
             option->least, option->most);
    options_fail(program, message, text);
}

static void set_value(const struct program *program, const struct option *option, const char *text)
{
    switch (option->kind) {
    case OPTION_FLAG: *(bool *)option->value = true; break;
    case OPTION_NUMBER:
        if (options_number(text, option->least, option->most, option->value) < 0)
            fail_range(program, option, text);
        break;
    case OPTION_SECONDS:
        if (parse_seconds(text, option->value) < 0)
            options_fail(program, "not a time in seconds", text);
        break;
    case OPTION_TEXT: *(const char **)option->value = text; break;
    }
}

/* The option of that name (length characters) or, with a NULL name, of that letter. */
static const struct option *find(const struct program *program, const char *name, size_t length,
                                 char letter)
{
    for (size_t i = 0; i < program->option_count; i++) {
        const struct option *option = &program->options[i];
        if (name && option->name && strlen(option->name) == length &&
            strncmp(option->name, name, length) == 0)
            return option;
        if (!name && option->letter && option->letter == letter)
            return option;
    }
    return NULL;
}

/* Handles "--name", "--name=value" or "--name value" at argv[i]. Returns the index of what follows.
 */
static int parse_long(const struct program *program, char **argv, int i)
{
    const char *name = argv[i] + 2;
    const char *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    if (strcmp(name, "help") == 0) {
        print_help(program);
        exit(0);
    }
    const struct option *option = find(program, name, length, 0);
    if (!option)
        options_fail(program, "unknown option", argv[i]);
    const char *value = equals ? equals + 1 : NULL;
    if (option->kind == OPTION_FLAG && value)
        options_fail(program, "this option takes no value", argv[i]);
    if (option->kind != OPTION_FLAG && !value) {
        value = argv[++i];
        if (!value)
            options_fail(program, "this option needs a value", argv[i - 1]);
    }
    set_value(program, option, value);
    return i + 1;
}

/* Handles "-a", "-ab", "-x value" or "-xvalue" at argv[i]. Returns the index of what follows. */
static int parse_short(const struct program *program, char **argv, int i)
{
    for (const char *letter = argv[i] + 1; *letter; letter++) {
        const struct option *option = find(program, NULL, 0, *letter);
        if (!option)
            options_fail(program, "unknown option", argv[i]);
        if (option->kind == OPTION_FLAG) {
            set_value(program, option, NULL);
            continue;
        }
        const char *value = letter[1] ? letter + 1 : argv[++i];
        if (!value)
            options_fail(program, "this option needs a value", argv[i - 1]);
        set_value(program, option, value);
        break;
    }
    return i + 1;
}

int options_parse(const struct program *program, int argc, char **argv)
{
    int i = 1;
    while (i < argc) {
        const char *text = argv[i];
        if (text[0] != '-' || text[1] == '\0' || isdigit((unsigned char)text[1]))
            return i;
        if (strcmp(text, "--") == 0)
            return i + 1;
        i = text[1] == '-' ? parse_long(program, argv, i) : parse_short(program, argv, i);
    }
    return argc;
}
