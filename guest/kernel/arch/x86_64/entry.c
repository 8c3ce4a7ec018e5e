/* How programs make system calls.
 *
 * `syscall` is the instruction for it, and quick. But where KVM emulates ring 0 it ends in a page
 * fault (trap.c), the dearest of all traps; there the shared page has code that uses the cheapest,
 * int3. The program file stays the same: its C library looks at AT_SYSINFO
 * (guest/lib/shared_page.h).
 *
 *   entry=syscall, entry=int3    a boot argument that decides; without it the kernel measures
 * itself
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

/* Whether this code runs as slowly as only emulated code does: two hundred instructions that take a
 * processor a fraction of a microsecond take an emulator fifty. */
static bool is_emulated(void)
{
    uint64_t ten_microseconds = boot_get()->ticks_per_second / 100000;
    uint64_t start = clock_ticks();
    uint64_t count = 100;
    __asm__ volatile("1: decq %0; jnz 1b" : "+r"(count));
    return clock_ticks() - start > ten_microseconds;
}

void arch_shared_page_init(void *page)
{
    static const uint8_t int3_ret[] = {0xcc, 0xc3};
    const char *wanted = boot_word("entry=");
    entry.by_int3 = wanted ? strcmp(wanted, "int3") == 0 : is_emulated();
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
