/* tell.c: see tell.h. */
#include "kvm/tell.h"

#include <inttypes.h>
#include <string.h>

#include "kvm/exits.h"

/* The requests that we make, and what each is for. Source: Linux, Documentation/virt/kvm/api.rst.
 */
static const struct request_name requests[] = {
    {KVM_GET_API_VERSION, "KVM_GET_API_VERSION", "which interface is this?"},
    {KVM_CREATE_VM, "KVM_CREATE_VM", "a machine without memory and processors"},
    {KVM_SET_USER_MEMORY_REGION, "KVM_SET_USER_MEMORY_REGION", "memory of ours becomes its memory"},
    {KVM_SET_IDENTITY_MAP_ADDR, "KVM_SET_IDENTITY_MAP_ADDR", "a page that Intel's processors need"},
    {KVM_SET_TSS_ADDR, "KVM_SET_TSS_ADDR", "three more of them"},
    {KVM_ENABLE_CAP, "KVM_ENABLE_CAP", "local APICs, in the host's kernel"},
    {KVM_GET_VCPU_MMAP_SIZE, "KVM_GET_VCPU_MMAP_SIZE", "how much a processor shares with us"},
    {KVM_CREATE_VCPU, "KVM_CREATE_VCPU", "a virtual processor"},
    {KVM_GET_SUPPORTED_CPUID, "KVM_GET_SUPPORTED_CPUID", "what can a processor be?"},
    {KVM_SET_CPUID2, "KVM_SET_CPUID2", "what this one says that it is"},
    {KVM_GET_TSC_KHZ, "KVM_GET_TSC_KHZ", "how fast is its clock?"},
    {KVM_GET_SREGS, "KVM_GET_SREGS", "its segments and control registers"},
    {KVM_SET_SREGS, "KVM_SET_SREGS", "long mode, paging, flat segments"},
    {KVM_GET_REGS, "KVM_GET_REGS", "its general registers"},
    {KVM_SET_REGS, "KVM_SET_REGS", "where it starts"},
    {KVM_SET_GSI_ROUTING, "KVM_SET_GSI_ROUTING", "what message each line of a device sends"},
    {KVM_IRQ_LINE, "KVM_IRQ_LINE", "a device's line to the processors"},
};

const struct request_name *request_find(unsigned long request)
{
    static const struct request_name unknown = {0, "ioctl", ""};

    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        if (requests[i].request == request)
            return &requests[i];
    }
    return &unknown;
}

void request_print_argument(FILE *file, unsigned long request, const void *argument)
{
    const struct kvm_userspace_memory_region *region = argument;
    const struct kvm_irq_level *line = argument;
    const struct kvm_sregs *sregs = argument;
    const struct kvm_regs *regs = argument;

    switch (request) {
    case KVM_SET_USER_MEMORY_REGION:
        fprintf(file, " (%llu MiB from gpa 0x%llx on)",
                (unsigned long long)(region->memory_size >> 20),
                (unsigned long long)region->guest_phys_addr);
        break;
    case KVM_CREATE_VCPU: fprintf(file, " (number %u)", (unsigned)(uintptr_t)argument); break;
    case KVM_SET_SREGS:
        fprintf(file, " (cr0 0x%llx, cr3 0x%llx, cr4 0x%llx, efer 0x%llx)",
                (unsigned long long)sregs->cr0, (unsigned long long)sregs->cr3,
                (unsigned long long)sregs->cr4, (unsigned long long)sregs->efer);
        break;
    case KVM_SET_REGS: fprintf(file, " (rip 0x%llx)", (unsigned long long)regs->rip); break;
    case KVM_IRQ_LINE: fprintf(file, " (%u %s)", line->irq, line->level ? "rises" : "falls"); break;
    default: break;
    }
}

static uint64_t low_bytes(uint64_t value, uint32_t bytes)
{
    return bytes < sizeof value ? value & ((UINT64_C(1) << bytes * 8) - 1) : value;
}

/* The first of the data that an in or an out is of. */
static uint64_t port_value(const struct exit_fact *fact, const struct kvm_run *run)
{
    uint32_t value = 0;

    if (fact->size <= sizeof value)
        memcpy(&value, (const uint8_t *)run + run->io.data_offset, fact->size);
    return value;
}

static uint64_t memory_value(const struct exit_fact *fact, const struct kvm_run *run)
{
    uint64_t value;

    memcpy(&value, run->mmio.data, sizeof value);
    return low_bytes(value, fact->size);
}

void exit_fact_take(struct exit_fact *fact, const struct kvm_run *run)
{
    *fact = (struct exit_fact){.reason = run->exit_reason};
    switch (run->exit_reason) {
    case KVM_EXIT_IO:
        fact->is_write = run->io.direction == KVM_EXIT_IO_OUT;
        fact->size = run->io.size;
        fact->count = run->io.count;
        fact->address = run->io.port;
        fact->has_value = fact->is_write && fact->size <= 4;
        fact->value = fact->has_value ? port_value(fact, run) : 0;
        break;
    case KVM_EXIT_MMIO:
        fact->is_write = run->mmio.is_write;
        fact->size = (uint8_t)run->mmio.len;
        fact->count = 1;
        fact->address = run->mmio.phys_addr;
        fact->has_value = fact->is_write && fact->size > 0;
        fact->value = fact->has_value ? memory_value(fact, run) : 0;
        break;
    case KVM_EXIT_IOAPIC_EOI: fact->detail = run->eoi.vector; break;
    case KVM_EXIT_INTERNAL_ERROR: fact->detail = run->internal.suberror; break;
    case KVM_EXIT_FAIL_ENTRY: fact->detail = run->fail_entry.hardware_entry_failure_reason; break;
    default: break;
    }
}

void exit_fact_answer(struct exit_fact *fact, const struct kvm_run *run)
{
    if (fact->is_write || (fact->reason != KVM_EXIT_IO && fact->reason != KVM_EXIT_MMIO))
        return;
    fact->has_value = true;
    fact->value = fact->reason == KVM_EXIT_IO ? port_value(fact, run) : memory_value(fact, run);
}

static void print_io(FILE *file, const struct exit_fact *fact)
{
    fprintf(file, "%s port 0x%" PRIx64 ", %u byte%s", fact->is_write ? "out" : "in", fact->address,
            fact->size, fact->size == 1 ? "" : "s");
    if (fact->count > 1)
        fprintf(file, ", %u times", fact->count);
    if (!fact->has_value)
        return;
    fprintf(file, ": 0x%" PRIx64, fact->value);
    if (fact->is_write && fact->size == 1 && fact->value >= ' ' && fact->value < 127)
        fprintf(file, " '%c'", (int)fact->value);
}

static void print_mmio(FILE *file, const struct exit_fact *fact)
{
    fprintf(file, "%s gpa 0x%" PRIx64 ", %u bytes", fact->is_write ? "store at" : "load from",
            fact->address, fact->size);
    if (fact->has_value)
        fprintf(file, ": 0x%" PRIx64, fact->value);
}

void exit_fact_print(FILE *file, const struct exit_fact *fact)
{
    const char *reason = exit_name(fact->reason);

    if (reason == NULL)
        fprintf(file, "number %u", fact->reason);
    else
        fputs(reason, file);
    if (fact->reason == KVM_EXIT_IO) {
        fputs(", ", file);
        print_io(file, fact);
    } else if (fact->reason == KVM_EXIT_MMIO) {
        fputs(", ", file);
        print_mmio(file, fact);
    }
}
