/*
 * code.h: what engines have in common that keep code of the guest in another form: where they read
 * it, where a pc has its meaning, whether what was read is still there, what the TLB has forgotten.
 *
 * Used by emu/threaded and emu/dbt; the interpreter keeps nothing.
 */
#ifndef TRIVIUM_EMU_CPU_CODE_H
#define TRIVIUM_EMU_CPU_CODE_H

#include "emu/cpu/machine.h"

/* In which a gva has a meaning. */
enum code_space {
    SPACE_BARE, /* of a process; of a board, not translated */
    SPACE_U,    /* translated for U mode */
    SPACE_S,    /* for S mode */
    CODE_SPACES
};

/* Where code is read from: flat memory; or one page of a board, beyond which no block goes. */
struct code_source {
    const struct mem *mem; /* of a process */
    const uint8_t *page;   /* hva of the page's first byte; NULL: it is flat memory */
    uint64_t page_gva;
    enum code_space space;
};

/* *word = the instruction at pc, if the source has all of it. */
bool code_fetch(const struct code_source *source, uint64_t pc, uint32_t *word);

/* That of what is fetched in this context (tlb.h). */
static inline enum code_space code_space_in(uint64_t context)
{
    if ((context & TLB_TRANSLATED) == 0)
        return SPACE_BARE;
    return (context & TLB_S) == 0 ? SPACE_U : SPACE_S;
}

/* That of the hart's pc, between mmu_enter() and the end of a run. tlb: its own, in a process NULL.
 */
static inline enum code_space code_space_of(const struct tlb *tlb)
{
    return code_space_in(tlb != NULL ? tlb->context[ACCESS_FETCH] : 0);
}

enum { CODE_PAGES = 1 << 12 };

/* Copies of the guest pages that code was read from. Zeroed: none. */
struct code_pages {
    uint32_t count;
    struct code_page {
        const uint8_t *hva;
        uint8_t copy[MEM_PAGE_SIZE];
    } pages[CODE_PAGES];
};

/* Remembers what is on that page now, if it is not remembered. False: no room. */
bool code_pages_note(struct code_pages *pages, const uint8_t *hva);

/* Forgets the page of that index; the last one takes its place. */
void code_pages_forget(struct code_pages *pages, unsigned index);

/* Is the code still there, and still code? */
bool code_page_is_valid(const struct code_page *page, const struct machine *machine);

/* Whoever keeps where jumps lead keeps what stands on a TLB's entries; this is what it had seen. */
struct code_view {
    const struct tlb *tlb;
    uint64_t flushes, local_flushes, page_flushes;
};

/* Into what the jumps have to be forgotten. */
struct code_stale {
    bool all;
    bool user; /* SPACE_U, if not all */
    bool page; /* the page of `gva`, in every space */
    uint64_t gva;
};

/* What has changed since the view was taken, of that TLB or of another; it is then up to date. */
struct code_stale code_view_update(struct code_view *view, const struct tlb *tlb);

#endif
