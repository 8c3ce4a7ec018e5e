/* Who called whom: the chain of frame pointers, for panic.
 *
 * The kernel is compiled with a frame pointer, s0, in every function:
 *
 *   s0 - 8    where this function returns to
 *   s0 - 16   the caller's s0
 */
#include "guest/kernel/arch.h"
#include "guest/kernel/arch/rv64/harts.h"
#include "guest/kernel/symbols.h"

void print_address(uint64_t address)
{
    uint64_t offset;
    const char *name = symbol_find(address, &offset);
    if (name)
        printk("%s+0x%lx (0x%lx)\n", name, offset, address);
    else
        printk("0x%lx\n", address);
}

void print_frames(uint64_t s0)
{
    enum { FRAMES_MAX = 24 };
    for (int i = 0; i < FRAMES_MAX && s0 % 8 == 0; i++) {
        const uint64_t *frame = (const uint64_t *)(uintptr_t)s0;
        if (s0 < (uint64_t)(uintptr_t)arch_map(0) || frame[-1] == 0)
            return;
        printk("  called from ");
        print_address(frame[-1]);
        /* A stack is one page, and callers lie above. */
        if (frame[-2] <= s0 || frame[-2] - s0 > PAGE_SIZE)
            return;
        s0 = frame[-2];
    }
}

void arch_print_callers(void)
{
    print_frames((uintptr_t)__builtin_frame_address(0));
}
