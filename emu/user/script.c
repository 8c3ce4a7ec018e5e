/* script.c: reads the first line of a #! script; see script.h. */
#include "emu/user/script.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char blanks[] = " \t";

/* The text without blanks around it. */
static char *trim(char *text)
{
    size_t length;

    text += strspn(text, blanks);
    length = strlen(text);
    while (length > 0 && strchr(blanks, text[length - 1]) != NULL)
        length--;
    text[length] = '\0';
    return text;
}

bool script_read(struct script *script, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t got;

    if (fd == -1)
        return false;
    got = pread(fd, script->line, sizeof script->line - 1, 0);
    close(fd);
    if (got < 2 || script->line[0] != '#' || script->line[1] != '!')
        return false;
    script->line[got] = '\0';
    script->line[strcspn(script->line, "\n")] = '\0';
    script->interpreter = trim(script->line + 2);
    script->argument = NULL;
    if (strpbrk(script->interpreter, blanks) != NULL) {
        char *end = strpbrk(script->interpreter, blanks);

        *end = '\0';
        script->argument = trim(end + 1);
    }
    return script->interpreter[0] != '\0';
}

char **script_arguments(const struct script *script, const char *path, char *const *argv)
{
    size_t argc = 0, used = 0;
    char **result;

    while (argv[argc] != NULL)
        argc++;
    result = calloc(argc + 4, sizeof *result);
    if (result == NULL)
        return NULL;
    result[used++] = script->interpreter;
    if (script->argument != NULL)
        result[used++] = script->argument;
    result[used++] = (char *)(uintptr_t)path; /* argv is never written, its type is history */
    for (size_t i = 1; i < argc; i++)
        result[used++] = argv[i];
    return result;
}
