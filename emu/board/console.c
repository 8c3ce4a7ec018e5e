/* console.c: the terminal, or the pipe, behind the machine's serial line; see console.h. */
#include "emu/board/console.h"

#include <errno.h>
#include <poll.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { CTRL_A = 1, NS_PER_TICK = 100 };

static uint64_t host_nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Every key at once and unchanged. Output keeps its treatment: a line feed also returns. */
static void take_terminal(struct console *console)
{
    struct termios raw;

    if (tcgetattr(console->input, &console->settings) != 0)
        return;
    console->is_terminal = true;
    raw = console->settings;
    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(console->input, TCSADRAIN, &raw);
}

void console_init(struct console *console, int input, int output)
{
    *console = (struct console){.input = input, .output = output, .start = host_nanoseconds()};
    take_terminal(console);
}

/* A reader that has gone is no reason to stop the guest: its bytes are dropped, as on a line. */
static void flush(struct console *console)
{
    size_t done = 0;

    while (done < console->used && !console->broken) {
        ssize_t wrote = write(console->output, console->pending + done, console->used - done);

        if (wrote > 0)
            done += (size_t)wrote;
        else if (wrote < 0 && errno != EINTR && errno != EAGAIN)
            console->broken = true;
    }
    console->used = 0;
}

void console_fini(struct console *console)
{
    flush(console);
    if (console->is_terminal)
        tcsetattr(console->input, TCSADRAIN, &console->settings);
}

static void output(void *owner, uint8_t byte)
{
    struct console *console = owner;

    console->pending[console->used++] = (char)byte;
    if (byte == '\n' || console->used == sizeof console->pending)
        flush(console);
}

/* Can something be read within that time? -1: without end. */
static bool is_readable(const struct console *console, const struct timespec *timeout)
{
    struct pollfd input = {.fd = console->input, .events = POLLIN};

    return ppoll(&input, 1, timeout, NULL) > 0;
}

/* What a key of a terminal means to us. True: it is the guest's. */
static bool pass_key(struct console *console, uint8_t key)
{
    bool escaped = console->escape;

    console->escape = false;
    if (!escaped && key == CTRL_A)
        console->escape = true;
    else if (escaped && (key == 'x' || key == 'X'))
        console->quit = true;
    else
        return !escaped || key == CTRL_A;
    return false;
}

static bool next_typed(void *owner, uint16_t *typed)
{
    struct console *console = owner;
    const struct timespec now = {0};

    flush(console); /* what the guest has said, before it is answered */
    while (!console->ended && !console->quit && is_readable(console, &now)) {
        uint8_t byte;
        ssize_t got = read(console->input, &byte, 1);

        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
            console->ended = true;
        else if (got == 1 && (!console->is_terminal || pass_key(console, byte))) {
            *typed = byte;
            return true;
        }
    }
    if (!console->ended || console->end_told)
        return false;
    console->end_told = true;
    *typed = INPUT_CONSOLE_END;
    return true;
}

static bool wait_for_input(void *owner, uint64_t nanoseconds)
{
    struct console *console = owner;
    const struct timespec time = {.tv_sec = (time_t)(nanoseconds / 1000000000),
                                  .tv_nsec = (long)(nanoseconds % 1000000000)};
    const struct timespec *timeout = nanoseconds == UINT64_MAX ? NULL : &time;

    flush(console);
    if (!console->ended)
        is_readable(console, timeout);
    else if (timeout != NULL)
        nanosleep(timeout, NULL);
    return !console->ended;
}

static bool wants_to_quit(void *owner)
{
    return ((const struct console *)owner)->quit;
}

static uint64_t clock_ticks(void *owner)
{
    return (host_nanoseconds() - ((const struct console *)owner)->start) / NS_PER_TICK;
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

struct board_host console_host(struct console *console)
{
    return (struct board_host){
        .sources = {.clock = clock_ticks,
                    .console = next_typed,
                    .entropy = random_bits,
                    .owner = console},
        .output = output,
        .wait = wait_for_input,
        .quit = wants_to_quit,
        .owner = console,
    };
}
