/* What exec needs of the ELF format. Source: System V ABI, chapters 4 and 5; psABI of each ISA. */
#ifndef TRIVIUM_GUEST_KERNEL_ELF64_H
#define TRIVIUM_GUEST_KERNEL_ELF64_H

#include <stdint.h>

struct elf_header {
    uint8_t ident[16]; /* 0x7f E L F, class 2: 64 bits, data 1: little-endian, version 1 */
    uint16_t type;     /* ELF_EXEC */
    uint16_t machine;  /* ELF_MACHINE of machine/elf.h */
    uint32_t version;
    uint64_t entry;
    uint64_t phoff;
    uint64_t shoff;
    uint32_t flags;
    uint16_t ehsize;
    uint16_t phentsize;
    uint16_t phnum;
    uint16_t shentsize;
    uint16_t shnum;
    uint16_t shstrndx;
};

struct elf_segment {
    uint32_t type;
    uint32_t flags;
    uint64_t offset; /* in the file */
    uint64_t vaddr;
    uint64_t paddr;
    uint64_t filesz;
    uint64_t memsz; /* beyond filesz: zeros */
    uint64_t align;
};

_Static_assert(sizeof(struct elf_header) == 64 && sizeof(struct elf_segment) == 56,
               "as the ABI lays them out");

/* A segment type of GNU's: no segment, but what the program wants of its stack. */
#define ELF_GNU_STACK 0x6474e551

enum {
    ELF_EXEC = 2,
    ELF_LOAD = 1,   /* segment types */
    ELF_INTERP = 3, /* the program wants a dynamic linker */
    ELF_X = 1,      /* segment flags */
    ELF_W = 2,
    ELF_R = 4,
};

#endif
