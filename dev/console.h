/*
 * console.h: the user's side of the machine's serial line: standard input and output.
 *
 * On a terminal, every key goes to the guest as it is typed (Ctrl-C, too): the guest's own terminal
 * driver echoes and edits. Ctrl-A is ours: Ctrl-A x ends the machine, Ctrl-A Ctrl-A sends one. The
 * terminal's settings are put back by console_fini(), and by the supervisor (lib/supervise.h)
 * however the process ends. Without a terminal bytes pass as they are, and Ctrl-C ends the process.
 *
 * It is a device of the host, not of the machine: what was typed enters a machine by its UART.
 */
#ifndef TRIVIUM_DEV_CONSOLE_H
#define TRIVIUM_DEV_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

struct console {
    int input, output; /* descriptors; borrowed */
    bool is_terminal;
    struct termios settings; /* of the terminal, as they were */
    bool escape;             /* the last key was Ctrl-A */
    bool quit;               /* the user wants to leave */
    bool ended;              /* the input has ended, */
    bool end_told;           /* and the machine has been told */
    bool broken;             /* the output takes nothing any more */
    size_t used;             /* bytes of `pending` that are not written yet */
    char pending[4096];
};

/* What can come besides the bytes 0 .. 255: nothing will be typed any more. */
#define CONSOLE_END 0x100

/* Takes the terminal, if `input` is one. */
void console_init(struct console *console, int input, int output);

/* Writes what is pending and gives the terminal back. */
void console_fini(struct console *console);

/* A byte of the machine's. It may stay in `pending` until its line has ended, or console_flush().
 */
void console_put(struct console *console, uint8_t byte);
void console_flush(struct console *console);

/* What was typed next, or once CONSOLE_END. False: nothing, so far. */
bool console_take(struct console *console, uint16_t *typed);

/*
 * Waits until something is typed, but not longer than that time (UINT64_MAX: without end). False:
 * its input has ended, so nothing will ever be typed any more.
 */
bool console_wait(struct console *console, uint64_t nanoseconds);

#endif
