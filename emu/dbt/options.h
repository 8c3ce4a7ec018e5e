/*
 * options.h: which of the translator's techniques are in use. Each can be switched off by itself,
 * to see what it brings (`--dbt=-chain,-ibtc`), and the translator is right without any of them.
 *
 * Read next: options.c, the table.
 */
#ifndef TRIVIUM_EMU_DBT_OPTIONS_H
#define TRIVIUM_EMU_DBT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

struct dbt_options {
    bool tier;   /* code that is hardly executed is the interpreter's */
    bool multi;  /* a block holds more than one instruction */
    bool chain;  /* a block jumps to the next one, not by way of the dispatcher */
    bool ibtc;   /* so do indirect jumps, through a table of targets */
    bool trace;  /* a block goes on beyond jumps, calls and branches that are not taken */
    bool ret;    /* ... and beyond a return to a call in the same block, whose address is checked */
    bool unroll; /* a block that is a loop holds several rounds of it */
    bool regs;   /* ten guest registers live in host registers */
    bool hot;    /* ... those that the program is seen to use most */
    bool opt;    /* constants are folded, dead operations removed */
    bool narrow; /* the upper half of a result of 32 bits is made where somebody sees it */
    bool fuse;   /* several guest instructions become one host instruction */
    bool inlined_tlb;  /* on a board: the TLB is probed by the translated code itself */
    bool window;       /* one probe serves all accesses near each other */
    bool bmi2;         /* shifts of BMI2, where the host has them */
    unsigned left_out; /* single passes that are not done, whatever their switch says (passes.h): a
                          set of 1 << number; nobody's but the stepper's */
};

struct dbt_option {
    const char *name;
    const char *meaning; /* of its being on */
    size_t offset;       /* of its bool in struct dbt_options */
    bool machine_only;   /* a process has no use for it */
};

extern const struct dbt_option dbt_option_table[];
extern const size_t dbt_option_count;

/* Everything that this host can. */
struct dbt_options dbt_options_all(void);

/* Is it in use? */
bool dbt_option_is_on(const struct dbt_options *options, const struct dbt_option *option);

/*
 * Switches as `text` says: names with a + or - before them, parted by commas; "-all" is off with
 * all of them. -1: err names those that there are.
 */
int dbt_options_parse(struct dbt_options *options, const char *text, struct err *err);

#endif
