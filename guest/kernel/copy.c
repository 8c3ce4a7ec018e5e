/* Copying to and from programs.
 *
 * The kernel never uses a program's address: it looks the page up and copies in its own map of all
 * memory. So a bad address is an answer like any other, and no fault happens in the kernel.
 */
#include "guest/kernel/page.h"
#include "guest/kernel/table.h"

#include <errno.h>
#include <string.h>

void *space_touch(struct space *space, uint64_t address, uint32_t access)
{
    if (address >= USER_LIMIT)
        return NULL;
    const uint64_t *entry = table_entry(space, address);
    void *page = entry && pte_allows(*entry, access) ? page_at(pte_gpa(*entry))
                                                     : space_fault(space, address, access);
    return page ? (char *)page + address % PAGE_SIZE : NULL;
}

/* Where an address is for the kernel. *size is cut down to what lies on the same page. */
static void *reach(struct space *space, uint64_t address, uint32_t access, size_t *size)
{
    if (!space)
        return (void *)(uintptr_t)address;
    uint64_t left = PAGE_SIZE - address % PAGE_SIZE;
    if (*size > left)
        *size = left;
    return space_touch(space, address, access);
}

int copy_between(struct space *to_space, uint64_t to, struct space *from_space, uint64_t from,
                 size_t size)
{
    while (size > 0) {
        size_t piece = size;
        const void *in = reach(from_space, from, AREA_READ, &piece);
        void *out = reach(to_space, to, AREA_WRITE, &piece);
        if (!in || !out)
            return -EFAULT;
        memcpy(out, in, piece);
        to += piece;
        from += piece;
        size -= piece;
    }
    return 0;
}

int copy_from_user(struct space *space, void *to, uint64_t from, size_t size)
{
    return copy_between(NULL, (uintptr_t)to, space, from, size);
}

int copy_to_user(struct space *space, uint64_t to, const void *from, size_t size)
{
    return copy_between(space, to, NULL, (uintptr_t)from, size);
}

int64_t text_length_user(struct space *space, uint64_t from, size_t size)
{
    uint64_t length = 0;
    while (length < size) {
        size_t piece = size - length;
        const char *in = reach(space, from + length, AREA_READ, &piece);
        if (!in)
            return -EFAULT;
        for (size_t i = 0; i < piece; i++) {
            if (!in[i])
                return (int64_t)(length + i);
        }
        length += piece;
    }
    return -ENAMETOOLONG;
}

int64_t copy_text_from_user(struct space *space, char *to, uint64_t from, size_t size)
{
    int64_t length = text_length_user(space, from, size);
    if (length < 0)
        return length;
    if (copy_from_user(space, to, from, (size_t)length) < 0)
        return -EFAULT;
    /* Not copied: in shared memory, another process may have put something else there since. */
    to[length] = '\0';
    return length;
}
