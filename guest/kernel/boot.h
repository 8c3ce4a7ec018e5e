/* What the machine was started with, read from the device tree by the architecture.
 *
 * The boot arguments are words, separated by blanks. A word may contain blanks in "double quotes"
 * or after a backslash, which also takes the meaning from a quote or a backslash.
 *
 *   init=/bin/prime report PATH=/bin -- --max-prime 1000
 *
 *   init=FILE       the first program; /bin/sh if there is none
 *   report          when it has ended, print what the kernel has counted (main.c)
 *   fork=cow|batch  how fork copies what was written: when it is written again (the default), or at
 *                   once, a batch of pages at a time (batch.h)
 *   ram=zero        memory that was never used is all zeros: the machine's maker knows
 *   NAME=VALUE      where NAME is all capitals: into its environment
 *   -- ARGUMENT...  its arguments, after its own name
 *
 * Words unknown to all of the kernel are ignored, as Linux does. Drivers look for theirs with
 * boot_word(): "console=sbi" is boot_word("console=").
 */
#ifndef TRIVIUM_GUEST_KERNEL_BOOT_H
#define TRIVIUM_GUEST_KERNEL_BOOT_H

#include "guest/kernel/kernel.h"

enum { BOOT_WORDS_MAX = 256 };

struct boot {
    uint64_t initrd;      /* gpa; its pages are never allocated, nor changed */
    uint64_t initrd_size; /* 0: there is none */
    uint64_t ticks_per_second;
    uint64_t start; /* clock ticks when the kernel began */
    /* The boot arguments, unquoted; set by boot_parse() and constant from then on. */
    const char *words[BOOT_WORDS_MAX];
    size_t word_count;
    size_t argument_start; /* the first word after "--", or word_count */
};

const struct boot *boot_get(void);

/* What follows `name` in the last word before "--" that starts with it; NULL if there is none. A
 * name without '=' must be all of the word. */
const char *boot_word(const char *name);

#endif
