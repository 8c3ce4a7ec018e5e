/* log.h: what the translator tells while it works (-d), as text. */
#ifndef TRIVIUM_EMU_DBT_LOG_H
#define TRIVIUM_EMU_DBT_LOG_H

#include <stdint.h>
#include <stdio.h>

#include "emu/cpu/events.h"
#include "emu/dbt/translate.h"
#include "lib/err.h"
#include "lib/listing.h"

enum dbt_log {
    LOG_IN_ASM = 1 << 0,
    LOG_OP = 1 << 1,
    LOG_OP_OPT = 1 << 2,
    LOG_OUT_ASM = 1 << 3,
    LOG_CHAIN = 1 << 4,
    LOG_CLEAR = 1 << 5,
    LOG_SMC = 1 << 6,
    LOG_JUMP = 1 << 7,
    LOG_HOMES = 1 << 8,
    LOG_STEP = 1 << 9,
    LOG_MMU = 1 << 10,
    LOG_INT = 1 << 11,
    LOG_EXEC = 1 << 12,
    LOG_PROFILE = 1 << 13,
    LOG_PERF = 1 << 14,
    LOG_COLD = 1 << 15,
    /* What there is of code that is translated only. */
    LOG_TRANSLATION =
        LOG_IN_ASM | LOG_OP | LOG_OP_OPT | LOG_OUT_ASM | LOG_CHAIN | LOG_JUMP | LOG_EXEC,
};

/* Names parted by commas. -1: err names those that there are. */
int dbt_log_parse(unsigned *log, const char *text, struct err *err);
/* The table of the names. */
void dbt_log_help(FILE *file);

/* What the reader of a translation's phases owns: what it prints, a set of enum dbt_log, with
 * source lines, if there are. */
struct log_owner {
    unsigned log;
    struct listing *listing; /* or NULL */
    bool told_why;           /* there are none */
};

/* That reader, which changes its owner. */
struct phase_reader dbt_log_phases(struct log_owner *owner);

/* The reader of events that prints them: those of log, which is its owner. */
struct event_reader dbt_log_events(const unsigned *log);

/* The block's registers: in the host's, or in memory. homes: NULL, all are in memory. */
void dbt_log_homes(FILE *file, const struct ir_block *block, const struct homes *homes);

/* Host code of a block. */
struct log_code {
    const uint8_t *bytes;
    uint32_t start; /* offset of the first in its buffer */
    uint32_t size;
    const uint32_t *insn_code; /* as in struct emit_result */
    struct listing *listing;   /* for source lines; or NULL */
};

/* Whose code the block is, as a set (lib/listing.h). listing: may be NULL. */
unsigned dbt_log_programs(const struct ir_block *block, const struct listing *listing);

/* The block's guest code; each source line, where another one begins. listing: may be NULL. */
void dbt_log_guest(FILE *file, const struct ir_block *block, struct listing *listing);

/* Its host code, with the guest instruction that each part is of. */
void dbt_log_host(FILE *file, const struct ir_block *block, const struct log_code *code);

#endif
