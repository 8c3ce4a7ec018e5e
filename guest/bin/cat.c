/* cat: copy files to standard output, one after the other. */
#include "guest/bin/options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Writes all of the data, or exits after a message: without an output there is nothing left to do.
 */
static void write_all(const char *data, size_t size)
{
    while (size > 0) {
        ssize_t count = write(STDOUT_FILENO, data, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            perror("cat: standard output");
            exit(1);
        }
        data += count;
        size -= (size_t)count;
    }
}

/* Returns 0, or 1 after a message. */
static int copy(int fd, const char *name)
{
    static char data[32 * 1024];
    for (;;) {
        ssize_t count = read(fd, data, sizeof(data));
        if (count == 0)
            return 0;
        if (count > 0) {
            write_all(data, (size_t)count);
        } else if (errno != EINTR) {
            fprintf(stderr, "cat: %s: %s\n", name, strerror(errno));
            return 1;
        }
    }
}

static int copy_file(const char *path)
{
    if (strcmp(path, "-") == 0)
        return copy(STDIN_FILENO, "standard input");
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
        fprintf(stderr, "cat: %s: %s\n", path, strerror(errno));
        return 1;
    }
    int failed = copy(fd, path);
    close(fd);
    return failed;
}

int main(int argc, char **argv)
{
    const struct program program = {
        .name = "cat",
        .operands = "[FILE...]",
        .summary = "Copy files to standard output; - or no file is standard input.",
    };
    int operand = options_parse(&program, argc, argv);
    if (operand == argc)
        return copy_file("-");
    int failed = 0;
    for (int i = operand; i < argc; i++)
        failed |= copy_file(argv[i]);
    return failed;
}
