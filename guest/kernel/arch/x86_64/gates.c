/* The interrupt descriptor table: a gate for each vector.
 *
 *   word 0:  | offset 31..16 | P DPL 0 1110 | 00000 IST | selector | offset 15..0 |
 *   word 1:  |                    0         |            offset 63..32            |
 *
 * 1110 is an interrupt gate: it switches interrupts off. Programs may use `int3` (DPL 3), and no
 * other vector by an instruction. Source: SDM 3A, 6.14.1.
 */
#include "guest/kernel/arch/x86_64/processor.h"

enum { VECTORS = 256, VECTOR_BREAKPOINT = 3, VECTOR_DOUBLE_FAULT = 8 };
enum { EXCEPTION_LAST = 21, STUB_SIZE = 16 };
enum { GATE_PRESENT = 0x8e, GATE_FOR_PROGRAMS = 0x60 };

/* In trap.S. */
extern const uint8_t trap_stubs[];
/* In ring3.S. */
extern const uint8_t ring3_stubs[];
extern const uint8_t ring3_breakpoint[];

/* Written once, while booting. */
static struct {
    uint64_t words[VECTORS][2];
} gates __attribute__((aligned(4096)));

static void gate_set(uint32_t vector, uint64_t flags, uint64_t stack)
{
    bool in_ring3 = ring3_is_on() && vector != VECTOR_DOUBLE_FAULT;
    uint64_t offset =
        (uintptr_t)(in_ring3 ? ring3_stubs : trap_stubs) + (uint64_t)vector * STUB_SIZE;
    if (in_ring3 && vector == VECTOR_BREAKPOINT)
        offset = (uintptr_t)ring3_breakpoint;
    gates.words[vector][0] = (offset & 0xffff) | (uint64_t)KERNEL_CS << 16 | stack << 32 |
                             (GATE_PRESENT | flags) << 40 | (offset >> 16 & 0xffff) << 48;
    gates.words[vector][1] = offset >> 32;
}

void gates_init(void)
{
    for (uint32_t vector = 0; vector <= EXCEPTION_LAST; vector++)
        gate_set(vector, vector == VECTOR_BREAKPOINT ? GATE_FOR_PROGRAMS : 0,
                 vector == VECTOR_DOUBLE_FAULT ? 1 : 0);
    gate_set(VECTOR_TIMER, 0, 0);
    gate_set(VECTOR_WAKE, 0, 0);
    gate_set(VECTOR_SPURIOUS, 0, 0);
}

void gates_add_line(uint32_t line)
{
    gate_set(VECTOR_IRQ + line, 0, 0);
}

void gates_load(void)
{
    const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) pointer = {sizeof(gates.words) - 1, (uintptr_t)gates.words};
    __asm__ volatile("lidt %0" : : "m"(pointer));
}
