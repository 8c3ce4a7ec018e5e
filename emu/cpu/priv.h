/*
 * priv.h: the privileged instructions, for engines.
 *
 * Each answers STOP_TRAP where it is illegal: in a mode that is too low, or caught by mstatus.TSR,
 * TW or TVM. hart->trap is then set, with `word` as its value. Else it is done, and the answer is
 * the reason for which the run has to stop; retiring is left to the engine.
 *
 * Source: Priv. spec 3.3.2 (mret, sret), 3.3.3 (wfi), 4.2.1 (sfence.vma), 3.1.6.5 (TSR, TW, TVM).
 */
#ifndef TRIVIUM_EMU_CPU_PRIV_H
#define TRIVIUM_EMU_CPU_PRIV_H

#include "emu/cpu/machine.h"

/* *next = where to go on. */
enum stop priv_mret(struct machine *machine, struct hart *hart, uint32_t word, uint64_t *next);
enum stop priv_sret(struct machine *machine, struct hart *hart, uint32_t word, uint64_t *next);

enum stop priv_wfi(struct hart *hart, uint32_t word);

/* gva and asid point to the registers' values; NULL stands for x0, which means all of them. */
enum stop priv_sfence_vma(struct machine *machine, struct hart *hart, uint32_t word,
                          const uint64_t *gva, const uint64_t *asid);

#endif
