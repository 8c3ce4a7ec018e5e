/*
 * encode.h: from operands to a word, the way back from decode.h.
 *
 * For tests that make instructions and for code that emits a few of them. Not fast: it reads the
 * format's ruler each time.
 */
#ifndef TRIVIUM_EMU_ISA_ENCODE_H
#define TRIVIUM_EMU_ISA_ENCODE_H

#include "emu/isa/isa.h"

/*
 * The word of that row with these operands, as isa_decode() would report them (imm: a byte offset,
 * a shift amount, a CSR's number, ordering bits ...). Operands that the row does not have are
 * ignored. 0, which is no instruction, when an operand does not fit: out of range, misaligned, not
 * among the eight registers of a short field, not the register that the encoding implies, or
 * excluded by its constraint.
 */
uint32_t isa_encode(const struct isa_row *row, unsigned rd, unsigned rs1, unsigned rs2,
                    int64_t imm);

#endif
