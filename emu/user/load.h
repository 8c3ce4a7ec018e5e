/*
 * load.h: from a program file to an address space that is ready to run.
 *
 * This is the first half of execve(2): everything that can fail happens here, in a new address
 * space, so a program whose execve fails simply goes on. Only static rv64 ELF files can be loaded,
 * and #! scripts whose interpreter is one.
 */
#ifndef TRIVIUM_EMU_USER_LOAD_H
#define TRIVIUM_EMU_USER_LOAD_H

#include "emu/user/space.h"
#include "lib/elf.h"

/* A program in memory, its first instruction not yet executed. */
struct program {
    struct space space; /* owned */
    uint64_t entry;     /* gva of the first instruction */
    uint64_t sp;
    char *path; /* owned: of the ELF file, absolute; what /proc/self/exe is for the program */
};

/*
 * As execve(2): argv and envp end with NULL. -1: err says why for people, err->code is what execve
 * would put into errno. argv[0] is the caller's; a script's path takes its place as in Linux.
 */
int program_load(struct program *program, const char *path, char *const *argv, char *const *envp,
                 struct err *err);

void program_fini(struct program *program);

/* Maps the image's segments into an empty space and sets the heap's start. */
int load_segments(struct space *space, const struct elf_image *image, struct err *err);

#endif
