/* log.h: what the translator tells while it works (-d), as text. */
#ifndef TRIVIUM_EMU_DBT_LOG_H
#define TRIVIUM_EMU_DBT_LOG_H

#include <stdint.h>
#include <stdio.h>

#include "emu/cpu/events.h"
#include "emu/dbt/translate.h"
#include "lib/err.h"

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
};

/* Names parted by commas. -1: err names those that there are. */
int dbt_log_parse(unsigned *log, const char *text, struct err *err);
/* The table of the names. */
void dbt_log_help(FILE *file);

/* The reader of a translation's phases that prints those of a set of enum dbt_log. */
struct phase_reader dbt_log_phases(const unsigned *log);

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
};

/* Its host code, with the guest instruction that each part is of. */
void dbt_log_host(FILE *file, const struct ir_block *block, const struct log_code *code);

#endif
