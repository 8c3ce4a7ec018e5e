/*
 * build.h: from guest code to records: where a block begins and ends, and which handler a record
 * has.
 */
#ifndef TRIVIUM_EMU_THREADED_BUILD_H
#define TRIVIUM_EMU_THREADED_BUILD_H

#include "emu/cpu/code.h"
#include "emu/threaded/record.h"

/* Records of a block: two for each instruction at most, and its end. */
#define BLOCK_RECORDS_MAX (2 * BLOCK_INSNS_MAX + 1)

/* What it was made of, besides: the block itself does not say. */
struct built {
    unsigned record_count;
    unsigned page_count;                 /* of guest pages that it was read from ... */
    uint64_t pages[2 * BLOCK_INSNS_MAX]; /* ... their gvas */
};

/* What somebody wants besides. */
struct build_extras {
    bool counted; /* each instruction is preceded by a record that counts it */
    bool noted;   /* stores are noted; nothing is fused */
};

/*
 * Makes the block at pc, with room for BLOCK_RECORDS_MAX records. It has no instruction if not even
 * the first one can be fetched from the source: then the interpreter has to look, and trap.
 */
void build_block(struct block *block, struct built *built, const struct code_source *source,
                 uint64_t pc, struct build_extras extras);

#endif
