/* start.c: what a program finds when it starts: stack, arguments, environment, auxiliary vector. */
#include "tests/e2e/user/calls.h"

#include <stdlib.h>
#include <sys/auxv.h>

enum { PHDR = 3, PHENT, PHNUM, BASE = 7, FLAGS, ENTRY, UID = 11, EUID, GID, EGID, CLKTCK = 17 };
enum { SECURE = 23, RANDOM = 25 };

extern char _start[];

static int zeroed[3000];
static int initialised = 42;

int main(int argc, char **argv)
{
    const unsigned char *phdr = (const unsigned char *)getauxval(PHDR);
    const unsigned char *random = (const unsigned char *)getauxval(RANDOM);
    unsigned long mark = 0;
    int sum = 0, loads = 0;

    printf("argc %d, argv[argc] %s\n", argc, argv[argc] == NULL ? "NULL" : "?");
    for (int i = 0; i < argc; i++)
        printf("argv[%d] '%s'\n", i, i == 0 && argv[0][0] == '/' ? "absolute" : argv[i]);
    printf("argv is %s 16-byte aligned less one word\n",
           ((unsigned long)argv & 15) == 8 ? "indeed" : "not");
    for (char **e = environ; *e != NULL; e++) {
        if (strncmp(*e, "TEST_", 5) == 0)
            printf("environment '%s'\n", *e);
    }
    printf("envp follows argv: %d\n", environ == argv + argc + 1);
    printf("strings lie above, in order: %d\n",
           argc < 2 || (argv[1] == argv[0] + strlen(argv[0]) + 1 && argv[0] > (char *)environ));
    printf("page size %lu, clock ticks %lu, phent %lu\n", getauxval(AT_PAGESZ), getauxval(CLKTCK),
           getauxval(PHENT));
    for (unsigned long i = 0; i < getauxval(PHNUM); i++)
        loads += phdr[i * getauxval(PHENT)] == 1;
    printf("program headers of type PT_LOAD: %d\n", loads);
    printf("base %lu, flags %lu, secure %lu\n", getauxval(BASE), getauxval(FLAGS),
           getauxval(SECURE));
    printf("entry is _start: %d\n", getauxval(ENTRY) == (unsigned long)_start);
    printf("ids: %d %d %d %d\n", getauxval(UID) == (unsigned long)CALL(getuid, 0),
           getauxval(EUID) == (unsigned long)CALL(geteuid, 0),
           getauxval(GID) == (unsigned long)CALL(getgid, 0),
           getauxval(EGID) == (unsigned long)CALL(getegid, 0));
    for (int i = 0; i < 16; i++)
        mark |= random[i];
    printf("random bytes: %d\n", mark != 0);
    for (unsigned i = 0; i < sizeof zeroed / sizeof zeroed[0]; i++)
        sum += zeroed[i];
    printf("bss %d, data %d\n", sum, initialised);
    printf("own name ends alike: %d\n",
           strcmp(strrchr((const char *)getauxval(AT_EXECFN), '/'), strrchr(argv[0], '/')) == 0);
    return argc;
}
