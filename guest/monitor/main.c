/*
 * main.c: the monitor from its start to its guest's end; see guest.h.
 *
 *     trivium run --plant --kernel monitor --initrd tiny
 *     qemu-system-riscv64 -M virt -nographic -kernel monitor -initrd tiny
 *
 * (Both files are in build/guest/rv64.)
 *
 * The guest is a flat image, as a loader would put it at GUEST_BASE; the same file runs bare, as
 * --kernel. --append no-patch leaves planted instructions as they are; --append exits tells what
 * the guest came back for. The monitor's own lines begin with "monitor: ".
 */
#include "guest/kernel/arch/rv64/fdt.h"
#include "guest/monitor/guest.h"
#include "guest/monitor/map.h"

#include <stdio.h>
#include <string.h>

_Static_assert(offsetof(struct guest, pc) == GUEST_PC, "map.h");
_Static_assert(offsetof(struct guest, monitor_sp) == GUEST_SP, "map.h");

void guest_enter(struct guest *guest); /* enter.S */
_Noreturn void monitor_main(uint64_t tree);
_Noreturn void monitor_died(uint64_t cause, uint64_t pc, uint64_t value);

extern const uint8_t monitor_start[], monitor_constants_end[];

static struct guest guest;
static uint8_t ram[GUEST_SIZE] __attribute__((aligned(GUEST_PAGE)));
static uint8_t copies[GUEST_SIZE] __attribute__((aligned(GUEST_PAGE)));
static uint64_t tables[GUEST_TABLES][512] __attribute__((aligned(GUEST_PAGE)));

static void say(const char *text)
{
    for (; *text != '\0'; text++)
        host_put(*text);
}

static _Noreturn void die(const char *text)
{
    say("monitor: ");
    say(text);
    say("\n");
    host_off(125);
}

void monitor_died(uint64_t cause, uint64_t pc, uint64_t value)
{
    char text[128];

    snprintf(text, sizeof text, "I have made a mistake myself: scause %lu at 0x%lx, stval 0x%lx",
             cause, pc, value);
    die(text);
}

/* What fdt.c calls when there is no tree. */
void panic_in(const char *function, const char *format, ...)
{
    (void)function;
    die(format);
}

static void *mapped(uint64_t hpa)
{
    return (void *)(MONITOR_MAP + hpa); // NOLINT(performance-no-int-to-ptr)
}

static uint64_t hpa_of(const void *address)
{
    return (uint64_t)address - MONITOR_MAP;
}

/* Is that one of the words of the kernel's arguments? */
static bool is_asked(const char *arguments, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = arguments; at != NULL; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, word, length) == 0 && (at[length] == '\0' || at[length] == ' '))
            return true;
    }
    return false;
}

/* Puts the initrd where the guest's kernel begins. */
static void load(const struct fdt_node *chosen)
{
    uint64_t start, end;

    if (!fdt_u64(chosen, "linux,initrd-start", &start) ||
        !fdt_u64(chosen, "linux,initrd-end", &end) || end <= start)
        die("there is no guest: give a flat kernel as --initrd FILE");
    if (end - start > GUEST_SIZE)
        die("the guest does not fit into its 1 MiB");
    memcpy(ram, mapped(start), end - start);
}

/* All that must not change while the guest runs: instructions and constants. */
static uint64_t own_sum(void)
{
    uint64_t sum = 0;

    for (const uint8_t *at = monitor_start; at < monitor_constants_end; at++)
        sum = sum * 31 + *at;
    return sum;
}

static void run(void)
{
    uint64_t cause, value;

    while (!guest.ended) {
        /* In virtual S mode the counters can be read; in U mode as the guest's kernel says. */
        __asm__ volatile(
            "csrw scounteren, %0" ::"r"(guest.mode == VIRTUAL_S ? 7 : guest.scounteren));
        guest_enter(&guest);
        __asm__ volatile("csrr %0, scause" : "=r"(cause));
        __asm__ volatile("csrr %0, stval" : "=r"(value));
        guest_exit(&guest, cause, value);
    }
}

static void tell_exits(void)
{
    static const char *const names[EXIT_COUNT] = {
        [EXIT_CSR] = "csr",       [EXIT_SRET] = "sret",     [EXIT_WFI] = "wfi",
        [EXIT_FENCE] = "fence",   [EXIT_SBI] = "sbi",       [EXIT_PATCHED] = "patched",
        [EXIT_MEMORY] = "memory", [EXIT_ACCESS] = "access", [EXIT_TRAP] = "trap",
        [EXIT_TIMER] = "timer",
    };
    char text[64];

    say("monitor: exits:");
    for (unsigned i = 0; i < EXIT_COUNT; i++) {
        snprintf(text, sizeof text, " %s %lu", names[i], guest.exits[i]);
        say(text);
    }
    say("\n");
}

void monitor_main(uint64_t tree)
{
    struct fdt_node chosen;
    const char *arguments;
    uint64_t sum = own_sum();
    char text[128];

    fdt_init(mapped(tree));
    if (!fdt_find(&chosen, "/chosen"))
        die("the device tree has no /chosen");
    arguments = fdt_text(&chosen, "bootargs");
    load(&chosen);
    guest = (struct guest){.pc = GUEST_BASE,
                           .mode = VIRTUAL_S,
                           .ram = ram,
                           .copies = copies,
                           .ram_hpa = hpa_of(ram),
                           .copies_hpa = hpa_of(copies),
                           .tables = tables,
                           .tables_hpa = hpa_of(tables),
                           .patches = !is_asked(arguments, "no-patch")};
    guest_drop(&guest);
    __asm__ volatile("csrw satp, %0" ::"r"(UINT64_C(8) << 60 | guest.tables_hpa >> 12));
    host_fence(true);
    __asm__ volatile("csrw sie, %0" ::"r"(TIMER_BIT));
    run();
    host_timer(UINT64_MAX);
    if (guest.death != NULL) {
        snprintf(text, sizeof text, "monitor: the guest is dead: %s, pc 0x%lx, cause %lu\n",
                 guest.death, guest.pc, guest.scause);
        say(text);
    }
    if (is_asked(arguments, "exits"))
        tell_exits();
    if (own_sum() != sum)
        die("somebody has changed me");
    host_off(guest.status);
}
