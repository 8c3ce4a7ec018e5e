/* sh: a small shell. This file reads lines and hands them on; see sh.h for the rest.
 *
 * It has pipes, redirection, conditions, quotes and $?. It has no variables of its own (only the
 * environment), no loops, no patterns, no jobs.
 */
#include "guest/bin/options.h"
#include "guest/bin/sh/sh.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* Where lines come from: a text, or a file if there is no text. */
struct input {
    const char *text;
    int fd;
};

/* Takes one byte. Returns 0 at the end, -1 after a message. */
static int input_byte(struct input *input, char *byte)
{
    if (input->text) {
        *byte = *input->text;
        if (*byte)
            input->text++;
        return *byte != '\0';
    }
    /* One byte at a time: what follows the line may be meant for the command in it. */
    ssize_t count;
    do {
        count = read(input->fd, byte, 1);
    } while (count < 0 && errno == EINTR);
    if (count < 0)
        perror("sh: cannot read commands");
    return (int)count;
}

/* Reads a line without its newline into *line, which grows as needed (*room bytes). Returns 1, 0 at
 * the end, -1 after a message. */
static int input_line(struct input *input, char **line, size_t *room)
{
    size_t length = 0;
    char byte;
    int got;
    while ((got = input_byte(input, &byte)) > 0 && byte != '\n') {
        if (length + 1 >= *room) {
            *room = *room ? *room * 2 : 128;
            char *larger = word_allocate(*room);
            if (*line)
                memcpy(larger, *line, length);
            free(*line);
            *line = larger;
        }
        (*line)[length++] = byte;
    }
    if (got < 0 || (got == 0 && length == 0))
        return got;
    if (!*line) {
        *room = 128;
        *line = word_allocate(*room);
    }
    (*line)[length] = '\0';
    return 1;
}

/* Reads and runs lines until the end. Returns the status to exit with. */
static int run_input(struct shell *shell, struct input *input)
{
    char *text = NULL;
    size_t room = 0;
    int got = 1;
    while (got > 0 && !shell->finished) {
        if (shell->interactive) {
            printf("$ ");
            fflush(stdout);
        }
        got = input_line(input, &text, &room);
        if (got < 0)
            shell->status = 1;
        if (got <= 0)
            break;
        struct pipeline *line;
        if (parse_line(text, &line) < 0) {
            shell->status = 2;
            shell->finished = !shell->interactive; /* a script with a mistake goes no further */
        } else {
            run_line(shell, line);
        }
        parse_free(line);
    }
    if (got == 0 && shell->interactive)
        putchar('\n');
    free(text);
    return shell->status;
}

/* Without PATH, commands are found next to the shell itself. name is argv[0]. */
static void default_path(const char *name)
{
    char folder[2 * PATH_MAX] = "";
    const char *path = (const char *)getauxval(AT_EXECFN);
    if (getenv("PATH"))
        return;
    if (!path)
        path = name;
    const char *slash = strrchr(path, '/');
    if (*path != '/' && !getcwd(folder, PATH_MAX)) /* absolute, so that cd does not matter */
        return;
    size_t length = strlen(folder);
    snprintf(folder + length, PATH_MAX, "/%.*s", slash ? (int)(slash - path) : 0, path);
    setenv("PATH", folder, 1);
}

int main(int argc, char **argv)
{
    const char *text = NULL;
    const struct option options[] = {
        {NULL, 'c', OPTION_TEXT, &text, "TEXT", "run the commands in TEXT", 0, 0},
    };
    const struct program program = {
        .name = "sh",
        .operands = "[FILE]",
        .summary = "Run the commands of a file, or of standard input.",
        .notes = "Knows: | < > >> ; && || # 'quotes' \"quotes\" \\ $NAME $?\n"
                 "Commands of its own: cd, exit, pwd, true, false.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
    };
    int operand = options_parse(&program, argc, argv);
    const char *file = operand < argc ? argv[operand++] : NULL;
    if (operand < argc || (file && text))
        options_fail(&program, "unexpected argument", argv[argc - 1]);

    struct shell shell = {0};
    struct input input = {.text = text, .fd = STDIN_FILENO};
    if (file) {
        input.fd = open(file, O_RDONLY | O_CLOEXEC);
        if (input.fd < 0) {
            int error = errno;
            fprintf(stderr, "sh: %s: %s\n", file, strerror(error));
            return error == ENOENT ? 127 : 126;
        }
    }
    shell.interactive = !text && !file && isatty(STDIN_FILENO);
    if (shell.interactive)
        signal(SIGINT, SIG_IGN);
    default_path(argv[0]);
    return run_input(&shell, &input);
}
