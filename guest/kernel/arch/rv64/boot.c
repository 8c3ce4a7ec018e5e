/* Reading what the firmware says there is: memory, the initrd, the boot arguments, the way out. */
#include "guest/kernel/boot_parse.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/arch/rv64/fdt.h"
#include "guest/kernel/arch/rv64/harts.h"
#include "guest/kernel/arch/rv64/sbi.h"
#include "guest/kernel/cpu.h"
#include "guest/kernel/holes.h"
#include "guest/kernel/main.h"
#include "guest/kernel/page.h"

#include <string.h>

/* Written while booting, constant from then on. */
static struct {
    volatile uint32_t *finisher; /* the power-off device; NULL: there is none */
} power;

/* In kernel.ld. */
extern uint8_t kernel_start[];
extern uint8_t kernel_end[];

static void find_reserved(uint64_t tree)
{
    uint64_t start;
    uint64_t size;
    holes_reserve(arch_gpa(kernel_start), (uint64_t)(kernel_end - kernel_start));
    holes_reserve(tree, fdt_size());
    for (uint32_t i = 0; fdt_reservation(i, &start, &size); i++)
        holes_reserve(start, size);

    struct fdt_node node;
    if (fdt_find(&node, "/reserved-memory")) {
        bool more = fdt_child(&node, &node);
        for (; more; more = fdt_sibling(&node)) {
            for (uint32_t i = 0; fdt_reg(&node, i, &start, &size); i++)
                holes_reserve(start, size);
        }
    }
}

static void find_memory(void)
{
    uint64_t end = 0;
    uint64_t start;
    uint64_t size;
    struct fdt_node node;
    /* They are children of the root. */
    bool more = fdt_find(&node, "/") && fdt_child(&node, &node);
    for (; more; more = fdt_sibling(&node)) {
        const char *type = fdt_text(&node, "device_type");
        if (!type || strcmp(type, "memory") != 0)
            continue;
        for (uint32_t i = 0; fdt_reg(&node, i, &start, &size); i++) {
            holes_add_memory(start, size);
            if (start + size > end)
                end = start + size;
        }
    }
    map_set_end(end);
}

static void find_initrd(struct boot *boot, const struct fdt_node *chosen)
{
    uint64_t end;
    if (!fdt_u64(chosen, "linux,initrd-start", &boot->initrd) ||
        !fdt_u64(chosen, "linux,initrd-end", &end) || end <= boot->initrd)
        return;
    boot->initrd_size = end - boot->initrd;
    holes_reserve(boot->initrd, boot->initrd_size);
    memory_lend(boot->initrd, boot->initrd_size);
}

static void find_finisher(void)
{
    struct fdt_node node;
    uint64_t base;
    uint64_t size;
    if (fdt_find_compatible(&node, NULL, "sifive,test0") && fdt_reg(&node, 0, &base, &size))
        power.finisher = arch_map(base);
}

/* Called by start.S on the first processor, on its own page's stack. */
_Noreturn void kernel_boot(uint64_t hart, uint64_t tree);

void kernel_boot(uint64_t hart, uint64_t tree)
{
    struct boot *boot = boot_fill();
    struct cpu *cpu = cpu_this();
    struct fdt_node node;
    uint32_t rate;

    boot->start = clock_ticks();
    cpu->hardware = hart;
    sbi_init();
    fdt_init(arch_map(tree));
    find_finisher();
    if (!fdt_find(&node, "/cpus") || !fdt_u32(&node, "timebase-frequency", 0, &rate) || rate == 0)
        panic("the device tree does not say how fast the clock is");
    boot->ticks_per_second = rate;
    if (fdt_find(&node, "/chosen")) {
        const char *arguments = fdt_text(&node, "bootargs");
        boot_parse(arguments ? arguments : "");
        find_initrd(boot, &node);
    }
    find_reserved(tree);
    find_memory();
    hart_init();
    kernel_main(cpu);
}

uint64_t arch_seed(void)
{
    struct fdt_node chosen;
    uint32_t size;
    uint64_t seed = clock_ticks();
    const uint8_t *bytes =
        fdt_find(&chosen, "/chosen") ? fdt_property(&chosen, "rng-seed", &size) : NULL;
    for (uint32_t i = 0; bytes && i < size; i++)
        seed = (seed << 7 | seed >> 57) ^ bytes[i];
    return seed;
}

void arch_console_write(const char *text, size_t length)
{
    sbi_console_write(text, length);
}

int arch_console_read(void)
{
    return sbi_console_read();
}

bool arch_tables_are_dear(void)
{
    return false;
}

void arch_power_off(int status)
{
    /* The firmware's call has no place for a status, but the power-off device does. */
    enum { FINISHER_FAIL = 0x3333 };
    if (status != 0 && power.finisher)
        *power.finisher = (uint32_t)(status & 0xff) << 16 | FINISHER_FAIL;
    sbi_shutdown(status != 0);
    for (;;)
        __asm__ volatile("wfi");
}
