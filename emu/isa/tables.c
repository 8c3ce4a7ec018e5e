/*
 * tables.c: isa_rows and isa_index, as mkisa wrote them from rv64.def into the build folder.
 *
 * Of all objects only this one depends on what the rows' columns say, beyond their ids.
 */
#include "emu/isa/index.h"

#include "isa_tables.inc"
