/*
 * own.h: a ring of your own: two ends that share 64 words of memory, and nothing else.
 *
 *     end that puts         shared words                                  end that takes
 *       *put: how many        OWN_PUT      how many were put                *taken: how many
 *       were put              OWN_TAKEN    how many were taken              were taken
 *                             OWN_ASLEEP   not 0: who takes wants to be told
 *                             OWN_FIRST... OWN_SIZE entries: the i-th stands
 *                                          in OWN_FIRST + i % OWN_SIZE
 *
 * Which words these are, `make grade LAB=9` tells each student: every SEED has a layout of its own.
 * Counters run from 0 to 65535 and on to 0; they are never set back.
 *
 * The memory is that of a processor which is allowed a lot: a store may become visible to the other
 * end late, and after one that was made later; a load may find what was there a while ago. Only
 * own_barrier() orders: what was stored before it is visible behind it, and what is loaded behind
 * it is not older than it. The other end may do things between any two of these calls.
 */
#ifndef TRIVIUM_LABS_09_RING_OWN_H
#define TRIVIUM_LABS_09_RING_OWN_H

#include <stdint.h>

#define OWN_WORDS 64

/* The shared memory, which is reached by these three functions only. */
struct own_ring;
uint16_t own_read(struct own_ring *ring, unsigned word);
void own_write(struct own_ring *ring, unsigned word, uint16_t value);
void own_barrier(struct own_ring *ring);

enum own_answer {
    /* of own_put(): */
    OWN_FULL,   /* nothing was put */
    OWN_QUIET,  /* it was put; the other end is awake, and will find it */
    OWN_NOTIFY, /* it was put; the other end sleeps, and has to be told. That is an exit */
    /* of own_take(): */
    OWN_NOTHING, /* nothing is there; the caller goes to sleep until it is told */
    OWN_VALUE,   /* *value was taken */
    OWN_BROKEN,  /* the other end says what cannot be */
};

/* Puts a value into the ring. *put is this end's own count, which nobody else can change. */
enum own_answer own_put(struct own_ring *ring, uint16_t *put, uint16_t value);

/* Takes the next value. *taken is this end's own count, likewise. */
enum own_answer own_take(struct own_ring *ring, uint16_t *taken, uint16_t *value);

#endif
