/*
 * elf_file.h: from a path to a libelf handle: is this an ELF file that we can read at all?
 *
 * Everything that is not says what it is instead: a directory, a script, an empty file, an archive,
 * a 32-bit program. What the headers of a good one say is elf.c's business.
 */
#ifndef TRIVIUM_LIB_ELF_FILE_H
#define TRIVIUM_LIB_ELF_FILE_H

#include <libelf.h>
#include <stdint.h>

#include "lib/err.h"

/* A descriptor of the regular file at `path`, open for reading and close-on-exec; or -1 and err. */
int elf_file_open(const char *path, struct err *err);

/*
 * A handle on the 64-bit little-endian ELF file `fd`, to be ended with elf_end(), and in *size its
 * bytes; or NULL and err. The handle reads from fd, which stays the caller's and must outlive it.
 */
Elf *elf_file_begin(int fd, const char *name, uint64_t *size, struct err *err);

#endif
