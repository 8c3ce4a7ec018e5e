/*
 * load.h: what is in RAM when a machine starts: a kernel, its initial file system, the device tree.
 *
 *     MAP_RAM                                                                    MAP_RAM + size
 *      | firmware's 2 MiB | kernel ...        free        ... initrd | device tree |
 *
 * Files are hostile until proven otherwise: nothing is written outside of RAM, and each thing that
 * does not fit is an error that says so.
 */
#ifndef TRIVIUM_EMU_BOARD_LOAD_H
#define TRIVIUM_EMU_BOARD_LOAD_H

#include "emu/board/board.h"
#include "lib/err.h"

struct loaded {
    uint64_t entry; /* gpa of the first instruction */
    uint64_t tree;  /* gpa of the device tree */
};

/*
 * Loads all of it. The kernel is an ELF file, whose segments go where their addresses say, or a
 * flat image: Linux' `Image` format says where in its header, anything else goes to where kernels
 * begin. With firmware an ELF kernel is entered at its lowest address, as QEMU does; without, at
 * its entry.
 */
int load_all(struct board *board, const struct board_config *config, struct loaded *loaded,
             struct err *err);

#endif
