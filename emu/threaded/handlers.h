/*
 * handlers.h: the functions that execute records, stamped from the rows of the ISA table.
 */
#ifndef TRIVIUM_EMU_THREADED_HANDLERS_H
#define TRIVIUM_EMU_THREADED_HANDLERS_H

#include "emu/isa/isa.h"
#include "emu/threaded/record.h"

/* That of an instruction, in a process or on a board. row: no encoding, but a base row. */
record_handler *handler_of(enum isa_row_id row, bool is_board);

/*
 * That of two instructions, of which the second has the next record: it executes both. NULL: these
 * two are not often together.
 */
record_handler *handler_of_pair(enum isa_row_id first, enum isa_row_id second, bool is_board);

record_handler *handler_of_triple(const uint16_t rows[3], bool is_board);

/* Leaves an instruction to the interpreter, and then goes on to the next record ... */
record_handler handler_step;
/* ... or returns: the last of a block. */
record_handler handler_step_last;

/* No instruction: the block ends, and execution goes on at record->pc. */
record_handler handler_end;

/* A jalr that is expected to go to record->pc + record->imm, where the block goes on. */
record_handler handler_expect;

#endif
