/*
 * ram.h: the memory of a board: anonymous memory of the host, in pages as big as the host has,
 * because a guest that forks touches many.
 */
#ifndef TRIVIUM_EMU_BOARD_RAM_H
#define TRIVIUM_EMU_BOARD_RAM_H

#include "dev/dma.h"
#include "lib/err.h"

/* `size` bytes of zeroes at gpa `base`. Takes no memory of the host's before it is touched. */
int ram_make(struct dma *dma, uint64_t base, uint64_t size, struct err *err);
void ram_free(struct dma *dma);

/* All zeroes again. */
void ram_clear(const struct dma *dma);

/* Goes over the pages that are not zero, in order. */
struct ram_walk {
    const struct dma *dma;
    int pagemap;         /* what the host tells of its pages; -1: nothing */
    uint64_t next;       /* page to be looked at */
    uint64_t first;      /* page of known[0] */
    uint64_t known[512]; /* proc_pid_pagemap(5), of pages first .. first + 511 */
};

void ram_walk_begin(struct ram_walk *walk, const struct dma *dma);
/* *number = the next such page. False: there is none. */
bool ram_walk_next(struct ram_walk *walk, uint64_t *number);
void ram_walk_end(struct ram_walk *walk);

#endif
