/* ioapic.c: lines, messages and KVM's table of routes; see ioapic.h. */
#include "kvm/ioapic.h"

#include <assert.h>

enum { INDEX = 0, DATA = 0x10 };      /* offsets */
enum { VERSION = 1, ENTRIES = 0x10 }; /* indices; 0 and 2 number several of us: there is one */
/* Version 0x11, and the number of the last entry. */
#define VERSION_VALUE (0x11U | (VM_LINES - 1) << 16)

#define MASKED        (UINT64_C(1) << 16)
#define LEVEL         (UINT64_C(1) << 15)
#define REMOTE_IRR    (UINT64_C(1) << 14)
#define PENDING       (UINT64_C(1) << 12)
#define LOGICAL       (UINT64_C(1) << 11)
#define READ_ONLY     (REMOTE_IRR | PENDING)

/* The message of an entry. Source: SDM 3A, 10.11. */
static struct vm_message message_of(uint64_t entry)
{
    return (struct vm_message){
        .address = 0xfee00000 | (uint32_t)(entry >> 56) << 12 | ((entry & LOGICAL) != 0 ? 4 : 0),
        .data = (uint32_t)(entry & 0x7ff) | ((entry & LEVEL) != 0 ? UINT32_C(3) << 14 : 0),
    };
}

/* Sees to it that KVM's table says what an entry does, if that is anything. */
static int update_route(struct ioapic *ioapic, unsigned line, struct err *err)
{
    struct vm_message message = message_of(ioapic->entries[line]);

    if ((ioapic->entries[line] & MASKED) != 0 || (message.address == ioapic->routes[line].address &&
                                                  message.data == ioapic->routes[line].data))
        return 0;
    ioapic->routes[line] = message;
    return vm_set_routes(ioapic->vm, ioapic->routes, err);
}

/* A level-triggered line that is high and has no interrupt under way begins one. */
static int raise_again(struct ioapic *ioapic, unsigned line, struct err *err)
{
    uint64_t *entry = &ioapic->entries[line];

    if (!ioapic->level[line] || (*entry & (MASKED | LEVEL | REMOTE_IRR)) != LEVEL)
        return 0;
    *entry |= REMOTE_IRR;
    return vm_set_line(ioapic->vm, line, true, err);
}

int ioapic_set_line(struct ioapic *ioapic, unsigned line, bool level, struct err *err)
{
    assert(line < VM_LINES);
    ioapic->level[line] = level;
    if ((ioapic->entries[line] & MASKED) != 0)
        return 0;
    if (level && (ioapic->entries[line] & LEVEL) != 0)
        return raise_again(ioapic, line, err);
    return vm_set_line(ioapic->vm, line, level, err);
}

int ioapic_end(struct ioapic *ioapic, uint8_t vector, struct err *err)
{
    for (unsigned i = 0; i < VM_LINES; i++) {
        if ((ioapic->entries[i] & 0xff) != vector || (ioapic->entries[i] & REMOTE_IRR) == 0)
            continue;
        ioapic->entries[i] &= ~REMOTE_IRR;
        if (raise_again(ioapic, i, err) < 0)
            return -1;
    }
    return 0;
}

static uint32_t read_register(const struct ioapic *ioapic)
{
    unsigned half = ioapic->index - ENTRIES;

    if (ioapic->index == VERSION)
        return VERSION_VALUE;
    if (half >= 2 * VM_LINES)
        return 0;
    return (uint32_t)(ioapic->entries[half / 2] >> half % 2 * 32);
}

static void write_register(struct ioapic *ioapic, uint32_t value)
{
    unsigned half = ioapic->index - ENTRIES;
    uint64_t *entry = &ioapic->entries[half / 2 % VM_LINES];
    uint64_t kept;

    if (half >= 2 * VM_LINES)
        return;
    kept = half % 2 == 0 ? UINT64_C(0xffffffff00000000) | READ_ONLY : UINT64_C(0xffffffff);
    *entry = (*entry & kept) | ((uint64_t)value << half % 2 * 32 & ~kept);
    if ((*entry & LEVEL) == 0)
        *entry &= ~REMOTE_IRR;
    if (update_route(ioapic, half / 2, &ioapic->err) < 0 ||
        raise_again(ioapic, half / 2, &ioapic->err) < 0)
        ioapic->failed = true;
}

static bool load(void *device, uint64_t offset, unsigned width, uint64_t *value)
{
    const struct ioapic *ioapic = device;

    *value = offset == INDEX ? ioapic->index : offset == DATA ? read_register(ioapic) : 0;
    return width == 32;
}

static bool store(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    struct ioapic *ioapic = device;

    if (width != 32)
        return false;
    if (offset == INDEX)
        ioapic->index = value & 0xff;
    else if (offset == DATA)
        write_register(ioapic, (uint32_t)value);
    return true;
}

int ioapic_init(struct ioapic *ioapic, const struct vm *vm, struct err *err)
{
    *ioapic = (struct ioapic){.vm = vm};
    for (unsigned i = 0; i < VM_LINES; i++) {
        ioapic->entries[i] = MASKED;
        ioapic->routes[i] = message_of(LEVEL | (VM_IRQ_VECTOR + i));
    }
    return vm_set_routes(vm, ioapic->routes, err);
}

struct bus_range ioapic_range(struct ioapic *ioapic, uint64_t base)
{
    return (struct bus_range){.name = "I/O APIC",
                              .base = base,
                              .size = IOAPIC_SIZE,
                              .device = ioapic,
                              .load = load,
                              .store = store};
}
