/* Whether the kernel runs in ring 3, and what that takes; ring3.S says how and why.
 *
 *   ring=0, ring=3    the first boot argument may decide; without it the kernel measures itself
 */
#include "guest/kernel/arch.h"
#include "guest/kernel/arch/x86_64/processor.h"

#include <machine/cpu.h>

#include <string.h>

/* Written once, while booting; trap.S reads it. */
bool ring3_on;

/* In ring3.S. */
void ring3_from_breakpoint(void);
void ring3_from_trap(void);

/* The stack of a panic that began in ring 0. */
uint8_t ring3_last_stack[PAGE_SIZE] __attribute__((aligned(4096)));

/* How many ticks of its clock a processor takes for so many turns of a loop: the best of three, as
 * others may want it, too. */
static uint64_t ticks_for(uint64_t turns)
{
    uint64_t best = UINT64_MAX;
    for (int i = 0; i < 3; i++) {
        uint64_t count = turns;
        uint64_t start = clock_ticks();
        __asm__ volatile("1: decq %0; jnz 1b" : "+r"(count));
        uint64_t ticks = clock_ticks() - start;
        best = ticks < best ? ticks : best;
    }
    return best;
}

/* Whether this code runs as slowly as only emulated code does: a hundred instructions take a
 * processor a hundred ticks, an emulator fifty thousand. Reading the clock may be dear itself. */
static bool is_emulated(void)
{
    const uint64_t ticks_at_most = 20000;
    uint64_t few = ticks_for(4);
    uint64_t many = ticks_for(54);
    return many > few && many - few > ticks_at_most;
}

/* The kernel changes gs without ring 0. Source: SDM 2A, CPUID: leaf 7, EBX[0]. */
static bool has_fsgsbase(void)
{
    uint32_t leaf = 7;
    uint32_t features;
    uint32_t subleaf = 0;
    uint32_t edx;
    __asm__ volatile("cpuid" : "+a"(leaf), "=b"(features), "+c"(subleaf), "=d"(edx));
    return features & 1;
}

void ring3_choose(const char *arguments)
{
    bool said = strncmp(arguments, "ring=", 5) == 0;
    ring3_on = (said ? arguments[5] == '3' : is_emulated()) && has_fsgsbase();
}

bool ring3_is_on(void)
{
    return ring3_on;
}

bool arch_tables_are_dear(void)
{
    return ring3_on; /* under emulated ring 0, they are shadowed */
}

void ring3_init(struct processor *processor)
{
    struct ring3 *ring3 = &processor->ring3;
    const uint64_t end = (uintptr_t)&ring3->enter_breakpoint;
    uint64_t cr4;
    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("movq %0, %%cr4" : : "r"(cr4 | CR4_FSGSBASE));
    ring3->tss.rsp[0] = end;
    ring3->ports[sizeof(ring3->ports) - 1] = 0xff;
    /* rsp: where ring 0 has saved rax. */
    ring3->enter_breakpoint =
        (struct return_frame){(uintptr_t)ring3_from_breakpoint, USER_CS, 2, end - 48, USER_SS};
    ring3->enter_trap =
        (struct return_frame){(uintptr_t)ring3_from_trap, USER_CS, 2, end - 64, USER_SS};
}
