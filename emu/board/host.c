/* host.c: what a board needs of the host; see host.h. */
#include "emu/board/host.h"

#include <sys/random.h>
#include <time.h>

enum { NS_PER_TICK = 100 };

_Static_assert(CONSOLE_END == INPUT_CONSOLE_END, "one is handed on as the other");

static uint64_t host_nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void output(void *owner, uint8_t byte)
{
    console_put(&((struct host_side *)owner)->console, byte);
}

static bool next_typed(void *owner, uint16_t *typed)
{
    struct console *console = &((struct host_side *)owner)->console;

    console_flush(console); /* what the guest has said, before it is answered */
    return console_take(console, typed);
}

static bool wait_for_input(void *owner, uint64_t nanoseconds)
{
    return console_wait(&((struct host_side *)owner)->console, nanoseconds);
}

static bool wants_to_quit(void *owner)
{
    return ((const struct host_side *)owner)->console.quit;
}

static uint64_t clock_ticks(void *owner)
{
    return (host_nanoseconds() - ((const struct host_side *)owner)->start) / NS_PER_TICK;
}

static uint64_t random_bits(void *owner)
{
    uint64_t bits;

    (void)owner;
    /* It never fails for so few bytes, unless it is forbidden: then the time must do. */
    if (getrandom(&bits, sizeof bits, 0) != (ssize_t)sizeof bits)
        return host_nanoseconds();
    return bits;
}

struct board_host host_board(struct host_side *host)
{
    host->start = host_nanoseconds();
    return (struct board_host){
        .sources = {.clock = clock_ticks,
                    .console = next_typed,
                    .entropy = random_bits,
                    .owner = host},
        .output = output,
        .wait = wait_for_input,
        .quit = wants_to_quit,
        .owner = host,
    };
}
