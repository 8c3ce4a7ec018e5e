/* report_origin.c: where a result is from, as every page and figure of it says: when, on what, by
 * which command. */
#include <stdlib.h>
#include <string.h>

#include "cli/escape.h"
#include "cli/report.h"

static const char *host_text(const struct result *result, const char *part, const char *member)
{
    return json_string_value(json_object_get(json_object_get(result->host, part), member));
}

void report_origin(FILE *file, const struct result *result)
{
    const char *model = host_text(result, "cpu", "model");
    const json_t *virtual = json_object_get(result->host, "virtual");

    fputs("Measured ", file);
    escape_xml(file, result->started);
    fputs(" on ", file);
    escape_xml(file, model == NULL ? "an unknown processor" : model);
    fputs(", ", file);
    escape_xml(file, host_text(result, "system", "kernel"));
    fputs(" ", file);
    escape_xml(file, host_text(result, "system", "release"));
    if (json_is_true(json_object_get(virtual, "hypervisor")))
        fputs(", in a virtual machine", file);
    fputs(".", file);
}

/* A word as a shell takes it. */
static void write_word(FILE *file, const char *word)
{
    bool plain =
        word[0] != '\0' && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                             "0123456789-_=+,./:@%")] == '\0';

    if (plain) {
        fputs(word, file);
        return;
    }
    fputc('\'', file);
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            fputs("'\\''", file);
        else
            fputc(*word, file);
    }
    fputc('\'', file);
}

char *report_command_line(const struct result *result)
{
    char *line;
    size_t size, i;
    FILE *file = open_memstream(&line, &size);
    const json_t *word;

    if (file == NULL)
        err_die_oom();
    json_array_foreach(result->command, i, word)
    {
        if (i > 0)
            fputc(' ', file);
        write_word(file, json_string_value(word));
    }
    if (fclose(file) != 0)
        err_die_oom();
    return line;
}
