/* The platform-level interrupt controller: many lines of devices, a few contexts (a hart in a
 * privilege mode) that they may interrupt.
 *
 *   0x000000  4 bytes for each line: its priority, 0 means never
 *   0x002000  0x80 bytes for each context: a bit for each line that may interrupt it
 *   0x200000  0x1000 bytes for each context: the priority that a line must exceed; then the line
 *             that claims the hart, to be written back when it is served
 *
 * Every started hart gets every line; who claims it first serves it, the others find 0.
 * Source: RISC-V Platform-Level Interrupt Controller specification 1.0.
 */
#include "guest/kernel/controller.h"

#include "guest/kernel/arch.h"
#include "guest/kernel/arch/rv64/csr.h"
#include "guest/kernel/arch/rv64/fdt.h"
#include "guest/kernel/cpu.h"
#include "guest/kernel/irq.h"
#include "guest/kernel/mmio.h"

enum {
    PRIORITIES = 0,
    ENABLES = 0x2000,
    ENABLES_SIZE = 0x80,
    CONTEXTS = 0x200000,
    CONTEXT_SIZE = 0x1000,
    CLAIM = 4, /* of a context; its threshold is at 0 */
};

static struct {
    uint8_t *registers;               /* constant once it is found */
    struct fdt_node node;             /* constant */
    uint32_t enabled[IRQ_LINES / 32]; /* written while booting, then constant */
    uint8_t *context[CPUS_MAX];       /* each written by its processor: its claim register */
} plic;

/* Lines are enabled while booting, before any processor starts to take interrupts. */
static void plic_enable(uint32_t line)
{
    plic.enabled[line / 32] |= (uint32_t)1 << (line % 32);
    mmio_write32(plic.registers + PRIORITIES + 4 * (size_t)line, 1);
}

static uint32_t plic_claim(void)
{
    uint8_t *context = plic.context[cpu_this()->index];
    return context ? mmio_read32(context + CLAIM) : 0;
}

static void plic_complete(uint32_t line)
{
    mmio_write32(plic.context[cpu_this()->index] + CLAIM, line);
}

/* The phandle of the interrupt controller in the node of this hart; 0: none. */
static uint32_t hart_phandle(uint64_t hart)
{
    struct fdt_node cpu;
    struct fdt_node part;
    uint64_t number;
    uint64_t size;
    uint32_t phandle;
    bool found = fdt_find_type(&cpu, NULL, "cpu");
    while (found && (!fdt_reg(&cpu, 0, &number, &size) || number != hart))
        found = fdt_find_type(&cpu, &cpu, "cpu");
    for (bool more = found && fdt_child(&part, &cpu); more; more = fdt_sibling(&part)) {
        if (fdt_u32(&part, "phandle", 0, &phandle))
            return phandle;
    }
    return 0;
}

/* The context of a hart's supervisor mode: "interrupts-extended" lists, for each context, the
 * hart's controller and the number of the interrupt that it raises there. Returns false if there is
 * none. */
static bool find_context(uint64_t hart, uint32_t *context)
{
    uint32_t wanted = hart_phandle(hart);
    uint32_t phandle;
    uint32_t number;
    for (uint32_t i = 0; fdt_u32(&plic.node, "interrupts-extended", 2 * i, &phandle) &&
                         fdt_u32(&plic.node, "interrupts-extended", 2 * i + 1, &number);
         i++) {
        if (phandle == wanted && number == INTERRUPT_EXTERNAL) {
            *context = i;
            return true;
        }
    }
    return false;
}

static void plic_cpu_start(void)
{
    const struct cpu *cpu = cpu_this();
    uint32_t context;
    if (!find_context(cpu->hardware, &context))
        return; /* this hart gets none */
    uint8_t *enables = plic.registers + ENABLES + (size_t)context * ENABLES_SIZE;
    for (size_t i = 0; i < ARRAY_SIZE(plic.enabled); i++)
        mmio_write32(enables + 4 * i, plic.enabled[i]);
    plic.context[cpu->index] = plic.registers + CONTEXTS + (size_t)context * CONTEXT_SIZE;
    mmio_write32(plic.context[cpu->index], 0);
    CSR_SET(sie, (uint64_t)1 << INTERRUPT_EXTERNAL);
}

static const struct irq_controller plic_controller = {
    .enable = plic_enable,
    .claim = plic_claim,
    .complete = plic_complete,
    .cpu_start = plic_cpu_start,
};

void controller_boot(void)
{
    uint64_t gpa;
    uint64_t size;
    if (!fdt_find_compatible(&plic.node, NULL, "sifive,plic-1.0.0") &&
        !fdt_find_compatible(&plic.node, NULL, "riscv,plic0"))
        return;
    if (!fdt_reg(&plic.node, 0, &gpa, &size))
        return;
    plic.registers = arch_map(gpa);
    irq_set_controller(&plic_controller);
}
