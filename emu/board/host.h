/*
 * host.h: the usual host of a board: a console, the host's clock, its random numbers.
 */
#ifndef TRIVIUM_EMU_BOARD_HOST_H
#define TRIVIUM_EMU_BOARD_HOST_H

#include "dev/console.h"
#include "emu/board/board.h"

struct host_side {
    struct console console;
    uint64_t start; /* host clock, ns */
};

/* The clock starts now; the console is to be initialised before the board runs. */
struct board_host host_board(struct host_side *host);

#endif
