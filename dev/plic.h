/*
 * plic.h: the platform-level interrupt controller: whose turn it is among the devices' interrupts.
 *
 *     level of a source --gateway--> pending --priority, enable, threshold--> a context's line
 *                          ^                                                    |
 *                          +------ complete <---- the driver <---- claim <------+
 *
 * A context is one mode of one hart: 2 * hart is M mode, 2 * hart + 1 is S mode. The gateway lets
 * one interrupt of a source through, and the next when the driver has completed it and the level is
 * still up.
 *
 *     0x000000 + 4 * source                     priority; 0: never interrupts
 *     0x001000 + 4 * (source / 32)              pending bits, read-only
 *     0x002000 + 0x80 * context + ...           enable bits
 *     0x200000 + 0x1000 * context               threshold: only higher priorities interrupt
 *     0x200004 + 0x1000 * context               read: claim; write: complete
 *
 * Source: RISC-V Platform-Level Interrupt Controller Specification 1.0.0.
 */
#ifndef TRIVIUM_DEV_PLIC_H
#define TRIVIUM_DEV_PLIC_H

#include <stdbool.h>
#include <stdint.h>

#include "dev/bus.h"

#define PLIC_SIZE         0x600000
#define PLIC_SOURCES      54 /* source 0 does not exist: 1 .. 53, as on QEMU's virt board */
#define PLIC_CONTEXTS_MAX 16
#define PLIC_PRIORITY_MAX 7

struct plic_state {
    uint64_t level;   /* bit n: the line of source n is up */
    uint64_t pending; /* bit n: source n waits for somebody to claim it */
    uint64_t claimed; /* bit n: ... has been claimed, and not completed */
    uint32_t priority[PLIC_SOURCES];
    uint32_t threshold[PLIC_CONTEXTS_MAX];
    uint64_t enabled[PLIC_CONTEXTS_MAX]; /* bit n: source n */
};

struct plic {
    struct plic_state state;
    unsigned contexts;
};

/* For 1 .. PLIC_CONTEXTS_MAX contexts. */
void plic_init(struct plic *plic, unsigned contexts);

struct bus_range plic_range(struct plic *plic, uint64_t base);

/* A device's line, 1 .. PLIC_SOURCES - 1, is at that level now. */
void plic_set_level(struct plic *plic, unsigned source, bool level);

/* The level of a context's external interrupt line. */
bool plic_interrupts(const struct plic *plic, unsigned context);

#endif
