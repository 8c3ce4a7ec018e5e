/*
 * profile.h: which blocks a program spends its instructions in (-d profile). Each block counts its
 * executions; when blocks are dropped, what they counted is kept by their pc.
 */
#ifndef TRIVIUM_EMU_DBT_PROFILE_H
#define TRIVIUM_EMU_DBT_PROFILE_H

#include <stdio.h>

#include "emu/cpu/machine.h"

struct profile;

/* Of that machine's translator. Has to be told when all blocks are about to go. */
struct profile *profile_new(const struct machine *machine);
void profile_free(struct profile *profile);
void profile_keep(struct profile *profile);

/* Where the block of that number counts its executions. */
uint64_t *profile_counter(const struct profile *profile, uint32_t block);

/* The hottest blocks, and the code of the first few that are still there. */
void profile_print(struct profile *profile, FILE *file);

#endif
