/* A processor, with what this architecture needs of it besides struct cpu. It is one page: this at
 * its start, the idle stack at its end.
 *
 * Also: the parts of this folder that other parts of it call.
 */
#ifndef TRIVIUM_GUEST_KERNEL_ARCH_X86_64_PROCESSOR_H
#define TRIVIUM_GUEST_KERNEL_ARCH_X86_64_PROCESSOR_H

#include <stddef.h>

#include "guest/kernel/arch/x86_64/segments.h"
#include "guest/kernel/cpu.h"

/* The task state segment: the stacks that the processor changes to. Source: SDM 3A, 7.7. */
struct tss {
    uint32_t reserved0;
    uint64_t rsp[3]; /* for traps from a lower privilege to ring 0, 1, 2 */
    uint64_t reserved1;
    uint64_t ist[7]; /* for gates that ask for one of these, whatever the privilege */
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map; /* where the map of permitted ports starts; behind the limit: none */
} __attribute__((packed));

_Static_assert(sizeof(struct tss) == 104, "SDM 3A, figure 7-11");

enum { GDT_ENTRIES = 8 };

struct processor {
    struct cpu cpu;
    uint8_t gap[PROCESSOR_SELF - sizeof(struct cpu)];
    struct cpu *self;  /* constant: where this is */
    uint64_t stack;    /* where a system call finds the stack of the current process: its end */
    uint64_t user_sp;  /* the program's rsp, for the few instructions until it is pushed */
    uint64_t reserved; /* aligns what follows so that rsp[0] is not */
    struct tss tss;    /* rsp[0] is `stack` again, for traps */
    uint64_t gdt[GDT_ENTRIES];
    uint32_t claimed; /* own: the line of the device interrupt that is being handled */
};

_Static_assert(offsetof(struct processor, self) == PROCESSOR_SELF, "segments.h");
_Static_assert(offsetof(struct processor, stack) == PROCESSOR_STACK, "segments.h");
_Static_assert(offsetof(struct processor, user_sp) == PROCESSOR_USER_SP, "segments.h");
_Static_assert(offsetof(struct processor, tss.rsp) == PROCESSOR_RSP0, "segments.h");
_Static_assert(sizeof(struct processor) <= PAGE_SIZE / 2, "the rest is the idle stack");

/* This one. */
static inline struct processor *processor_this(void)
{
    return (struct processor *)(void *)cpu_this();
}

/* Makes the page of a processor ready: `cpu_this()` works on it from then on, traps are taken,
 * programs can run. */
void processor_init(struct processor *processor);

/* Sets the gates of exceptions and of the local APIC's interrupts (gates.c): once, before the first
 * processor_init(). */
void gates_init(void);
/* And of a device's line, while booting. */
void gates_add_line(uint32_t line);
/* Makes this processor use them. */
void gates_load(void);

/* Where the vectors of interrupts begin. */
enum {
    VECTOR_IRQ = 0x30, /* line n of the I/O APIC is vector VECTOR_IRQ + n */
    VECTOR_IRQ_END = VECTOR_IRQ + 24,
    VECTOR_TIMER = 0x50,
    VECTOR_WAKE = 0x51,
    VECTOR_SPURIOUS = 0xff,
};

/* Whether an int3 whose end is at that address of a program's is its way to make a system call
 * (entry.c). */
bool entry_is_at(uint64_t address);

/* The local APIC (apic.c). */
void apic_boot(void); /* once: finds out how fast it and the clock are */
void apic_cpu_start(void);
void apic_end(void); /* of the interrupt that is being handled */
void apic_send_init(uint64_t apic);
void apic_send_start(uint64_t apic, uint8_t page); /* real mode, at page << 12 */
uint64_t apic_id(void);

#endif
