/* tlb.c: filling and flushing a TLB; see tlb.h. */
#include "emu/cpu/tlb.h"

void tlb_flush(struct tlb *tlb)
{
    memset(tlb->entries, 0, sizeof tlb->entries);
    tlb->supers = false;
    tlb->local_count = 0;
    tlb->flushes++;
}

void tlb_flush_local(struct tlb *tlb)
{
    if (tlb->local_count > TLB_LOCALS) {
        tlb_flush(tlb);
        return;
    }
    for (unsigned i = 0; i < tlb->local_count; i++) {
        unsigned access = tlb->locals[i] / TLB_ENTRIES, index = tlb->locals[i] % TLB_ENTRIES;

        if (!tlb->global[access][index])
            tlb->entries[access][index] = (struct tlb_entry){0};
    }
    tlb->local_count = 0;
    tlb->local_flushes++;
}

void tlb_flush_page(struct tlb *tlb, uint64_t gva)
{
    uint64_t page = gva - gva % MEM_PAGE_SIZE;

    //@lab 6.7 forget a page
    /* The 4 KiB pieces of one superpage may be anywhere: it is not worth looking for them. */
    if (tlb->supers && page >= tlb->super_first && page <= tlb->super_last) {
        tlb_flush(tlb);
        return;
    }
    tlb->page_flushes++;
    tlb->page_flushed = page;
    for (unsigned access = 0; access < ACCESS_COUNT; access++) {
        struct tlb_entry *entry = &tlb->entries[access][(page >> MEM_PAGE_SHIFT) % TLB_ENTRIES];

        if (entry->tag - entry->tag % MEM_PAGE_SIZE == page)
            *entry = (struct tlb_entry){0};
    }
    //| /* Count it: page_flushes, page_flushed; or, if everything has to go, tlb_flush(). */
    //| (void)tlb;
    //| (void)page;
    //| lab_todo("6.7");
    //@end
}

static void note_superpage(struct tlb *tlb, uint64_t gva, uint64_t size)
{
    uint64_t first = gva - gva % size;
    uint64_t last = first + (size - 1);

    if (!tlb->supers || first < tlb->super_first)
        tlb->super_first = first;
    if (!tlb->supers || last > tlb->super_last)
        tlb->super_last = last;
    tlb->supers = true;
}

void tlb_fill(struct tlb *tlb, enum access access, uint64_t gva, uint8_t *page, uint64_t page_size,
              bool global)
{
    uint64_t first = gva - gva % MEM_PAGE_SIZE;
    unsigned index = (unsigned)(first >> MEM_PAGE_SHIFT) % TLB_ENTRIES;

    //@lab 6.6 remember a page
    if (page_size > MEM_PAGE_SIZE)
        note_superpage(tlb, gva, page_size);
    if (!global && tlb->local_count < TLB_LOCALS)
        tlb->locals[tlb->local_count] = (uint16_t)(access * TLB_ENTRIES + index);
    if (!global && tlb->local_count <= TLB_LOCALS)
        tlb->local_count++;
    tlb->global[access][index] = global;
    tlb->entries[access][index] = (struct tlb_entry){.tag = first + tlb->context[access],
                                                     .addend = (uint64_t)(uintptr_t)page - first};
    //| (void)tlb;
    //| (void)access;
    //| (void)page;
    //| (void)page_size;
    //| (void)global;
    //| (void)first;
    //| (void)index;
    //| (void)note_superpage;
    //| lab_todo("6.6");
    //@end
}
