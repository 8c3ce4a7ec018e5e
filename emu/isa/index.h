/*
 * index.h: the decoder's index: from a word to its row in one look-up and, mostly, one compare.
 *
 * Of 32-bit words, eight bits that every instruction uses to tell itself from others number a
 * *head*:
 *
 *     31                          15   14  12   11     7   6          2   1 0
 *   |                               | funct3 |            | opcode[6:2] |  11 |
 *
 * Each head begins a chain of entries, one for each row that such a word may be. For `addi` the
 * chain has one entry; for `add`, `sub` and `mul`, which share all those bits, it has three. The
 * first ISA_HEADS entries are the heads.
 *
 * 16-bit words are so few that the index simply has them all. This settles which words an
 * encoding's constraint takes from it, too.
 *
 * mkisa makes both while Trivium is built. Private to the decoder and mkisa. Read next: decode.c.
 */
#ifndef TRIVIUM_EMU_ISA_INDEX_H
#define TRIVIUM_EMU_ISA_INDEX_H

#include "emu/isa/isa.h"

struct isa_entry {
    uint32_t mask, match; /* (word & mask) == match: this entry's row; a head without rows: never */
    uint16_t row;         /* enum isa_row_id */
    uint16_t next;        /* the entry to try next; 0: there is none */
};

enum { ISA_HEADS = 32 * 8 };

extern const struct isa_entry isa_index_32[];

static inline unsigned isa_head(uint32_t word)
{
    return (word >> 2 & 31) << 3 | (word >> 12 & 7);
}

/* By word: its enum isa_row_id, or 0, which is none of the encodings', when the word is illegal. */
extern const uint8_t isa_index_16[1 << 16];

#endif
