/*
 * keep.h: a translation's phases, kept to be looked at: what `trivium explain` and the stepper
 * show.
 */
#ifndef TRIVIUM_EMU_DBT_KEEP_H
#define TRIVIUM_EMU_DBT_KEEP_H

#include "emu/dbt/translate.h"
#include "lib/listing.h"

enum { KEPT_PHASES = 16 };

/* Zeroed before its first use. To be ended by kept_fini(). */
struct kept {
    unsigned count;
    struct kept_phase {
        struct phase phase;
        bool changed;          /* other operations than after the phase before */
        struct ir_block block; /* after it */
    } phases[KEPT_PHASES];
    struct homes homes;
    bool has_homes; /* some registers have one */
    uint8_t *code;  /* owned: the host code of the block, to be found from `start` on; */
    uint32_t start; /* its offset in the buffer it was emitted to */
    uint32_t size;  /* NULL and 0: it has not come so far */
    uint32_t insn_code[IR_INSNS_MAX]; /* offsets, as in struct emit_result */
};

void kept_fini(struct kept *kept);

/* Forgets what was kept, and keeps the translation that this reader is given to. */
struct phase_reader kept_reader(struct kept *kept);

/* "lift", "fold", "homes", "emit"; and what it does in a few words. */
const char *phase_name(const struct phase *phase);
const char *phase_meaning(const struct phase *phase);

/* The guest register whose home that host register is, "a4"; "" if it is none's. */
const char *kept_guest_in(const struct kept *kept, enum x86_reg host);

/* What a phase made: IR, or which registers have homes, or host code, with its source
 * lines, if `listing` (or NULL) has some. */
void kept_print(FILE *file, const struct kept *kept, unsigned phase, struct listing *listing);

#endif
