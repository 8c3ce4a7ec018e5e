/*
 * disasm.h: from an instruction back to text.
 *
 * It prints what was decoded, following the format's operand template (formats.def), so there is no
 * second decoder. There are no pseudo-instructions: `ret` is printed as the jalr that it is.
 */
#ifndef TRIVIUM_EMU_ISA_DISASM_H
#define TRIVIUM_EMU_ISA_DISASM_H

#include "emu/isa/isa.h"

#include <stddef.h>

/* How registers are called: x10, or a0 as the calling convention has it. */
enum isa_names {
    NAMES_NUMERIC,
    NAMES_ABI,
};

/*
 * "addi x10,x10,1": the text of `objdump -d -M no-aliases,numeric`, with one blank where objdump
 * has a tab, and an address without its symbol. `pc` is where the instruction stands, for targets
 * that are relative to it. An illegal word is ".4byte 0xffffffff" or ".2byte 0x0".
 *
 * At most `size` bytes go to `text`, the last of them 0. Returns the length of the whole text, as
 * snprintf() does. 64 bytes are enough for any.
 */
int isa_disasm(const struct insn *insn, uint64_t pc, char *text, size_t size);

/* The same with ABI names, "addi a0,a0,1", for people. */
int isa_disasm_abi(const struct insn *insn, uint64_t pc, char *text, size_t size);

/*
 * The row's meaning with this instruction's operands: "a0 = a0 + 1". Size and result as above; 128
 * bytes are enough.
 */
int isa_describe(const struct insn *insn, uint64_t pc, char *text, size_t size);

/* "x10" or "a0"; of a class other than 'x', "f10" or "fa0". */
const char *isa_register_name(char class, unsigned number, enum isa_names names);

#endif
