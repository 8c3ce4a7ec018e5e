/*
 * snapshot.h: the state of a whole board, kept to go back to; and a hash of it, to compare two.
 *
 * A snapshot is the plain data of harts and devices, those pages of RAM that are not zero, the
 * blocks of the disk that were written, and the place in the input log. Going back and running on
 * lives the same history again as far as the log goes (input.h), and by itself when the board is
 * deterministic.
 *
 * What it is not: a file.
 */
#ifndef TRIVIUM_EMU_BOARD_SNAPSHOT_H
#define TRIVIUM_EMU_BOARD_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "emu/board/board.h"
#include "emu/cpu/pages.h"

struct snapshot;

/* Between two board_run()s. Changes nothing; out of memory ends the program. */
struct snapshot *snapshot_new(struct board *board);

/* The same, and pages are shared with an older one (pages.h). pool, like: may be NULL. */
struct snapshot *snapshot_new_like(struct board *board, struct page_pool *pool,
                                   const struct snapshot *like);
void snapshot_free(struct snapshot *snapshot);

/* What it takes, without copies of pages, which the pool counts. */
size_t snapshot_bytes(const struct snapshot *snapshot);

/* The board as it was. It must be the one that the snapshot is of, or one made just the same way.
 */
void snapshot_load(const struct snapshot *snapshot, struct board *board);

/* Equal for equal states, whatever they were reached by. What is counted for --stats has no part.
 */
uint64_t snapshot_hash(struct board *board);

#endif
