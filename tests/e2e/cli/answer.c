/*
 * answer.c: stands in for a bundled program and prints what it is told to at build time: TEXT. With
 * COUNTER, a file's name, each run appends a byte to it and prints how many there are now.
 */
#include <stdio.h>
#include <stdlib.h>

#ifndef COUNTER
#define COUNTER ""
#endif

int main(void)
{
    const char *path = COUNTER;
    FILE *file;

    fputs(TEXT, stdout);
    if (path[0] == '\0')
        return 0;
    file = fopen(path, "a");
    if (file == NULL)
        return 1;
    fputc('x', file);
    printf("%ld\n", ftell(file));
    return fclose(file) == 0 ? 0 : 1;
}
