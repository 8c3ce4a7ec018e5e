/*
 * sbi.h: the firmware below an S-mode kernel, as part of the emulator: the Supervisor Binary
 * Interface, with its extensions BASE, TIME, IPI, RFENCE, HSM, SRST and DBCN, and of the legacy
 * ones (SBI 0.1, which are the only ones of FIRMWARE_SBI_LEGACY) all.
 *
 * An ecall of S mode comes here instead of being a trap that firmware in M mode would take. M mode
 * is never entered on such a board.
 *
 * Source: RISC-V Supervisor Binary Interface Specification 2.0.
 */
#ifndef TRIVIUM_EMU_BOARD_SBI_H
#define TRIVIUM_EMU_BOARD_SBI_H

#include <stdbool.h>
#include <stdint.h>

#include "dev/clint.h"

struct board;

/* As HSM numbers them (2.0, table 21). */
enum sbi_hart { SBI_STARTED = 0, SBI_STOPPED = 1 };

/* Plain data. */
struct sbi_state {
    uint64_t timer[CLINT_HARTS_MAX];  /* the S-mode timer interrupts while time >= timer */
    uint64_t status[CLINT_HARTS_MAX]; /* enum sbi_hart */
};

/*
 * Hart 0 is about to start at `entry` in S mode with the device tree at `tree`; the others wait to
 * be started, or, where the firmware has no call for that, start as well.
 */
void sbi_init(struct board *board, uint64_t entry, uint64_t tree);

/*
 * Answers the ecall at the pc of hart `number`, which goes on behind it. The hart may be
 * stopped now, the machine be switched off.
 */
void sbi_call(struct board *board, unsigned number);

#endif
