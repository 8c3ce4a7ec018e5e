/* options.c: the table of the translator's techniques; see options.h. */
#include "emu/dbt/options.h"

#include <stdio.h>
#include <string.h>

#include "lib/host_arch.h"

#define OPTION(name, field, meaning)                                  \
    {                                                                 \
        (name), (meaning), offsetof(struct dbt_options, field), false \
    }
#define MACHINE(name, field, meaning)                                \
    {                                                                \
        (name), (meaning), offsetof(struct dbt_options, field), true \
    }

const struct dbt_option dbt_option_table[] = {
    OPTION("tier", tier, "code is translated when it has been entered some times"),
    OPTION("multi", multi, "a block holds more than one instruction"),
    OPTION("chain", chain, "blocks jump to each other directly"),
    OPTION("ibtc", ibtc, "indirect jumps find their block in a table, without the dispatcher"),
    OPTION("trace", trace, "blocks go on beyond jumps, calls and branches that are not taken"),
    OPTION("ret", ret, "... and beyond the return to a call in the same block"),
    OPTION("unroll", unroll, "a block that is a loop holds several rounds of it"),
    OPTION("regs", regs, "ten guest registers live in host registers"),
    OPTION("hot", hot, "... those that the program is seen to use most"),
    OPTION("opt", opt, "constants are folded, dead operations removed"),
    OPTION("narrow", narrow, "upper halves of 32-bit results are made only where they are seen"),
    OPTION("fuse", fuse, "several guest instructions become one of the host"),
    MACHINE("tlb", inlined_tlb, "on a machine, translated code probes the TLB itself"),
    MACHINE("window", window, "one probe of the TLB serves several accesses near each other"),
    OPTION("bmi2", bmi2, "the host's shifts by any register"),
};

const size_t dbt_option_count = sizeof dbt_option_table / sizeof *dbt_option_table;

static bool *field_of(struct dbt_options *options, const struct dbt_option *option)
{
    return (bool *)(void *)((char *)options + option->offset);
}

static void set_all(struct dbt_options *options, bool value)
{
    for (size_t i = 0; i < dbt_option_count; i++)
        *field_of(options, &dbt_option_table[i]) = value;
}

struct dbt_options dbt_options_all(void)
{
    struct dbt_options options = {0};

    set_all(&options, true);
    options.bmi2 = host_arch_has_bmi2();
    return options;
}

bool dbt_option_is_on(const struct dbt_options *options, const struct dbt_option *option)
{
    return *(const bool *)(const void *)((const char *)options + option->offset);
}

static int refuse(const char *word, size_t length, struct err *err)
{
    char names[256] = "all";

    for (size_t i = 0; i < dbt_option_count; i++) {
        strncat(names, ", ", sizeof names - strlen(names) - 1);
        strncat(names, dbt_option_table[i].name, sizeof names - strlen(names) - 1);
    }
    return err_set(err, "the translator has no switch '%.*s'; a + or - stands before one of: %s",
                   (int)length, word, names);
}

static int parse_word(struct dbt_options *options, const char *word, size_t length, struct err *err)
{
    if (length < 2 || (word[0] != '+' && word[0] != '-'))
        return refuse(word, length, err);
    if (length == 4 && strncmp(word + 1, "all", 3) == 0) {
        set_all(options, word[0] == '+');
        options->bmi2 &= host_arch_has_bmi2();
        return 0;
    }
    for (size_t i = 0; i < dbt_option_count; i++) {
        const struct dbt_option *option = &dbt_option_table[i];

        if (strlen(option->name) == length - 1 &&
            strncmp(word + 1, option->name, length - 1) == 0) {
            *field_of(options, option) = word[0] == '+';
            options->bmi2 &= host_arch_has_bmi2();
            return 0;
        }
    }
    return refuse(word, length, err);
}

int dbt_options_parse(struct dbt_options *options, const char *text, struct err *err)
{
    while (*text != '\0') {
        size_t length = strcspn(text, ",");

        if (parse_word(options, text, length, err) < 0)
            return -1;
        text += length;
        text += *text == ',';
    }
    return 0;
}
