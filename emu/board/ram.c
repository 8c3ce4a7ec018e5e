/* ram.c: see ram.h. */
#include "emu/board/ram.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "emu/cpu/mem.h"

enum { KNOWN = sizeof((struct ram_walk *)0)->known / sizeof(uint64_t) };

int ram_make(struct dma *dma, uint64_t base, uint64_t size, struct err *err)
{
    void *ram = mmap(NULL, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (ram == MAP_FAILED) {
        err_sys(err, errno, "cannot map a memory of %llu MiB", (unsigned long long)(size >> 20));
        return err_hint(err, "a smaller --memory");
    }
    madvise(ram, size, MADV_HUGEPAGE); /* where that is refused, it is only slower */
    *dma = (struct dma){.ram = ram, .base = base, .size = size};
    return 0;
}

void ram_free(struct dma *dma)
{
    munmap(dma->ram, dma->size);
}

void ram_clear(const struct dma *dma)
{
    if (madvise(dma->ram, dma->size, MADV_DONTNEED) != 0)
        memset(dma->ram, 0, dma->size);
}

void ram_walk_begin(struct ram_walk *walk, const struct dma *dma)
{
    walk->dma = dma;
    walk->pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    walk->next = 0;
    walk->first = UINT64_MAX;
}

/* Has the page been touched, as far as the host tells? */
static bool is_touched(struct ram_walk *walk, uint64_t number)
{
    const uint64_t present = UINT64_C(1) << 63, swapped = UINT64_C(1) << 62;
    uint64_t first = number - number % KNOWN;

    if (walk->pagemap >= 0 && walk->first != first) {
        uint64_t page = (uint64_t)(uintptr_t)walk->dma->ram / MEM_PAGE_SIZE + first;

        if (pread(walk->pagemap, walk->known, sizeof walk->known,
                  (off_t)(page * sizeof walk->known[0])) != (ssize_t)sizeof walk->known) {
            close(walk->pagemap);
            walk->pagemap = -1;
        }
        walk->first = first;
    }
    return walk->pagemap < 0 || (walk->known[number - first] & (present | swapped)) != 0;
}

bool ram_walk_next(struct ram_walk *walk, uint64_t *number)
{
    uint64_t count = walk->dma->size / MEM_PAGE_SIZE;

    while (walk->next < count) {
        uint64_t page = walk->next++;

        if (is_touched(walk, page) && !mem_page_is_zero(walk->dma->ram + page * MEM_PAGE_SIZE)) {
            *number = page;
            return true;
        }
    }
    return false;
}

void ram_walk_end(struct ram_walk *walk)
{
    if (walk->pagemap >= 0)
        close(walk->pagemap);
}
