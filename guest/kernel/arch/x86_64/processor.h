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

#include <machine/frame.h>

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

enum { GDT_ENTRIES = 8, PORTS_MAPPED = 2048 };

/* A program's state, as a trap leaves it in ring 0: what iretq takes. */
struct return_frame {
    uint64_t rip, cs, rflags, rsp, ss;
};

/* What a kernel in ring 3 needs; ring3.S says how. */
struct ring3 {
    struct tss tss; /* in place of the other one; rsp[0] is the end of `stack` */
    uint8_t ports[PORTS_MAPPED / 8 + 1]; /* 0: the port may be used; the last is 0xff */
    uint8_t gap[7];
    uint8_t stack[336];                   /* ring 0's */
    struct return_frame enter_breakpoint; /* constant: into the kernel after an int3, */
    struct return_frame enter_trap;       /* and after any other trap */
    struct trap_frame leave;              /* back to the program */
    uint64_t root;                        /* gpa of the top table of the current process */
    uint64_t fault;                       /* cr2, of a page fault */
};

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
    uint32_t reserved2[13];
    struct ring3 ring3;
};

_Static_assert(offsetof(struct processor, self) == PROCESSOR_SELF, "segments.h");
_Static_assert(offsetof(struct processor, stack) == PROCESSOR_STACK, "segments.h");
_Static_assert(offsetof(struct processor, user_sp) == PROCESSOR_USER_SP, "segments.h");
_Static_assert(offsetof(struct processor, tss.rsp) == PROCESSOR_RSP0, "segments.h");
_Static_assert(offsetof(struct processor, ring3.tss.io_map) == RING3_IO_MAP, "segments.h");
_Static_assert(offsetof(struct ring3, ports) == RING3_IO_MAP_OF_KERNEL, "segments.h");
_Static_assert(offsetof(struct processor, ring3.enter_breakpoint) == RING3_STACK_END, "segments.h");
_Static_assert(offsetof(struct processor, ring3.enter_trap) == RING3_ENTER_TRAP, "segments.h");
_Static_assert(offsetof(struct processor, ring3.leave) == RING3_LEAVE, "segments.h");
_Static_assert(offsetof(struct processor, ring3.root) == RING3_ROOT, "segments.h");
_Static_assert(offsetof(struct processor, ring3.fault) == RING3_FAULT, "segments.h");
_Static_assert(RING3_STACK_END % 16 == 0, "the processor aligns what it pushes");
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

/* Decides whether the kernel runs in ring 3 (ring3.c): once, before anything below. */
void ring3_choose(const char *arguments);
bool ring3_is_on(void);
/* Makes a processor's part of it ready; where the processor is to go, processor_init() ends in
 * ring 3.
 */
void ring3_init(struct processor *processor);
/* In ring3.S: goes on in ring 3. */
void ring3_enter(struct processor *processor);
/* Waits for an interrupt in ring 0; returns its vector. */
uint64_t ring3_wait(void);

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
