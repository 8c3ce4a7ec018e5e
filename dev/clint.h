/*
 * clint.h: the core-local interruptor: each hart's software interrupt and M-mode timer.
 *
 *     0x0000 + 4 * hart    msip: bit 0 is the level of the hart's M-mode software interrupt
 *     0x4000 + 8 * hart    mtimecmp: the M-mode timer interrupts while mtime >= mtimecmp
 *     0xbff8               mtime: the time, the same as the `time` CSR; read-only here
 *
 * What it is not: a clock. The owner's clock is asked.
 *
 * Source: SiFive FU540-C000 manual, chapter 9; the same device as on QEMU's virt board.
 */
#ifndef TRIVIUM_DEV_CLINT_H
#define TRIVIUM_DEV_CLINT_H

#include <stdbool.h>
#include <stdint.h>

#include "dev/bus.h"

#define CLINT_SIZE      0x10000
#define CLINT_HARTS_MAX 8

struct clint_state {
    uint32_t msip[CLINT_HARTS_MAX];     /* 0 or 1 */
    uint64_t mtimecmp[CLINT_HARTS_MAX]; /* ticks; all ones: never */
};

struct clint {
    struct clint_state state;
    unsigned harts;
    uint64_t (*time)(void *owner); /* the clock, in ticks */
    void *owner;
};

/* For 1 .. CLINT_HARTS_MAX harts; no timer is set. */
void clint_init(struct clint *clint, unsigned harts, uint64_t (*time)(void *owner), void *owner);

struct bus_range clint_range(struct clint *clint, uint64_t base);

/* The levels of the two lines of a hart; the timer's as of `now`. */
bool clint_software(const struct clint *clint, unsigned hart);
bool clint_timer(const struct clint *clint, unsigned hart, uint64_t now);

#endif
