/* exits.c: counting exits; see exits.h. */
#include "kvm/exits.h"

#include <linux/kvm.h>
#include <stddef.h>

/* Those that a guest of ours can have. Source: Linux, Documentation/virt/kvm/api.rst, chapter 5. */
static const char *const names[EXIT_REASONS_MAX] = {
    [KVM_EXIT_UNKNOWN] = "unknown",
    [KVM_EXIT_EXCEPTION] = "exception",
    [KVM_EXIT_IO] = "port I/O",
    [KVM_EXIT_HYPERCALL] = "hypercall",
    [KVM_EXIT_DEBUG] = "debug",
    [KVM_EXIT_HLT] = "hlt",
    [KVM_EXIT_MMIO] = "MMIO",
    [KVM_EXIT_IRQ_WINDOW_OPEN] = "interrupt window",
    [KVM_EXIT_SHUTDOWN] = "shutdown",
    [KVM_EXIT_FAIL_ENTRY] = "failed entry",
    [KVM_EXIT_INTR] = "interrupted",
    [KVM_EXIT_SET_TPR] = "TPR",
    [KVM_EXIT_TPR_ACCESS] = "TPR access",
    [KVM_EXIT_NMI] = "NMI",
    [KVM_EXIT_INTERNAL_ERROR] = "internal error",
    [KVM_EXIT_SYSTEM_EVENT] = "system event",
    [KVM_EXIT_IOAPIC_EOI] = "I/O APIC EOI",
};

const char *exit_name(uint32_t reason)
{
    return reason < EXIT_REASONS_MAX ? names[reason] : NULL;
}

static void add(struct exit_count *to, uint64_t count, uint64_t ns)
{
    to->count += count;
    to->ns += ns;
}

void exit_counts_add(struct exit_counts *counts, uint32_t reason, struct exit_count *place,
                     uint64_t ns)
{
    uint32_t index = exit_name(reason) != NULL ? reason : EXIT_REASONS_MAX - 1;

    add(&counts->reasons[index], 1, ns);
    if (place != NULL)
        add(place, 1, ns);
}

void exit_counts_stray(struct exit_counts *counts, bool is_port, uint64_t address)
{
    if (counts->unclaimed++ > 0)
        return;
    counts->stray = address;
    counts->stray_is_port = is_port;
}

void exit_counts_sum(struct exit_counts *sum, const struct exit_counts *counts)
{
    for (size_t i = 0; i < EXIT_REASONS_MAX; i++)
        add(&sum->reasons[i], counts->reasons[i].count, counts->reasons[i].ns);
    for (size_t i = 0; i < EXIT_PLACES_MAX; i++) {
        add(&sum->ports[i], counts->ports[i].count, counts->ports[i].ns);
        add(&sum->mmio[i], counts->mmio[i].count, counts->mmio[i].ns);
    }
    if (sum->unclaimed == 0) {
        sum->stray = counts->stray;
        sum->stray_is_port = counts->stray_is_port;
    }
    sum->interrupted += counts->interrupted;
    sum->unclaimed += counts->unclaimed;
    sum->guest_ns += counts->guest_ns;
    sum->host_ns += counts->host_ns;
}
