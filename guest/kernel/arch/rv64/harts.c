/* The processors and their tables: starting the other harts, waking them, loading address spaces.
 */
#include "guest/kernel/arch/rv64/harts.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/arch/rv64/csr.h"
#include "guest/kernel/arch/rv64/fdt.h"
#include "guest/kernel/arch/rv64/map.h"
#include "guest/kernel/arch/rv64/sbi.h"
#include "guest/kernel/cpu.h"
#include "guest/kernel/main.h"
#include "guest/kernel/page.h"

#include <machine/frame.h>
#include <machine/paging.h>

#include <string.h>

#define SATP_SV39 ((uint64_t)8 << 60)

enum { GIB_SHIFT = 30 };

uint8_t boot_cpu_page[PAGE_SIZE] __attribute__((aligned(4096)));

/* The kernel's own top table, in start.S. */
extern uint64_t boot_root[PAGING_ENTRIES];

/* In start.S. */
void secondary_start(void);
_Noreturn void hart_started(struct cpu *cpu);

/* Written while booting, constant from then on. */
static struct {
    size_t entries; /* of boot_root's upper half, from the first on, that map anything */
} map = {.entries = PAGING_ENTRIES / 2};

void map_set_end(uint64_t gpa)
{
    uint64_t entries = ((gpa - 1) >> GIB_SHIFT) + 1;
    if (entries > PAGING_ENTRIES / 2)
        panic("there is more memory than the kernel can map");
    map.entries = entries;
}

void arch_root_init(void *root)
{
    const size_t first = PAGING_ENTRIES / 2;
    memcpy((uint64_t *)root + first, boot_root + first, map.entries * sizeof(boot_root[0]));
}

void arch_space_load(const struct space *space)
{
    const void *root = space ? space->root : boot_root;
    uint64_t satp = SATP_SV39 | arch_gpa(root) / PAGE_SIZE;
    if (satp == CSR_READ(satp))
        return;
    CSR_WRITE(satp, satp);
    arch_flush_all();
}

void arch_flush_page(uint64_t address)
{
    __asm__ volatile("sfence.vma %0, zero" : : "r"(address) : "memory");
}

void arch_flush_all(void)
{
    /* Of this address space, which is number 0 as all are: so not of the kernel's global pages. */
    __asm__ volatile("sfence.vma zero, %0" : : "r"(0) : "memory");
}

void arch_code_changed(void)
{
    __asm__ volatile("fence.i" ::: "memory");
}

void arch_timer_set(uint64_t ticks)
{
    sbi_set_timer(ticks);
}

void arch_context_init(struct context *context, void *stack_top, void (*function)(void))
{
    *context = (struct context){.ra = (uintptr_t)function, .sp = (uintptr_t)stack_top};
}

void hart_init(void)
{
    CSR_WRITE(sie, 1 << INTERRUPT_SOFTWARE | 1 << INTERRUPT_TIMER | 1 << INTERRUPT_EXTERNAL);
}

void hart_started(struct cpu *cpu)
{
    hart_init();
    kernel_secondary(cpu);
}

void arch_wake(struct cpu *cpu)
{
    sbi_send_ipi(cpu->hardware);
}

static void start_hart(uint64_t hart)
{
    if (!memory_reserve(1))
        return;
    struct cpu *cpu = page_alloc(PAGE_ZEROED);
    cpu->hardware = hart;
    uint64_t entry = arch_gpa((const void *)(uintptr_t)secondary_start);
    if (!sbi_hart_start(hart, entry, (uintptr_t)cpu)) {
        printk("kernel: hart %lu cannot be started\n", hart);
        page_put(cpu);
        memory_release(1);
    }
}

void arch_start_secondaries(void)
{
    struct fdt_node cpu;
    size_t count = 1;
    bool more = fdt_find(&cpu, "/cpus") && fdt_child(&cpu, &cpu);
    for (; more; more = fdt_sibling(&cpu)) {
        uint64_t hart;
        uint64_t size;
        const char *type = fdt_text(&cpu, "device_type");
        if (type && strcmp(type, "cpu") == 0 && fdt_reg(&cpu, 0, &hart, &size) &&
            hart != cpu_this()->hardware && count < CPUS_MAX) {
            start_hart(hart);
            count++;
        }
    }
}

void arch_shared_page_init(void *page)
{
    (void)page; /* ecall is quick */
}

uint64_t arch_system_entry(uint64_t page)
{
    (void)page;
    return 0;
}

uint64_t arch_hwcap(void)
{
    /* Bit n stands for the extension with the n-th letter. */
    return 1 << ('I' - 'A') | 1 << ('M' - 'A') | 1 << ('A' - 'A');
}

const char *arch_name(void)
{
    return "riscv64";
}
