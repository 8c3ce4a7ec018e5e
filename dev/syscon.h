/*
 * syscon.h: the device that ends the machine, with an exit status.
 *
 *     value stored at offset 0      meaning
 *       0x5555                      power off, status 0
 *       0x3333 | status << 16       power off with that status (its low 8 bits)
 *       0x7777                      reset
 *
 * Any other value is ignored. Source: SiFive's "test finisher", as on QEMU's virt board.
 */
#ifndef TRIVIUM_DEV_SYSCON_H
#define TRIVIUM_DEV_SYSCON_H

#include <stdbool.h>
#include <stdint.h>

#include "dev/bus.h"

#define SYSCON_SIZE 0x1000

enum syscon_wish { SYSCON_RUN, SYSCON_POWER_OFF, SYSCON_RESET };

struct syscon_state {
    uint32_t wish;   /* enum syscon_wish; the first one stands */
    uint32_t status; /* 0 .. 255, of SYSCON_POWER_OFF */
};

struct syscon {
    struct syscon_state state;
};

void syscon_init(struct syscon *syscon);
struct bus_range syscon_range(struct syscon *syscon, uint64_t base);

#endif
