/*
 * csr.h: the numbers and names of the control and status registers, from csr.def.
 *
 * What they do is not here: emu/cpu/csr.c.
 */
#ifndef TRIVIUM_EMU_ISA_CSR_H
#define TRIVIUM_EMU_ISA_CSR_H

#include <stddef.h>

/* CSR_CYCLE, CSR_MSTATUS, ...; of an array its first: CSR_PMPADDR0 + 5. */
enum isa_csr {
#define CSR(id, number, name, meaning)                     CSR_##id = (number),
#define CSR_ARRAY(id, number, count, name, first, meaning) CSR_##id = (number),
#include "emu/isa/csr.def"
#undef CSR
#undef CSR_ARRAY
};

/*
 * The name of a CSR into `text`, "0x7c0" when the table has no name for it. Returns the name's
 * length, as snprintf() does.
 */
int isa_csr_name(unsigned number, char *text, size_t size);

/* One line for people; NULL when the table has none. */
const char *isa_csr_meaning(unsigned number);

#endif
