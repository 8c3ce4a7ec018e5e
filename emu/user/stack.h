/*
 * stack.h: what a program finds on its stack when it starts, as Linux puts it there on rv64.
 *
 *     SPACE_SPAN   8 bytes of 0
 *                  the strings: arguments, then environment, then the program's path
 *                  16 random bytes (AT_RANDOM)
 *                  0..15 bytes that align what follows
 *                  AT_NULL, 0
 *                  the auxiliary vector: pairs of a type (AT_*, <elf.h>) and a value
 *                  NULL
 *                  envp[...]
 *                  NULL
 *                  argv[...]
 *     sp ->        argc                                               16-byte aligned
 *
 * Source: Linux, Documentation/ and fs/binfmt_elf.c for the order; psABI for the alignment.
 */
#ifndef TRIVIUM_EMU_USER_STACK_H
#define TRIVIUM_EMU_USER_STACK_H

#include "emu/user/space.h"
#include "lib/elf.h"

/* Linux's limits: one string, its NUL included, and all strings and pointers together. */
#define STACK_STRING_MAX    (128u * 1024)
#define STACK_ARGUMENTS_MAX (SPACE_STACK_SIZE / 4)

struct stack_contents {
    const char *path; /* AT_EXECFN: as it was given to execve, a script's own */
    char *const *argv;
    char *const *envp;
    const struct elf_image *image;
};

/* Maps the stack and fills it; *sp is where it starts. err->code is E2BIG if there is too much. */
int stack_build(struct space *space, const struct stack_contents *contents, uint64_t *sp,
                struct err *err);

#endif
