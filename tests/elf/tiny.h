/*
 * tiny.h: the smallest program file with everything in it that a test of lib/elf changes.
 *
 * A test copies tiny_rv64, breaks something and opens what came of it.
 */
#ifndef TRIVIUM_TESTS_ELF_TINY_H
#define TRIVIUM_TESTS_ELF_TINY_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/elf.h"

/* Bytes of the file that are loaded stand in memory at one of these plus their offset. */
#define TINY_TEXT  0x10000
#define TINY_DATA  0x12000
#define TINY_ENTRY (TINY_TEXT + offsetof(struct tiny, code))

/* The file, in its own order. */
struct tiny {
    Elf64_Ehdr header;
    Elf64_Phdr text, data, stack;
    uint32_t code[8];
    uint64_t words[4];
    Elf64_Shdr sections[3];
    Elf64_Sym symbols[8];
    char strings[64];
};

/* Where names stand in tiny_rv64.strings. */
enum {
    TINY_START = 1,
    TINY_WORK = 8,
    TINY_WORKER = 13,
    TINY_MARK = 20,
    TINY_LOCAL = 23,
    TINY_WORDS = 30,
    TINY_EVIL = 36,
    TINY_ELSEWHERE = 45
};

extern const struct tiny tiny_rv64;

/* A descriptor of a file in memory that holds these bytes; -1 and errno when there can be none. */
int tiny_file(const void *bytes, size_t size);

/* elf_open_fd() of such a file, called FILE. */
int tiny_open(struct elf_image *image, const void *bytes, size_t size, struct err *err);

#endif
