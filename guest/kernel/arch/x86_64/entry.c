/* How programs make system calls.
 *
 * `syscall` is the instruction for it, and quick. But where KVM emulates ring 0 it ends in a page
 * fault (trap.c), the dearest of all traps; there the shared page has code that uses the cheapest,
 * int3. The program file stays the same: its C library looks at AT_SYSINFO
 * (guest/lib/shared_page.h).
 *
 *   entry=syscall, entry=int3    a boot argument that decides; int3 is the
 * default of a kernel that runs in ring 3 (ring3.c)
 */
#include "guest/kernel/arch.h"
#include "guest/kernel/arch/x86_64/processor.h"
#include "guest/kernel/boot.h"
#include "guest/lib/shared_page.h"

#include <machine/paging.h>

#include <string.h>

/* Written while booting, constant from then on. */
static struct {
    bool by_int3;
} entry;

void arch_shared_page_init(void *page)
{
    static const uint8_t int3_ret[] = {0xcc, 0xc3};
    const char *wanted = boot_word("entry=");
    entry.by_int3 = wanted ? strcmp(wanted, "int3") == 0 : ring3_is_on();
    if (entry.by_int3)
        memcpy((uint8_t *)page + SHARED_PAGE_CODE, int3_ret, sizeof(int3_ret));
}

uint64_t arch_system_entry(uint64_t page)
{
    return entry.by_int3 ? page + SHARED_PAGE_CODE : 0;
}

bool entry_is_at(uint64_t address)
{
    return entry.by_int3 && address == USER_SHARED + SHARED_PAGE_CODE + 1;
}
