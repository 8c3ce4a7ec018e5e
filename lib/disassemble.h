/*
 * disassemble.h: x86 instructions as text, by Capstone.
 *
 * Capstone is loaded only when it is asked: linked, it would cost each start of Trivium a
 * millisecond, for tables that are rarely needed.
 */
#ifndef TRIVIUM_LIB_DISASSEMBLE_H
#define TRIVIUM_LIB_DISASSEMBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct disassembler;

enum disassemble_syntax { SYNTAX_ATT, SYNTAX_INTEL };

/* For code of 64 bits, or of 32. NULL: there is no Capstone on this host. */
struct disassembler *disassembler_new(bool long_mode, enum disassemble_syntax syntax);
void disassembler_free(struct disassembler *disassembler);

/*
 * The first instruction of `bytes`, which stand at `gva`: "add rax, rcx", and its size in bytes. 0,
 * and "no instruction", where there is none.
 */
size_t disassemble(struct disassembler *disassembler, const uint8_t *bytes, size_t size,
                   uint64_t gva, char *text, size_t text_size);

#endif
