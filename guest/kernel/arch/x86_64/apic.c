/* Interrupts on a PC: each processor's local APIC, with a timer and messages to other processors;
 * and the I/O APIC, which turns the lines of devices into messages to one of them.
 *
 * All lines are level triggered, active high, and go to the first processor.
 * Source: SDM 3A, chapter 10; Intel 82093AA (I/O APIC) data sheet, 3.
 */
#include "guest/kernel/arch.h"
#include "guest/kernel/arch/x86_64/processor.h"
#include "guest/kernel/arch/x86_64/words.h"
#include "guest/kernel/boot_parse.h"
#include "guest/kernel/clock.h"
#include "guest/kernel/controller.h"
#include "guest/kernel/irq.h"
#include "guest/kernel/mmio.h"

#include <machine/io.h>

#define LOCAL_APIC ((uint64_t)0xfee00000)
#define IO_APIC    ((uint64_t)0xfec00000)

/* Registers of the local APIC. */
enum {
    ID = 0x20,
    TASK_PRIORITY = 0x80,
    END_OF_INTERRUPT = 0xb0,
    SPURIOUS = 0xf0,
    COMMAND = 0x300,
    COMMAND_TARGET = 0x310,
    TIMER = 0x320,
    TIMER_INITIAL = 0x380,
    TIMER_CURRENT = 0x390,
    TIMER_DIVIDE = 0x3e0,
};

enum {
    SPURIOUS_ENABLE = 1 << 8,
    COMMAND_FIXED = 0 << 8,
    COMMAND_INIT = 5 << 8,
    COMMAND_START = 6 << 8,
    COMMAND_PENDING = 1 << 12,
    COMMAND_ASSERT = 1 << 14,
    TIMER_MASKED = 1 << 16,
    DIVIDE_BY_1 = 0xb,
};

/* Registers of the I/O APIC: an index, and what is there. Line n has two words, from 0x10 + 2 n on.
 */
enum { IO_INDEX = 0, IO_DATA = 0x10, IO_LINES = 0x10, IO_LEVEL = 1 << 15 };

/* Written while booting, constant from then on. */
static struct {
    uint64_t timer_hz; /* of the timer; boot->ticks_per_second is the clock's */
} apic;

static uint32_t local_read(uint32_t offset)
{
    return mmio_read32((uint8_t *)arch_map(LOCAL_APIC) + offset);
}

static void local_write(uint32_t offset, uint32_t value)
{
    mmio_write32((uint8_t *)arch_map(LOCAL_APIC) + offset, value);
}

static void io_write(uint32_t index, uint32_t value)
{
    uint8_t *registers = arch_map(IO_APIC);
    mmio_write32(registers + IO_INDEX, index);
    mmio_write32(registers + IO_DATA, value);
}

uint64_t apic_id(void)
{
    return local_read(ID) >> 24;
}

void apic_end(void)
{
    local_write(END_OF_INTERRUPT, 0);
}

static void send(uint64_t target, uint32_t command)
{
    while (local_read(COMMAND) & COMMAND_PENDING)
        cpu_relax();
    local_write(COMMAND_TARGET, (uint32_t)target << 24);
    local_write(COMMAND, command | COMMAND_ASSERT);
}

void apic_send_init(uint64_t target)
{
    send(target, COMMAND_INIT);
}

void apic_send_start(uint64_t target, uint8_t page)
{
    send(target, COMMAND_START | page);
}

void arch_wake(struct cpu *cpu)
{
    send(cpu->hardware, COMMAND_FIXED | VECTOR_WAKE);
}

void apic_cpu_start(void)
{
    local_write(SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    local_write(TASK_PRIORITY, 0);
    local_write(TIMER_DIVIDE, DIVIDE_BY_1);
    local_write(TIMER, VECTOR_TIMER);
}

void arch_timer_set(uint64_t ticks)
{
    uint64_t now = clock_ticks();
    uint64_t rate = boot_get()->ticks_per_second;
    uint64_t count = 0; /* never */
    if (ticks != UINT64_MAX) {
        /* One that comes too early is set again: a second at most keeps the product in 64 bits. */
        uint64_t wait = ticks > now ? ticks - now : 0;
        if (wait > rate)
            wait = rate;
        count = wait * (apic.timer_hz / 1024) / (rate / 1024) + 1;
        if (count > UINT32_MAX)
            count = UINT32_MAX;
    }
    local_write(TIMER_INITIAL, (uint32_t)count);
}

/* Measures both clocks against channel 2 of the old timer chip, which counts down 1,193,182 times a
 * second, for a hundredth of a second. Source: Intel 8254 data sheet. */
static void measure(uint64_t *tsc_hz, uint64_t *timer_hz)
{
    enum { PIT_HZ = 1193182, PIT_CHANNEL_2 = 0x42, PIT_MODE = 0x43, GATE = 0x61, PARTS = 100 };
    enum { CHANNEL_2_ONE_SHOT = 0xb0, GATE_ON = 1, SPEAKER = 2, OUTPUT = 0x20 };
    const uint32_t count = PIT_HZ / PARTS;

    port_write8(GATE, (uint8_t)((port_read8(GATE) & ~SPEAKER) | GATE_ON));
    port_write8(PIT_MODE, CHANNEL_2_ONE_SHOT);
    port_write8(PIT_CHANNEL_2, (uint8_t)count);
    port_write8(PIT_CHANNEL_2, (uint8_t)(count >> 8)); /* from now on it counts */
    local_write(TIMER, TIMER_MASKED);
    local_write(TIMER_INITIAL, UINT32_MAX);
    uint64_t start = clock_ticks();
    while (!(port_read8(GATE) & OUTPUT))
        cpu_relax();
    *timer_hz = (uint64_t)(UINT32_MAX - local_read(TIMER_CURRENT)) * PARTS;
    *tsc_hz = (clock_ticks() - start) * PARTS;
    local_write(TIMER_INITIAL, 0);
}

/* The two controllers of older PCs get the same lines, and would interrupt for themselves. */
static void silence_old_controllers(void)
{
    enum { MASTER_MASK = 0x21, SLAVE_MASK = 0xa1, ALL = 0xff };
    if (boot_word("pic="))
        return;
    port_write8(MASTER_MASK, ALL);
    port_write8(SLAVE_MASK, ALL);
}

void apic_boot(void)
{
    struct boot *boot = boot_fill();
    uint64_t tsc_hz;
    uint64_t timer_hz;
    cpu_this()->hardware = apic_id();
    silence_old_controllers();
    local_write(SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    local_write(TIMER_DIVIDE, DIVIDE_BY_1);
    if (words_numbers("tsc_hz=", &tsc_hz, 1) + words_numbers("lapic_hz=", &timer_hz, 1) < 2)
        measure(&tsc_hz, &timer_hz);
    if (tsc_hz < 1000000 || timer_hz < 1000000)
        panic("the clocks count %lu and %lu times a second", tsc_hz, timer_hz);
    boot->ticks_per_second = tsc_hz;
    apic.timer_hz = timer_hz;
    apic_cpu_start();
}

/* The controller of irq.h. Each line has a vector of its own, by which trap.c knows it. */

static void line_enable(uint32_t line)
{
    if (line >= VECTOR_IRQ_END - VECTOR_IRQ)
        return;
    gates_add_line(line);
    io_write(IO_LINES + 2 * line + 1, (uint32_t)cpu_this()->hardware << 24);
    io_write(IO_LINES + 2 * line, IO_LEVEL | (VECTOR_IRQ + line));
}

static uint32_t line_claim(void)
{
    return processor_this()->claimed;
}

static void line_complete(uint32_t line)
{
    (void)line;
    processor_this()->claimed = 0;
    apic_end();
}

static const struct irq_controller controller = {
    .enable = line_enable,
    .claim = line_claim,
    .complete = line_complete,
    .cpu_start = apic_cpu_start,
};

void controller_boot(void)
{
    irq_set_controller(&controller);
}
