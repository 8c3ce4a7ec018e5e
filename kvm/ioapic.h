/*
 * ioapic.h: the I/O APIC, which turns the lines of devices into messages to a processor's local
 * APIC.
 *
 * KVM could have one inside of the host's kernel (KVM_CREATE_IRQCHIP). Ours has its local APICs
 * there, where each interrupt passes, and this one here, where only devices do: KVM ends a machine
 * with an I/O APIC some 15 ms after it was made at the earliest, and a short program is over by
 * then.
 *
 * A line is a number n, and KVM's table of routes says what message it sends: this device writes
 * that table, from its registers. Those are (Intel 82093AA data sheet, 3.2): an index at 0, and at
 * 0x10 the register with that index; entry n has two, 0x10 + 2 n and the next:
 *
 *     63        56          16   15     14         13    12      11        10..8     7..0
 *     | destination |  ...  |mask|level|remote IRR|low|pending|logical|delivery mode|vector|
 *
 * A level-triggered line sends again when its interrupt has ended and the device still wants
 * something: KVM tells us of the end (KVM_EXIT_IOAPIC_EOI); until then "remote IRR" is set.
 *
 * A new table takes KVM up to milliseconds while processors run, and next to nothing before. So the
 * first one is a guess: the messages that our kernel will ask for.
 */
#ifndef TRIVIUM_KVM_IOAPIC_H
#define TRIVIUM_KVM_IOAPIC_H

#include "dev/bus.h"
#include "kvm/vm.h"

#define IOAPIC_SIZE UINT64_C(0x1000)

struct ioapic {
    const struct vm *vm;                /* borrowed */
    uint32_t index;                     /* the register that is seen at 0x10 */
    uint64_t entries[VM_LINES];         /* as the guest sees them */
    struct vm_message routes[VM_LINES]; /* what KVM was told of those that are not masked */
    bool level[VM_LINES];               /* of the lines */
    bool failed; /* KVM refused something that a store of the guest's needed: */
    struct err err;
};

int ioapic_init(struct ioapic *ioapic, const struct vm *vm,
                struct err *err); /* -1: err says why not */
struct bus_range ioapic_range(struct ioapic *ioapic, uint64_t base);

/* A device's line rises or falls. -1: KVM did not take it, err says why. */
int ioapic_set_line(struct ioapic *ioapic, unsigned line, bool level, struct err *err);

/* A processor has ended an interrupt with that vector. The same answers. */
int ioapic_end(struct ioapic *ioapic, uint8_t vector, struct err *err);

#endif
