/*
 * handlers.h: the functions that execute records, stamped from the rows of the ISA table.
 */
#ifndef TRIVIUM_EMU_THREADED_HANDLERS_H
#define TRIVIUM_EMU_THREADED_HANDLERS_H

#include "emu/isa/isa.h"
#include "emu/threaded/record.h"

/* For whom handlers are stamped. */
enum handler_set {
    HANDLERS_PROCESS,
    HANDLERS_BOARD,
    HANDLERS_NOTED, /* either; stores are noted (emu/cpu/stores.h) */
    HANDLER_SETS
};

/* That of an instruction. row: no encoding, but a base row. */
record_handler *handler_of(enum isa_row_id row, enum handler_set set);

/* Instructions that one handler executes. */
#define FUSED_MAX 3

/*
 * That of several instructions, the first of those with these rows; each has a record, which follow
 * each other. *taken: how many they are. NULL: these are not often together. A row may be
 * ROW_COUNT: that record has no row, and is fused with nothing.
 */
record_handler *handler_of_fused(const uint16_t *rows, unsigned count, bool is_board,
                                 unsigned *taken);

/* Leaves an instruction to the interpreter, and then goes on to the next record ... */
record_handler handler_step;
/* ... or returns: the last of a block. */
record_handler handler_step_last;

/* No instruction: counts the next one, whose row is record->imm. */
record_handler handler_count;

/* No instruction: the block ends, and execution goes on at record->pc. */
record_handler handler_end;

/* A jalr that is expected to go to record->pc + record->imm, where the block goes on. */
record_handler handler_expect;

#endif
