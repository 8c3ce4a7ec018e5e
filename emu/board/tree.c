/* tree.c: writing the device tree, node by node; see tree.h. */
#include "emu/board/tree.h"

#include <assert.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "dev/clint.h"
#include "dev/plic.h"
#include "dev/syscon.h"
#include "dev/uart.h"
#include "dev/virtio_mmio.h"
#include "emu/board/map.h"

/* Names by which nodes refer to each other; a hart's interrupt controller is PHANDLE_HART + hart.
 */
enum { PHANDLE_PLIC = 1, PHANDLE_SYSCON = 2, PHANDLE_HART = 16 };

/* Interrupts of a hart's own, as in mcause. */
enum { HART_M_SOFTWARE = 3, HART_M_TIMER = 7, HART_S_EXTERNAL = 9, HART_M_EXTERNAL = 11 };

/* A tree being written. After the first failure, nothing more is done. */
struct writer {
    void *blob;
    int failed; /* libfdt's reason, or 0 */
};

static void note(struct writer *writer, int result)
{
    if (writer->failed == 0 && result < 0)
        writer->failed = result;
}

static void begin(struct writer *writer, const char *name)
{
    if (writer->failed == 0)
        note(writer, fdt_begin_node(writer->blob, name));
}

/* "name@address", as a node with a register block is called. */
static void begin_at(struct writer *writer, const char *name, uint64_t address)
{
    char full[64];

    snprintf(full, sizeof full, "%s@%llx", name, (unsigned long long)address);
    begin(writer, full);
}

static void end(struct writer *writer)
{
    if (writer->failed == 0)
        note(writer, fdt_end_node(writer->blob));
}

static void bytes(struct writer *writer, const char *name, const void *value, size_t size)
{
    if (writer->failed == 0)
        note(writer, fdt_property(writer->blob, name, value, (int)size));
}

static void flag(struct writer *writer, const char *name)
{
    bytes(writer, name, NULL, 0);
}

static void text(struct writer *writer, const char *name, const char *value)
{
    bytes(writer, name, value, strlen(value) + 1);
}

static void number(struct writer *writer, const char *name, uint32_t value)
{
    fdt32_t cell = cpu_to_fdt32(value);

    bytes(writer, name, &cell, sizeof cell);
}

static void wide_number(struct writer *writer, const char *name, uint64_t value)
{
    fdt64_t cells = cpu_to_fdt64(value);

    bytes(writer, name, &cells, sizeof cells);
}

static void reg(struct writer *writer, uint64_t address, uint64_t size)
{
    const fdt64_t cells[2] = {cpu_to_fdt64(address), cpu_to_fdt64(size)};

    bytes(writer, "reg", cells, sizeof cells);
}

/* How addresses and sizes are written in the nodes below: in so many 32-bit cells. */
static void cells(struct writer *writer, uint32_t address, uint32_t size)
{
    number(writer, "#address-cells", address);
    number(writer, "#size-cells", size);
}

static void write_chosen(struct writer *writer, const struct tree_config *config)
{
    begin(writer, "chosen");
    text(writer, "bootargs", config->bootargs);
    text(writer, "stdout-path", "/soc/serial@10000000");
    if (config->initrd_end > config->initrd_start) {
        wide_number(writer, "linux,initrd-start", config->initrd_start);
        wide_number(writer, "linux,initrd-end", config->initrd_end);
    }
    bytes(writer, "rng-seed", config->seed, sizeof config->seed);
    end(writer);
}

static void write_memory(struct writer *writer, const struct tree_config *config)
{
    begin_at(writer, "memory", MAP_RAM);
    text(writer, "device_type", "memory");
    reg(writer, MAP_RAM, config->ram_size);
    end(writer);
}

static void write_cpu(struct writer *writer, uint32_t hart)
{
    begin_at(writer, "cpu", hart);
    text(writer, "device_type", "cpu");
    number(writer, "reg", hart);
    text(writer, "status", "okay");
    text(writer, "compatible", "riscv");
    text(writer, "riscv,isa", "rv64imac_zicsr_zifencei");
    text(writer, "mmu-type", "riscv,sv39");
    begin(writer, "interrupt-controller");
    number(writer, "#interrupt-cells", 1);
    flag(writer, "interrupt-controller");
    text(writer, "compatible", "riscv,cpu-intc");
    number(writer, "phandle", PHANDLE_HART + hart);
    end(writer);
    end(writer);
}

static void write_cpus(struct writer *writer, const struct tree_config *config)
{
    begin(writer, "cpus");
    cells(writer, 1, 0);
    number(writer, "timebase-frequency", MAP_TIMEBASE);
    for (uint32_t hart = 0; hart < config->harts; hart++)
        write_cpu(writer, hart);
    end(writer);
}

/* "interrupts-extended": for each hart, two of its interrupts, in the order of the contexts. */
static void hart_interrupts(struct writer *writer, unsigned harts, uint32_t first, uint32_t second)
{
    fdt32_t list[4 * CLINT_HARTS_MAX];

    for (uint32_t hart = 0; hart < harts; hart++) {
        list[4 * hart] = cpu_to_fdt32(PHANDLE_HART + hart);
        list[4 * hart + 1] = cpu_to_fdt32(first);
        list[4 * hart + 2] = cpu_to_fdt32(PHANDLE_HART + hart);
        list[4 * hart + 3] = cpu_to_fdt32(second);
    }
    bytes(writer, "interrupts-extended", list, 4 * harts * sizeof *list);
}

static void device_interrupt(struct writer *writer, uint32_t source)
{
    number(writer, "interrupts", source);
    number(writer, "interrupt-parent", PHANDLE_PLIC);
}

static void write_syscon(struct writer *writer)
{
    static const char compatible[] = "sifive,test1\0sifive,test0\0syscon";

    begin_at(writer, "test", MAP_SYSCON);
    bytes(writer, "compatible", compatible, sizeof compatible);
    reg(writer, MAP_SYSCON, SYSCON_SIZE);
    number(writer, "phandle", PHANDLE_SYSCON);
    end(writer);
}

static void write_clint(struct writer *writer, const struct tree_config *config)
{
    static const char compatible[] = "sifive,clint0\0riscv,clint0";

    begin_at(writer, "clint", MAP_CLINT);
    bytes(writer, "compatible", compatible, sizeof compatible);
    reg(writer, MAP_CLINT, CLINT_SIZE);
    hart_interrupts(writer, config->harts, HART_M_SOFTWARE, HART_M_TIMER);
    end(writer);
}

static void write_plic(struct writer *writer, const struct tree_config *config)
{
    static const char compatible[] = "sifive,plic-1.0.0\0riscv,plic0";

    begin_at(writer, "plic", MAP_PLIC);
    bytes(writer, "compatible", compatible, sizeof compatible);
    reg(writer, MAP_PLIC, PLIC_SIZE);
    number(writer, "#interrupt-cells", 1);
    number(writer, "#address-cells", 0);
    flag(writer, "interrupt-controller");
    number(writer, "riscv,ndev", PLIC_SOURCES - 1);
    number(writer, "phandle", PHANDLE_PLIC);
    hart_interrupts(writer, config->harts, HART_M_EXTERNAL, HART_S_EXTERNAL);
    end(writer);
}

static void write_uart(struct writer *writer)
{
    begin_at(writer, "serial", MAP_UART);
    text(writer, "compatible", "ns16550a");
    reg(writer, MAP_UART, UART_SIZE);
    number(writer, "clock-frequency", 3686400);
    device_interrupt(writer, MAP_IRQ_UART);
    end(writer);
}

static void write_virtio(struct writer *writer, uint32_t slot)
{
    uint64_t base = MAP_VIRTIO + slot * (uint64_t)VIRTIO_MMIO_SIZE;

    begin_at(writer, "virtio_mmio", base);
    text(writer, "compatible", "virtio,mmio");
    reg(writer, base, VIRTIO_MMIO_SIZE);
    device_interrupt(writer, MAP_IRQ_VIRTIO + slot);
    end(writer);
}

static void write_devices(struct writer *writer, const struct tree_config *config)
{
    begin(writer, "soc");
    cells(writer, 2, 2);
    text(writer, "compatible", "simple-bus");
    flag(writer, "ranges");
    write_syscon(writer);
    write_clint(writer, config);
    write_plic(writer, config);
    write_uart(writer);
    for (uint32_t slot = 0; slot < config->virtio_count; slot++)
        write_virtio(writer, slot);
    end(writer);
}

/* What to store where to end the machine (Linux: syscon-poweroff, syscon-reboot). */
static void write_ending(struct writer *writer, const char *name, const char *compatible,
                         uint32_t value)
{
    begin(writer, name);
    text(writer, "compatible", compatible);
    number(writer, "regmap", PHANDLE_SYSCON);
    number(writer, "offset", 0);
    number(writer, "value", value);
    end(writer);
}

int tree_build(const struct tree_config *config, uint8_t blob[TREE_SIZE_MAX], size_t *size,
               struct err *err)
{
    struct writer writer = {.blob = blob};

    note(&writer, fdt_create(blob, TREE_SIZE_MAX));
    if (writer.failed == 0)
        note(&writer, fdt_finish_reservemap(blob));
    begin(&writer, "");
    cells(&writer, 2, 2);
    text(&writer, "compatible", "riscv-virtio");
    text(&writer, "model", "riscv-virtio,trivium");
    write_chosen(&writer, config);
    write_memory(&writer, config);
    write_cpus(&writer, config);
    write_devices(&writer, config);
    write_ending(&writer, "poweroff", "syscon-poweroff", 0x5555);
    write_ending(&writer, "reboot", "syscon-reboot", 0x7777);
    end(&writer);
    if (writer.failed == 0)
        note(&writer, fdt_finish(blob));
    /* All else is bounded, so it is the one text of the user's that did not fit. */
    assert(writer.failed == 0 || writer.failed == -FDT_ERR_NOSPACE);
    if (writer.failed != 0)
        return err_set(err, "the kernel's arguments are too long: %zu bytes",
                       strlen(config->bootargs));
    *size = fdt_totalsize(blob);
    return 0;
}
