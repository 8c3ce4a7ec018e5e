/* echo: print the arguments, with a space between two and a newline at the end (not after -n). */
#include "guest/bin/options.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    const struct program program = {
        .name = "echo",
        .operands = "[-n] [TEXT...]",
        .summary = "Print the texts, with a space between two. -n: no newline at the end.",
    };
    /* Any other option is text, too. */
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        options_parse(&program, argc, argv);

    int first = 1;
    bool newline = true;
    if (argc > 1 && strcmp(argv[1], "-n") == 0) {
        newline = false;
        first = 2;
    }
    for (int i = first; i < argc; i++) {
        if (i > first)
            putchar(' ');
        fputs(argv[i], stdout);
    }
    if (newline)
        putchar('\n');
    return 0;
}
