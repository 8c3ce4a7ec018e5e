/* disassembler.h: host code as text, by Capstone, whose own names would clash with the assembler's. */
#ifndef TRIVIUM_TESTS_UNIT_DISASSEMBLER_H
#define TRIVIUM_TESTS_UNIT_DISASSEMBLER_H

#include <stddef.h>
#include <stdint.h>

/* The first instruction of the code, "add rax, rcx", and its size in bytes; 0: there is none. */
size_t disassemble(const uint8_t *code, size_t bytes, char *text, size_t text_size);

#endif
