/* console.c: the terminal, or the pipe, behind the machine's serial line; see console.h. */
#include "dev/console.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

enum { CTRL_A = 1 };

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
    *console = (struct console){.input = input, .output = output};
    take_terminal(console);
}

/* A reader that has gone is no reason to stop the guest: its bytes are dropped, as on a line. */
void console_flush(struct console *console)
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
    console_flush(console);
    if (console->is_terminal)
        tcsetattr(console->input, TCSADRAIN, &console->settings);
}

void console_put(struct console *console, uint8_t byte)
{
    console->pending[console->used++] = (char)byte;
    if (byte == '\n' || console->used == sizeof console->pending)
        console_flush(console);
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

bool console_take(struct console *console, uint16_t *typed)
{
    const struct timespec now = {0};

    console_flush(console); /* what the guest has said, before it is answered */
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
    *typed = CONSOLE_END;
    return true;
}

bool console_wait(struct console *console, uint64_t nanoseconds)
{
    const struct timespec time = {.tv_sec = (time_t)(nanoseconds / 1000000000),
                                  .tv_nsec = (long)(nanoseconds % 1000000000)};
    const struct timespec *timeout = nanoseconds == UINT64_MAX ? NULL : &time;

    console_flush(console);
    if (!console->ended)
        is_readable(console, timeout);
    else if (timeout != NULL)
        nanosleep(timeout, NULL);
    return !console->ended;
}
