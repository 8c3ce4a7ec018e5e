/* hello: the smallest program that shows anything. With arguments, it prints them too. */
#include "guest/bin/options.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    const struct program program = {
        .name = "hello",
        .operands = "[ARGUMENT...]",
        .summary = "Greet the world, then print each argument on a line.",
    };
    int first = options_parse(&program, argc, argv);
    puts("hello, world");
    for (int i = first; i < argc; i++)
        puts(argv[i]);
    return 0;
}
