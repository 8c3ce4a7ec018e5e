/* code.c: see code.h. */
#include "emu/cpu/code.h"

bool code_fetch(const struct code_source *source, uint64_t pc, uint32_t *word)
{
    uint64_t offset = pc - source->page_gva;
    uint64_t fault;

    if (source->page == NULL)
        return mem_fetch(source->mem, pc, word, &fault);
    if (offset > MEM_PAGE_SIZE - 2)
        return false;
    *word = (uint32_t)host_load(source->page + offset, 16);
    if ((*word & 3) != 3)
        return true;
    if (offset > MEM_PAGE_SIZE - 4)
        return false;
    *word = (uint32_t)host_load(source->page + offset, 32);
    return true;
}

bool code_pages_note(struct code_pages *pages, const uint8_t *hva)
{
    for (unsigned i = pages->count; i-- > 0;) {
        if (pages->pages[i].hva == hva)
            return true;
    }
    if (pages->count == CODE_PAGES)
        return false;
    pages->pages[pages->count].hva = hva;
    memcpy(pages->pages[pages->count].copy, hva, MEM_PAGE_SIZE);
    pages->count++;
    return true;
}

void code_pages_forget(struct code_pages *pages, unsigned index)
{
    pages->count--;
    if (index != pages->count)
        pages->pages[index] = pages->pages[pages->count];
}

/* A page of a process may have been unmapped: its rights are looked at before its bytes. */
bool code_page_is_valid(const struct code_page *page, const struct machine *machine)
{
    uint64_t gva = (uint64_t)(page->hva - machine->mem.base);

    if (!machine_is_board(machine) && !mem_may(&machine->mem, gva, 1, MEM_EXEC))
        return false;
    return memcmp(page->hva, page->copy, sizeof page->copy) == 0;
}

struct code_stale code_view_update(struct code_view *view, const struct tlb *tlb)
{
    uint64_t pages = tlb->page_flushes - view->page_flushes;
    /* Of several flushed pages only the last is known. */
    struct code_stale stale = {.all =
                                   view->tlb != tlb || view->flushes != tlb->flushes || pages > 1,
                               .user = view->local_flushes != tlb->local_flushes,
                               .page = pages == 1,
                               .gva = tlb->page_flushed};

    *view = (struct code_view){.tlb = tlb,
                               .flushes = tlb->flushes,
                               .local_flushes = tlb->local_flushes,
                               .page_flushes = tlb->page_flushes};
    return stale;
}
