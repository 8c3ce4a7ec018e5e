/*
 * loader.h: files into a machine's RAM before it starts: a kernel's segments, an initrd.
 *
 * Files are hostile until proven otherwise: nothing is written outside of RAM, and what does not
 * fit is an error that says so. RAM is still all zeros.
 */
#ifndef TRIVIUM_DEV_LOADER_H
#define TRIVIUM_DEV_LOADER_H

#include "dev/dma.h"
#include "lib/elf.h"
#include "lib/err.h"

/* A file to be loaded whole. */
struct loader_file {
    int fd;
    uint64_t size;
    const char *path; /* borrowed */
};

/* Opens a regular file; `what` it is ("initrd"), for messages. To be closed with close(). */
int loader_open(struct loader_file *file, const char *path, const char *what, struct err *err);

/* All gpas. */
struct loaded_kernel {
    uint64_t start; /* of its lowest byte */
    uint64_t end;   /* behind its last byte */
    uint64_t entry; /* of its first instruction */
};

/* Puts each segment at its physical address. `path` is for messages. */
int loader_elf(const struct dma *dma, const struct elf_image *image, const char *path,
               struct loaded_kernel *kernel, struct err *err);

/* Fills [gpa, gpa + bytes) with the file's bytes from `offset` on. */
int loader_bytes(const struct dma *dma, const struct loader_file *file, uint64_t offset,
                 uint64_t gpa, uint64_t bytes, struct err *err);

/*
 * Puts the initrd at `path` on whole pages, as high as it fits between the gpas `above` and
 * `below`;
 * [*start, *end) is where it came to be.
 */
int loader_initrd(const struct dma *dma, const char *path, uint64_t above, uint64_t below,
                  uint64_t *start, uint64_t *end, struct err *err);

/* "... does not fit": -1. */
int loader_no_room(const struct dma *dma, const char *path, struct err *err);

#endif
