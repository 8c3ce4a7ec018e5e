/*
 * elf.h: the one reader of ELF files: which program is this, and what goes where in memory.
 *
 * What is read are static programs (ET_EXEC) for 64-bit x86 and RISC-V, and kernels linked the same
 * way. The file is hostile until proven otherwise: libelf takes it apart, but accepts nearly every
 * value of every field, so elf.c checks each one that anybody uses later. An `elf_image` therefore
 * holds only values that have been checked, and its users need not check them again.
 *
 * What is not checked here is what only the user of an image can know: whether its addresses fit
 * into the guest's address space, and whether the machine has what e_flags asks for.
 *
 * A file can change while it is read. Each header is read once, and the copy that was checked is
 * the copy that is used. The *bytes* of a segment are read later, by whoever loads it, from
 * image->fd: they may be any bytes (it is a program, it may do anything anyhow), and there may be
 * fewer than there were, so a read that ends early must be seen as the error it is. Nothing is
 * mapped, since a file that shrinks under a mapping answers with SIGBUS.
 *
 * Read next: elf_file.h (is it an ELF file at all), elf.c (the checks), elf_symbols.c.
 * Source: Tool Interface Standard ELF 1.2; System V gABI, chapters 4 and 5; RISC-V ELF psABI 1.0.
 */
#ifndef TRIVIUM_LIB_ELF_H
#define TRIVIUM_LIB_ELF_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/err.h"

/* What a program may do with a segment; the values of PF_R, PF_W and PF_X. */
enum elf_flags {
    ELF_READ = 4,
    ELF_WRITE = 2,
    ELF_EXEC = 1,
};

/* One piece of the program: filesz bytes from the file, then zeros up to memsz bytes. */
struct elf_segment {
    uint64_t vaddr;  /* gva of the first byte; vaddr + memsz does not wrap */
    uint64_t paddr;  /* where a machine without an MMU would have it: for kernels; unchecked */
    uint64_t memsz;  /* bytes in memory; at least 1 */
    uint64_t offset; /* bytes from the start of the file */
    uint64_t filesz; /* bytes in the file; at most memsz, may be 0; they were all there */
    unsigned flags;  /* of enum elf_flags; may be 0 */
};

/* Linkers make two to five segments; a file that has more program headers than this is refused. */
#define ELF_SEGMENTS_MAX 64

/* All segments together: checked before anybody allocates. */
#define ELF_MEMORY_MAX (UINT64_C(1) << 30)

struct elf_image {
    int fd;            /* owned; open for reading */
    unsigned machine;  /* EM_X86_64 or EM_RISCV of <elf.h> */
    uint64_t entry;    /* gva of the first instruction, inside an executable segment: if any is */
    uint64_t phdr_gva; /* where the program headers are in memory; 0: nowhere */
    unsigned phnum;    /* program headers in the file, of every type */
    uint32_t flags;    /* e_flags: see elf_rv64_needs() */
    unsigned segment_count;                        /* at least 1 */
    struct elf_segment segments[ELF_SEGMENTS_MAX]; /* by vaddr, ascending; no two overlap */
};

/*
 * Opens and checks the program at `path`, which must be a regular file; links are followed. 0: the
 * image is to be closed with elf_close(). -1: err names the file, what is wrong with it and what is
 * required; err->code is the errno (ENOENT, EACCES, ...) when it was the host that refused.
 */
int elf_open(struct elf_image *image, const char *path, struct err *err);

/* The same for an open file, which `name` stands for in messages. Takes fd over, on failure too. */
int elf_open_fd(struct elf_image *image, int fd, const char *name, struct err *err);

void elf_close(struct elf_image *image);

/*
 * The machine type, EM_X86_64 or EM_RISCV, of the ELF file at `path`, and no more: the file may be
 * one that elf_open() refuses, such as a dynamically linked program, which the host can run.
 */
int elf_machine(const char *path, unsigned *machine, struct err *err);

/* "x86-64", "RISC-V", "ARM", ... for messages; "unknown" for what we have no name for. */
const char *elf_machine_name(unsigned machine);

bool elf_is_rv64(const struct elf_image *image);

/* What a RISC-V program asks of the machine in e_flags (psABI, "File Header"). */
struct elf_rv64_needs {
    bool compressed;     /* the C extension */
    bool embedded;       /* the 16-register base ISA, RV64E: its calls differ */
    unsigned float_bits; /* floats are passed in registers this wide: 32 F, 64 D, 128 Q; 0: none */
};

/* For an image that elf_is_rv64(). */
struct elf_rv64_needs elf_rv64_needs(const struct elf_image *image);

/*
 * The names of the program's functions, for messages and for people. Best effort: a file without
 * symbols, or with a broken symbol table, is a good program without names.
 */
struct elf_symbols;

/* NULL when there are none. Reads the image's file again; the image may be closed afterwards. */
struct elf_symbols *elf_symbols_new(const struct elf_image *image);

/* The same of the file at that path; NULL, too, if it is no program. */
struct elf_symbols *elf_symbols_of_file(const char *path);

/*
 * The function that `gva` lies in, and in *offset how many bytes after its start; NULL: unknown.
 * The name is printable ASCII without blanks, and lives as long as `symbols`, which may be NULL.
 */
const char *elf_symbols_find(const struct elf_symbols *symbols, uint64_t gva, uint64_t *offset);

/* *gva = where the function `name` starts. False when there is none; `symbols` may be NULL. */
bool elf_symbols_address(const struct elf_symbols *symbols, const char *name, uint64_t *gva);

void elf_symbols_free(struct elf_symbols *symbols);

/* *gva = where the file's symbol `name` is, code or data. False when there is none. */
bool elf_symbol_anywhere(const struct elf_image *image, const char *name, uint64_t *gva);

#endif
