/*
 * access.c: loads and stores that touch a page of code; see guest.h.
 *
 * Such a page is mapped to be executed only, as its copy is not what the guest wrote. So these
 * few are interpreted. Atomic ones are not: they get an access fault, as from memory that has no
 * atomics.
 */
#include "guest/monitor/guest.h"

enum { OPCODE_LOAD = 0x03, OPCODE_STORE = 0x23, OPCODE_AMO = 0x2f };

static int64_t with_sign(uint64_t value, unsigned bits)
{
    return (int64_t)(value << (64 - bits)) >> (64 - bits);
}

void guest_access(struct guest *guest)
{
    uint64_t value = 0, gva, fault, cause;
    uint32_t word;
    unsigned funct3, bytes, rd;
    bool store;

    guest->exits[EXIT_ACCESS]++;
    if (!guest_instruction(guest, &word))
        return;
    funct3 = word >> 12 & 7;
    bytes = 1U << (funct3 & 3);
    rd = word >> 7 & 31;
    store = (word & 127) == OPCODE_STORE;
    gva = guest->x[word >> 15 & 31];
    if (!store && (word & 127) != OPCODE_LOAD) { /* atomic, or two bytes long */
        guest_trap(guest, (word & 127) == OPCODE_AMO ? CAUSE_STORE_ACCESS : CAUSE_LOAD_ACCESS, gva);
        return;
    }
    gva += (uint64_t)with_sign(store ? (word >> 25 << 5 | rd) : word >> 20, 12);
    if (store)
        value = guest->x[word >> 20 & 31];
    cause = guest_copy(guest, store ? GUEST_STORE : GUEST_LOAD, gva, &value, bytes, &fault);
    if (cause != 0) {
        guest_trap(guest, cause, fault);
        return;
    }
    if (!store && rd != 0)
        guest->x[rd] = funct3 < 4 ? (uint64_t)with_sign(value, 8 * bytes) : value;
    guest->pc += 4;
}
