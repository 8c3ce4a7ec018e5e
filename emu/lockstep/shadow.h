/*
 * shadow.h: a copy of a machine's memory, for an engine to run on beside another one.
 *
 * Between two runs the owner of the machine, its system calls and its devices change memory, too.
 * On a board they say where (EVENT_DMA); a process does not know what the host's kernel wrote, so
 * all that the host has mapped into its space (/proc/self/maps) is compared, and copied where it
 * differs.
 *
 * Positions are offsets: from gva 0 in a process, from the first byte of RAM on a board.
 */
#ifndef TRIVIUM_EMU_LOCKSTEP_SHADOW_H
#define TRIVIUM_EMU_LOCKSTEP_SHADOW_H

#include "emu/cpu/machine.h"
#include "lib/err.h"

struct shadow_range {
    uint64_t offset;
    uint64_t bytes;
    bool written; /* may be written by the guest, and nobody else: is to be compared */
};

struct shadow_ranges {
    struct shadow_range *list; /* owned */
    size_t count, capacity;
};

/* Zeroed: of no machine yet. */
struct shadow {
    uint8_t *real; /* the machine's memory */
    uint8_t *copy; /* owned; NULL: none yet */
    uint64_t size;
    bool is_board;
    struct shadow_ranges mapped;  /* all there is */
    struct shadow_ranges changed; /* of a board: to be copied again */
};

/*
 * Makes the copy like the machine's memory, as far as the owner may have changed that since the
 * last run; also when it is another memory now. -1: the host has no room for it.
 */
int shadow_update(struct shadow *shadow, const struct machine *machine, struct err *err);
void shadow_fini(struct shadow *shadow);

/* A device has changed these bytes of the machine: shadow_settle() copies them. */
void shadow_note(struct shadow *shadow, uint64_t offset, uint64_t bytes);
void shadow_settle(struct shadow *shadow);

/* Is all memory equal? False: *offset is of the first byte that is not. */
bool shadow_is_same(const struct shadow *shadow, uint64_t *offset);

#endif
