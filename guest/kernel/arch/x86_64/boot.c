/* Reading what the loader says there is: memory, the initrd, the boot arguments; and the way out.
 */
#include "guest/kernel/boot_parse.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/arch/x86_64/map.h"
#include "guest/kernel/arch/x86_64/processor.h"
#include "guest/kernel/arch/x86_64/start_info.h"
#include "guest/kernel/arch/x86_64/words.h"
#include "guest/kernel/holes.h"
#include "guest/kernel/main.h"
#include "guest/kernel/page.h"

#include <machine/io.h>

/* All memory below belongs to old devices, to the loader and to the trampoline. */
#define LOW_END ((uint64_t)1 << 20)
/* What tables.S maps of memory. */
#define MAP_END ((uint64_t)3 << 30)

/* In kernel.ld. */
extern uint8_t kernel_start[];
extern uint8_t kernel_end[];

static void find_initrd(struct boot *boot, const struct start_info *info)
{
    if (info->module_count == 0)
        return;
    const struct start_module *module = arch_map(info->modules);
    boot->initrd = module->gpa;
    boot->initrd_size = module->size;
    holes_reserve(boot->initrd, boot->initrd_size);
    memory_lend(boot->initrd, boot->initrd_size);
}

static void find_memory(const struct start_info *info)
{
    const struct memory_map_entry *map = arch_map(info->memory_map);
    holes_reserve(0, LOW_END);
    holes_reserve(arch_gpa(kernel_start), (uint64_t)(kernel_end - kernel_start));
    for (uint32_t i = 0; i < info->memory_map_count; i++) {
        if (map[i].type != MEMORY_MAP_RAM || map[i].gpa >= MAP_END)
            continue;
        uint64_t size = map[i].size < MAP_END - map[i].gpa ? map[i].size : MAP_END - map[i].gpa;
        holes_add_memory(map[i].gpa, size);
    }
}

/* Called by start.S on the first processor, on its own page's stack. */
_Noreturn void kernel_boot(struct processor *processor, uint64_t start_info);

void kernel_boot(struct processor *processor, uint64_t start_info)
{
    struct boot *boot = boot_fill();
    const struct start_info *info = arch_map(start_info);

    boot->start = clock_ticks();
    ring3_choose(info->command_line ? (const char *)arch_map(info->command_line) : "");
    gates_init();
    processor_init(processor);
    if (info->magic != START_INFO_MAGIC)
        panic("the loader's start_info has the wrong magic number, 0x%x", info->magic);
    boot_parse(info->command_line ? (const char *)arch_map(info->command_line) : "");
    find_initrd(boot, info);
    find_memory(info);
    apic_boot();
    kernel_main(&processor->cpu);
}

uint64_t arch_seed(void)
{
    return clock_ticks();
}

uint64_t arch_hwcap(void)
{
    return 0; /* on Linux a word of CPUID, which programs ask themselves */
}

const char *arch_name(void)
{
    return "x86_64";
}

/* Before there is a driver: the UART by itself, which takes a byte whenever it can. */
void arch_console_write(const char *text, size_t length)
{
    enum { COM1 = 0x3f8, STATE = 5, STATE_CAN_SEND = 32 };
    for (size_t i = 0; i < length; i++) {
        while (!(port_read8(COM1 + STATE) & STATE_CAN_SEND))
            cpu_relax();
        port_write8(COM1, (uint8_t)text[i]);
    }
}

int arch_console_read(void)
{
    return -1;
}

void arch_power_off(int status)
{
    enum { FINISHER_PASS = 0x5555, FINISHER_FAIL = 0x3333 };
    uint64_t power[2];
    switch (words_numbers("power=", power, ARRAY_SIZE(power))) {
    case 1:
        mmio_write32(arch_map(power[0]),
                     status == 0 ? FINISHER_PASS : (uint32_t)(status & 0xff) << 16 | FINISHER_FAIL);
        break;
    case 2:
        /* That machine cannot be given a status: it is said. */
        printk("kernel: power off, status %d\n", status);
        port_write16((uint16_t)power[0], (uint16_t)power[1]);
        break;
    default: printk("kernel: the end, status %d; the machine may be switched off\n", status);
    }
    for (;;) {
        if (ring3_is_on())
            cpu_relax();
        else
            __asm__ volatile("cli; hlt");
    }
}
