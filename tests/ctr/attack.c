/*
 * attack.c: a program for containers of tests: attack NAME [ARGUMENT] tries one thing that a
 * program in a container shall not be able to do. It exits with 0 when that succeeds, 1 when it is
 * refused, and says which on its standard output.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct attack {
    const char *name;
    /* 0 or more: it succeeded; -1: errno tells why not. */
    long (*try)(const char *argument);
};

/* Not an attack: ends by a signal. */
static long try_raise(const char *argument)
{
    return raise(atoi(argument));
}

static const struct attack attacks[] = {
    {"raise", try_raise},
};

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        if (strcmp(attacks[i].name, argv[1]) == 0) {
            errno = 0;
            if (attacks[i].try(argc > 2 ? argv[2] : "") >= 0) {
                puts("succeeded");
                return 0;
            }
            printf("refused: %s\n", strerrorname_np(errno));
            return 1;
        }
    }
    fprintf(stderr, "attack: there is no attack called %s\n", argv[1]);
    return 2;
}
