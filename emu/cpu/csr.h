/*
 * csr.h: reading control and status registers.
 *
 * A user-mode hart has three, the counters of Zicntr (unprivileged spec, chapter 10), and can write
 * none: their numbers begin with the bits 11, which means read-only (Priv. spec 2.1). Whatever else
 * is asked for answers false, and the engine makes that an illegal instruction.
 */
#ifndef TRIVIUM_EMU_CPU_CSR_H
#define TRIVIUM_EMU_CPU_CSR_H

#include "emu/cpu/hart.h"
#include "emu/cpu/machine.h"

bool csr_read(struct machine *machine, const struct hart *hart, unsigned number, uint64_t *value);

#endif
