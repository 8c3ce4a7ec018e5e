/*
 * save.h: the state of a recorded process (record.h), kept to go back to; and a hash of it.
 *
 * A copy of the hart, of the map of its memory, and of those pages that are not zero. The engine's
 * own state is not in it.
 */
#ifndef TRIVIUM_EMU_USER_SAVE_H
#define TRIVIUM_EMU_USER_SAVE_H

#include <stddef.h>

#include "emu/cpu/pages.h"
#include "emu/user/process.h"

struct process_saved;

/* Between two runs. Pages are shared with those of an older one (pages.h); pool, like: may be NULL.
 * Out of memory ends the program. */
struct process_saved *process_save(const struct process *process, struct page_pool *pool,
                                   const struct process_saved *like);
void process_saved_free(struct process_saved *saved);

/* What it takes, without copies of pages, which the pool counts. */
size_t process_saved_bytes(const struct process_saved *saved);

/* The process as it was then. -1: the host has no more room for its memory. */
int process_load(const struct process_saved *saved, struct process *process, struct err *err);

/* Equal for equal states. */
uint64_t process_hash(const struct process *process);

#endif
