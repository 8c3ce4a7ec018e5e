/* The processors: their tables and registers, starting the other ones, loading address spaces. */
#include "guest/kernel/arch/x86_64/processor.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/arch/x86_64/map.h"
#include "guest/kernel/arch/x86_64/words.h"
#include "guest/kernel/clock.h"
#include "guest/kernel/main.h"
#include "guest/kernel/page.h"

#include <machine/context.h>
#include <machine/frame.h>
#include <machine/paging.h>

#include <string.h>

uint8_t boot_cpu_page[PAGE_SIZE] __attribute__((aligned(4096)));

/* In tables.S. */
extern uint64_t boot_root[PAGING_ENTRIES];

/* In start.S. */
extern const uint8_t trampoline[];
extern const uint8_t trampoline_end[];
_Noreturn void secondary_boot(struct processor *processor);
/* In trap.S. */
void syscall_entry(void);
/* In ring3.S. */
void ring3_syscall(void);

/* The processor that is being started reads it; then it is the next one's. */
struct processor *secondary_cpu;

/* For the few words that can still be said when a kernel stack is unusable. */
static uint8_t double_fault_stack[PAGE_SIZE] __attribute__((aligned(4096)));

static void msr_write(uint32_t number, uint64_t value)
{
    __asm__ volatile("wrmsr"
                     :
                     : "c"(number), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
}

/* The segments: the same for all processors, but for the descriptor of the TSS. See segments.h. */
static void gdt_init(struct processor *processor, uint64_t tss, uint64_t tss_size)
{
    uint64_t *gdt = processor->gdt;
    gdt[KERNEL_CS / 8] = 0x00af9b000000ffff;
    gdt[KERNEL_SS / 8] = 0x00cf93000000ffff;
    gdt[USER_SS / 8] = 0x00cff3000000ffff;
    gdt[USER_CS / 8] = 0x00affb000000ffff;
    /* An available 64-bit TSS; its base is in four pieces. SDM 3A, figure 7-4. */
    gdt[TSS_SELECTOR / 8] =
        (tss_size - 1) | (tss & 0xffffff) << 16 | (uint64_t)0x89 << 40 | (tss >> 24 & 0xff) << 56;
    gdt[TSS_SELECTOR / 8 + 1] = tss >> 32;
}

void processor_init(struct processor *processor)
{
    const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) gdt = {sizeof(processor->gdt) - 1, (uintptr_t)processor->gdt};
    const uint16_t tss = TSS_SELECTOR;
    /* Interrupts off, forwards, no single steps, no alignment checks: IF DF TF AC. */
    const uint64_t flags_cleared = 1 << 9 | 1 << 10 | 1 << 8 | 1 << 18;

    processor->self = &processor->cpu;
    struct tss *used = ring3_is_on() ? &processor->ring3.tss : &processor->tss;
    used->ist[0] = (uintptr_t)double_fault_stack + sizeof(double_fault_stack);
    used->io_map = sizeof(*used);
    gdt_init(processor, (uintptr_t)used,
             sizeof(*used) + (ring3_is_on() ? sizeof(processor->ring3.ports) : 0));
    __asm__ volatile("lgdt %0; ltr %1" : : "m"(gdt), "r"(tss));
    gates_load();
    msr_write(MSR_GS_BASE, (uintptr_t)processor);
    msr_write(MSR_KERNEL_GS, ring3_is_on() ? (uintptr_t)processor : 0);
    msr_write(MSR_STAR, (uint64_t)SYSRET_BASE << 48 | (uint64_t)KERNEL_CS << 32);
    msr_write(MSR_LSTAR, (uintptr_t)(ring3_is_on() ? ring3_syscall : syscall_entry));
    msr_write(MSR_SFMASK, flags_cleared);
    __asm__ volatile("fninit");
    if (ring3_is_on()) {
        ring3_init(processor);
        ring3_enter(processor);
    }
}

void arch_root_init(void *root)
{
    uint64_t *entries = root;
    entries[KERNEL_MAP_ENTRY] = boot_root[KERNEL_MAP_ENTRY];
    entries[KERNEL_IMAGE_ENTRY] = boot_root[KERNEL_IMAGE_ENTRY];
}

static void root_load(uint64_t gpa)
{
    __asm__ volatile("movq %0, %%cr3" : : "r"(gpa) : "memory");
}

static uint64_t root_loaded(void)
{
    uint64_t gpa;
    __asm__ volatile("movq %%cr3, %0" : "=r"(gpa));
    return gpa;
}

void arch_space_load(const struct space *space)
{
    uint64_t gpa = arch_gpa(space ? space->root : (const void *)boot_root);
    if (ring3_is_on())
        processor_this()->ring3.root = gpa; /* it is loaded on the way to the program */
    else if (gpa != root_loaded())
        root_load(gpa);
}

void arch_flush_page(uint64_t address)
{
    if (!ring3_is_on())
        __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

void arch_flush_all(void)
{
    if (!ring3_is_on())
        root_load(root_loaded());
}

void arch_code_changed(void)
{
    /* The processor sees to it itself. SDM 3A, 11.6. */
}

/* What a program finds in its vector registers: nothing. As fxsave64 lays it out. */
static const struct {
    uint16_t control; /* x87: round to nearest, no exceptions */
    uint16_t rest[11];
    uint32_t mxcsr; /* the same for SSE */
    uint32_t registers[121];
} clean_vectors __attribute__((aligned(16))) = {.control = 0x37f, .mxcsr = 0x1f80};

_Static_assert(sizeof(clean_vectors) == 512, "fxrstor64 reads 512 bytes");

void arch_frame_init(struct trap_frame *frame, uint64_t entry, uint64_t sp)
{
    const uint64_t interrupts_on = 1 << 9;
    *frame = (struct trap_frame){
        .rip = entry,
        .cs = USER_CS,
        .rflags = interrupts_on | 2,
        .rsp = sp,
        .ss = USER_SS,
    };
    __asm__ volatile("fxrstor64 %0" : : "m"(clean_vectors));
}

void arch_frame_set_result(struct trap_frame *frame, int64_t value)
{
    frame->rax = (uint64_t)value;
}

void arch_context_init(struct context *context, void *stack_top, void (*function)(void))
{
    enum { REGISTERS = 6 };
    uint64_t *stack = stack_top;
    stack[-1] = 0; /* where the function would return to */
    stack[-2] = (uintptr_t)function;
    memset(&stack[-2 - REGISTERS], 0, REGISTERS * sizeof(*stack));
    context->rsp = (uintptr_t)&stack[-2 - REGISTERS];
    /* Those of the process that calls: a forked child has its parent's. */
    __asm__ volatile("fxsave64 %0" : "=m"(context->vectors));
}

void secondary_boot(struct processor *processor)
{
    processor_init(processor);
    apic_cpu_start();
    __atomic_store_n(&secondary_cpu, NULL, __ATOMIC_RELEASE);
    kernel_secondary(&processor->cpu);
}

/* Starts the processor with that local APIC, and waits until it runs. */
static void start_processor(uint64_t apic)
{
    if (!memory_reserve(1))
        return;
    struct processor *processor = page_alloc(PAGE_ZEROED);
    uint64_t patience = clock_ticks() + clock_ticks_of(NS_PER_SECOND / 4);
    processor->cpu.hardware = apic;
    secondary_cpu = processor;
    apic_send_init(apic);
    apic_send_start(apic, TRAMPOLINE / PAGE_SIZE);
    while (__atomic_load_n(&secondary_cpu, __ATOMIC_ACQUIRE)) {
        if (clock_ticks() > patience)
            panic("processor %lu does not start", apic);
        cpu_relax();
    }
}

void arch_start_secondaries(void)
{
    uint64_t count = 1;
    words_numbers("cpus=", &count, 1);
    if (count > CPUS_MAX)
        count = CPUS_MAX;
    if (count > 1)
        memcpy(arch_map(TRAMPOLINE), trampoline, (size_t)(trampoline_end - trampoline));
    for (uint64_t apic = 0, started = 1; started < count; apic++) {
        if (apic == cpu_this()->hardware)
            continue;
        start_processor(apic);
        started++;
    }
}
