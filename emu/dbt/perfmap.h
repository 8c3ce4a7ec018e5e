/*
 * perfmap.h: names for translated code, so that Linux's perf can tell blocks apart (-d perf).
 *
 * Source: Linux, tools/perf/Documentation/jit-interface.txt: a line for each piece of code, "START
 * SIZE NAME" with hexadecimal numbers, in /tmp/perf-PID.map.
 */
#ifndef TRIVIUM_EMU_DBT_PERFMAP_H
#define TRIVIUM_EMU_DBT_PERFMAP_H

#include <stdint.h>

#include "lib/err.h"

/* Makes the file of this process anew. */
int perfmap_begin(struct err *err);

/* A block of guest code at pc has its host code there. What cannot be written is left out. */
void perfmap_add(const uint8_t *code, uint32_t size, uint64_t pc);

#endif
