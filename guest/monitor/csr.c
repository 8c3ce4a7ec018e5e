/*
 * csr.c: the virtual CSRs; see guest.h.
 *
 * A register is a row: where it is kept, and which bits can be written. The real ones are never
 * touched: they are the monitor's.
 */
#include "guest/monitor/guest.h"

enum csr_number { CSR_SATP = 0x180, CSR_SSTATUS = 0x100, CSR_PLANTED = 0x800 };

/* CSR_PLANTED: the mode stands from this bit on. */
enum { PLANTED_MODE_SHIFT = 8 };

#define SSTATUS_WRITABLE (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR)
#define SSTATUS_UXL_64   (UINT64_C(2) << 32)

struct row {
    unsigned number;
    size_t member; /* offset in struct guest */
    uint64_t writable;
};

static const struct row rows[] = {
    {CSR_SSTATUS, offsetof(struct guest, sstatus), SSTATUS_WRITABLE},
    {0x104, offsetof(struct guest, sie), 0x222},
    {0x105, offsetof(struct guest, stvec), ~UINT64_C(2)},
    {0x106, offsetof(struct guest, scounteren), 7},
    {0x10a, offsetof(struct guest, senvcfg), 1},
    {0x140, offsetof(struct guest, sscratch), UINT64_MAX},
    {0x141, offsetof(struct guest, sepc), ~UINT64_C(1)},
    {0x142, offsetof(struct guest, scause), UINT64_MAX},
    {0x143, offsetof(struct guest, stval), UINT64_MAX},
    {0x144, offsetof(struct guest, sip), 2},
    {CSR_SATP, offsetof(struct guest, satp), UINT64_MAX},
    {CSR_PLANTED, offsetof(struct guest, sstatus), SSTATUS_SIE},
};

static const struct row *find(unsigned number)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].number == number)
            return &rows[i];
    }
    return NULL;
}

static uint64_t *member(struct guest *guest, const struct row *row)
{
    return (uint64_t *)(void *)((uint8_t *)guest + row->member);
}

static uint64_t get(struct guest *guest, const struct row *row)
{
    uint64_t value = *member(guest, row);

    if (row->number == CSR_PLANTED)
        return (value & SSTATUS_SIE) | guest->mode << PLANTED_MODE_SHIFT;
    return row->number == CSR_SSTATUS ? value | SSTATUS_UXL_64 : value;
}

/* `value` has the register's bits in its writable places, old and new. */
static void put(struct guest *guest, const struct row *row, uint64_t value)
{
    uint64_t *stored = member(guest, row), old = *stored;

    if (row->number == CSR_PLANTED) {
        if (guest->mode == VIRTUAL_S) /* else it is forgotten, as natively */
            *stored = (old & ~SSTATUS_SIE) | (value & SSTATUS_SIE);
        return;
    }
    if (row->number == CSR_SATP && value >> 60 != 0 && value >> 60 != 8)
        return; /* neither without translation nor Sv39 */
    *stored = row->number == CSR_SSTATUS ? value & SSTATUS_WRITABLE : value;
    if (row->number == CSR_SATP || ((old ^ *stored) & (SSTATUS_SUM | SSTATUS_MXR)) != 0)
        guest_drop(guest);
}

bool guest_csr(struct guest *guest, const struct operation *operation, uint64_t operand,
               uint64_t *old)
{
    const struct row *row = find(operation->csr);
    uint64_t value;

    if (row == NULL)
        return false;
    //@lab 7.2 may it be accessed? read, and write what can be written
    if (guest->mode < (operation->csr >> 8 & 3))
        return false;
    *old = value = get(guest, row);
    if (operation->action == 1)
        value = operand;
    else if (operation->action == 2)
        value |= operand;
    else
        value &= ~operand;
    if (operation->writes)
        put(guest, row, (*old & ~row->writable) | (value & row->writable));
    return true;
    //| (void)guest;
    //| (void)get;
    //| (void)put;
    //| (void)value;
    //| (void)operand;
    //| (void)old;
    //| lab_todo("7.2");
    //@end
}
