/*
 * disassemble.h: one instruction of x86-64 as text, by Capstone.
 *
 * Capstone is loaded only when it is asked: linked, it would cost each start of Trivium a
 * millisecond, for tables that only a dead guest is looked at with.
 */
#ifndef TRIVIUM_KVM_DISASSEMBLE_H
#define TRIVIUM_KVM_DISASSEMBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The first instruction of `bytes`, which stand at `gva`, in AT&T's syntax. "no instruction" where
 * there is none. False: there is no Capstone on this host.
 */
bool disassemble(char *text, size_t text_size, const uint8_t *bytes, size_t size, uint64_t gva,
                 bool long_mode);

#endif
