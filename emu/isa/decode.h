/*
 * decode.h: from a word to an instruction.
 *
 * The processor's second step, after fetch. Which instruction a word is comes from the table
 * (rv64.def, through an index made at build time: index.h); where its operands sit comes from the
 * row's format, and the gathering of immediates is written out in decode.c.
 *
 * Read next: decode.c, then emu/cpu/interp.c, which executes what this yields.
 */
#ifndef TRIVIUM_EMU_ISA_DECODE_H
#define TRIVIUM_EMU_ISA_DECODE_H

#include "emu/isa/isa.h"

/* Bytes of the instruction that begins with these 16 bits: 2 or 4 (unprivileged spec 1.5). */
static inline unsigned isa_length(uint32_t word)
{
    return (word & 3) == 3 ? 4 : 2;
}

/*
 * Decodes the instruction that `word` begins with; of a 16-bit one, the upper half is not looked
 * at. False, with insn->row NULL: no instruction of ours, so the guest traps. That includes the
 * words 0 and ~0, which the manual keeps illegal for ever, and lengths beyond 32 bits.
 */
bool isa_decode(uint32_t word, struct insn *insn);

#endif
