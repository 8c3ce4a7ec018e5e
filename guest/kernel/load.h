/* Loading a program file into an empty address space. */
#ifndef TRIVIUM_GUEST_KERNEL_LOAD_H
#define TRIVIUM_GUEST_KERNEL_LOAD_H

#include "guest/kernel/space.h"

struct file;

/* What the program is told about itself (AT_ENTRY, AT_PHDR, AT_PHNUM). */
struct image {
    uint64_t entry;
    uint64_t headers; /* address of the program headers, 0 if they are not loaded */
    uint64_t header_count;
    uint64_t stack_size; /* bytes that the program wants for its stack; 0: it does not say */
};

/* Maps the segments of an ELF file. The file is used in place where it can be. Returns 0, -ENOEXEC
 * or -ENOMEM; then the space is in no state to be used, but for space_fini(). */
int load_program(struct space *space, struct file *file, struct image *image);

#endif
