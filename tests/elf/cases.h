/*
 * cases.h: the malformed ELF files that Trivium must refuse, as data.
 *
 * A case is what is wrong, how to make it out of a good file, and what the message must say. The
 * unit test applies them to a tiny file of its own, the end-to-end test to a real guest program.
 */
#ifndef TRIVIUM_TESTS_ELF_CASES_H
#define TRIVIUM_TESTS_ELF_CASES_H

#include <stddef.h>
#include <stdint.h>

/* A file in memory. A case may make it shorter, never longer. */
struct elf_bytes {
    uint8_t *data;
    size_t size;
};

/* Which header an edit changes. */
enum elf_part {
    PART_NONE,
    PART_HEADER, /* the ELF header */
    PART_TEXT,   /* the first executable PT_LOAD */
    PART_DATA,   /* the last PT_LOAD */
    PART_OTHER,  /* the last program header that is no PT_LOAD */
};

/* `width` bytes at `offset` of the part become `value`. */
struct elf_edit {
    enum elf_part part;
    size_t offset, width;
    uint64_t value;
};

struct elf_case {
    const char *name;                       /* a sentence: "a segment wraps around" */
    struct elf_edit edits[3];               /* applied in order */
    void (*mutate)(struct elf_bytes *file); /* what edits cannot say; may be NULL */
    const char *expected;                   /* must be in the message; NULL in good cases */
};

/* Refused by lib/elf. Each table ends with a case whose name is NULL. */
extern const struct elf_case elf_bad_cases[];

/* Unusual, but right: accepted by lib/elf. */
extern const struct elf_case elf_good_cases[];

/* Accepted by lib/elf, and no program for an emulated RV64 IMAC processor in user mode. */
extern const struct elf_case elf_loader_cases[];

/* Applies the case to a good file with one executable PT_LOAD, another after it, and one more. */
void elf_case_apply(const struct elf_case *which, struct elf_bytes *file);

#endif
