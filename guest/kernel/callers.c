/* The chain of frame pointers. The kernel is compiled with one in every function; where it points,
 * relative to it, are the address to which the function returns and its caller's frame pointer
 * (machine/context.h says where exactly). */
#include "guest/kernel/callers.h"

#include "guest/kernel/kernel.h"
#include "guest/kernel/symbols.h"

#include <machine/context.h>
#include <machine/paging.h>

void callers_print_address(uint64_t address)
{
    uint64_t offset;
    const char *name = symbol_find(address, &offset);
    if (name)
        printk("%s+0x%lx (0x%lx)\n", name, offset, address);
    else
        printk("0x%lx\n", address);
}

void callers_print(uint64_t frame_pointer)
{
    enum { FRAMES_MAX = 24 };
    for (int i = 0; i < FRAMES_MAX && frame_pointer % 8 == 0; i++) {
        const uint64_t *frame = (const uint64_t *)(uintptr_t)frame_pointer;
        /* The kernel lies above all programs. */
        if (frame_pointer < USER_END || frame[FRAME_RETURN] == 0)
            return;
        printk("  called from ");
        callers_print_address(frame[FRAME_RETURN]);
        /* A stack is one page, and callers lie above. */
        uint64_t above = frame[FRAME_CALLER];
        if (above <= frame_pointer || above - frame_pointer > PAGE_SIZE)
            return;
        frame_pointer = above;
    }
}
