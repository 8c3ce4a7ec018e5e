/* log.h: what the translator tells while it works (-d), as text. */
#ifndef TRIVIUM_EMU_DBT_LOG_H
#define TRIVIUM_EMU_DBT_LOG_H

#include <stdint.h>
#include <stdio.h>

#include "emu/dbt/ir.h"
#include "lib/err.h"

enum dbt_log {
    LOG_IN_ASM = 1 << 0,
    LOG_OP = 1 << 1,
    LOG_OP_OPT = 1 << 2,
    LOG_OUT_ASM = 1 << 3,
    LOG_CHAIN = 1 << 4,
    LOG_CLEAR = 1 << 5,
};

/* Names parted by commas. -1: err names those that there are, as it does for "help". */
int dbt_log_parse(unsigned *log, const char *text, struct err *err);

/* The guest instructions of a block; its IR. */
void dbt_log_guest(FILE *file, const struct ir_block *block);
void dbt_log_ir(FILE *file, const char *title, const struct ir_block *block);

/* Its host code, at code + start to code + end, with the guest instruction that each part is of. */
void dbt_log_host(FILE *file, const struct ir_block *block, const uint8_t *code, uint32_t start,
                  uint32_t end, const uint32_t *insn_code);

#endif
