/*
 * own.c: both ends of a ring of your own; own.h draws it, and says what its memory does.
 *
 * Where the words are is the layout of the seed "trivium", which is that of whoever gives no SEED.
 * Another seed has another, so this answer is of no use to it: put your numbers here.
 */
#include "labs/09-ring/own.h"

enum { OWN_SIZE = 4, OWN_PUT = 5, OWN_TAKEN = 6, OWN_ASLEEP = 3, OWN_FIRST = 38 };

enum own_answer own_put(struct own_ring *ring, uint16_t *put, uint16_t value)
{
    //@lab 9.1 put into a ring
    /* Whoever takes may lie: more than the ring holds is full, too. */
    if ((uint16_t)(*put - own_read(ring, OWN_TAKEN)) >= OWN_SIZE)
        return OWN_FULL;
    own_write(ring, OWN_FIRST + *put % OWN_SIZE, value);
    own_barrier(ring); /* the entry before the count that tells of it */
    own_write(ring, OWN_PUT, ++*put);
    own_barrier(ring); /* either we see that the other end sleeps, or it sees the count */
    return own_read(ring, OWN_ASLEEP) != 0 ? OWN_NOTIFY : OWN_QUIET;
    //| (void)ring;
    //| (void)put;
    //| (void)value;
    //| lab_todo("9.1");
    //@end
}

enum own_answer own_take(struct own_ring *ring, uint16_t *taken, uint16_t *value)
{
    //@lab 9.2 take from it
    uint16_t put = own_read(ring, OWN_PUT);

    if (put == *taken) {
        own_write(ring, OWN_ASLEEP, 1);
        own_barrier(ring);
        put = own_read(ring, OWN_PUT); /* put before it could be seen that we sleep? */
        if (put == *taken)
            return OWN_NOTHING;
    }
    own_write(ring, OWN_ASLEEP, 0);
    if ((uint16_t)(put - *taken) > OWN_SIZE)
        return OWN_BROKEN;
    own_barrier(ring); /* the count before the entry */
    *value = own_read(ring, OWN_FIRST + *taken % OWN_SIZE);
    own_barrier(ring); /* the entry before it may be used again */
    own_write(ring, OWN_TAKEN, ++*taken);
    return OWN_VALUE;
    //| (void)ring;
    //| (void)taken;
    //| (void)value;
    //| lab_todo("9.2");
    //@end
}
