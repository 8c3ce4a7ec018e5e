/*
 * console.h: the user's side of the machine's serial line: standard input and output.
 *
 * On a terminal, every key goes to the guest as it is typed (Ctrl-C, too): the guest's own terminal
 * driver echoes and edits. Ctrl-A is ours: Ctrl-A x ends the machine, Ctrl-A Ctrl-A sends one. The
 * terminal's settings are put back by console_fini(), and by the supervisor (lib/supervise.h)
 * however the process ends. Without a terminal bytes pass as they are, and Ctrl-C ends the process.
 *
 * What it is not: an input of the machine. What was typed enters by input.h.
 */
#ifndef TRIVIUM_EMU_BOARD_CONSOLE_H
#define TRIVIUM_EMU_BOARD_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

#include "emu/board/board.h"

struct console {
    int input, output; /* descriptors; borrowed */
    bool is_terminal;
    struct termios settings; /* of the terminal, as they were */
    bool escape;             /* the last key was Ctrl-A */
    bool quit;               /* the user wants to leave */
    bool ended;              /* the input has ended, */
    bool end_told;           /* and the machine has been told */
    bool broken;             /* the output takes nothing any more */
    uint64_t start;          /* host clock, ns */
    size_t used;             /* bytes of `pending` that are not written yet */
    char pending[4096];
};

/* Takes the terminal, if `input` is one. */
void console_init(struct console *console, int input, int output);

/* Writes what is pending and gives the terminal back. */
void console_fini(struct console *console);

/* A board's host: this console, the host's clock and its random numbers. */
struct board_host console_host(struct console *console);

#endif
