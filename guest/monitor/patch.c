/*
 * patch.c: binary patching; see guest.h.
 *
 * A sensitive instruction that does not trap cannot be emulated: nobody hears of it. So the guest
 * never executes its own pages, but copies, in which such an instruction is an ebreak. Its original
 * stays in the guest's memory, at the same place of the page: what the guest reads there is what it
 * wrote (access.c). An execute-only entry of the page tables makes that possible.
 *
 * Instructions are looked for in whole words. One of four bytes that begins in the middle of a word
 * (the C extension lets it) is not found: such a guest sees the truth about the processor, and is
 * confined all the same.
 */
#include "guest/monitor/guest.h"

#include <string.h>

enum { WORD_EBREAK = 0x00100073, OPCODE_SYSTEM = 0x73, CSR_PLANTED = 0x800 };

bool guest_is_planted(uint32_t word)
{
    return (word & 127) == OPCODE_SYSTEM && (word >> 12 & 3) != 0 && word >> 20 == CSR_PLANTED;
}

void guest_patch(struct guest *guest, unsigned page)
{
    const uint8_t *from = guest->ram + (size_t)page * GUEST_PAGE;
    uint8_t *to = guest->copies + (size_t)page * GUEST_PAGE;
    //@lab 7.6 copy a page of code, and patch what would not trap
    const uint32_t ebreak = WORD_EBREAK;
    uint32_t word;

    memcpy(to, from, GUEST_PAGE);
    for (size_t i = 0; i < GUEST_PAGE; i += sizeof word) {
        memcpy(&word, from + i, sizeof word);
        if (guest->patches && guest_is_planted(word))
            memcpy(to + i, &ebreak, sizeof ebreak);
    }
    //| (void)from;
    //| (void)to;
    //| lab_todo("7.6");
    //@end
    guest->code[page] = 1;
    host_fence(true);
}

bool guest_was_patched(const struct guest *guest, uint32_t word)
{
    //@lab 7.7 whose ebreak is it?
    return guest->patches && guest_is_planted(word);
    //| (void)guest;
    //| (void)word;
    //| lab_todo("7.7");
    //@end
}
