/*
 * csr.c: the control and status registers; see csr.h.
 *
 * A register is a row: where it is stored, which of its bits can be seen, which can be written. (A
 * field that takes only some values, WARL, keeps its old one when it is offered another.) What does
 * not fit that is named by a rule and done in read_stored() and write_stored().
 *
 * Physical memory protection and triggers are absent: their registers read as 0 and ignore what is
 * written, as the manual lets them, so that firmware which sets them up runs.
 */
#include "emu/cpu/csr.h"

#include "emu/cpu/mmu.h"
#include "emu/cpu/trap.h"
#include "emu/isa/csr.h"
#include "emu/isa/eval.h"

enum csr_rule {
    RULE_ABSENT,  /* no such register */
    RULE_FIXED,   /* `visible` is its value; writing changes nothing */
    RULE_STORED,  /* a member of struct hart */
    RULE_STATUS,  /* the same; MPP may not become 2 */
    RULE_SATP,    /* the same; an unknown mode leaves it as it is */
    RULE_PLANTED, /* mstatus.SIE and the mode; a write from U mode does nothing (csr.h) */
    RULE_COUNTER, /* instret plus a member of struct hart */
    RULE_TIME,
};

enum {
    DELEGATED = 1 << 0,  /* only bits that are in mideleg */
    LINES = 1 << 1,      /* reading shows what devices assert, too */
    HOLDS = 1 << 2,      /* what it holds back, or makes pending, may be taken behind a write */
    TRANSLATES = 1 << 3, /* a write may affect how addresses are translated */
};

struct csr_row {
    uint8_t rule;    /* enum csr_rule */
    uint8_t flags;   /* DELEGATED ... */
    uint16_t member; /* offset in struct hart */
    uint64_t visible;
    uint64_t writable;
};

#define MEMBER(name)     .member = offsetof(struct hart, name)
#define ALL              UINT64_MAX

#define S_INTERRUPTS     UINT64_C(0x222) /* software, timer, external of S mode */
#define M_INTERRUPTS     UINT64_C(0x888)
#define SSIP             UINT64_C(0x002)
#define EXCEPTIONS       UINT64_C(0xb3ff) /* all but the ecall of M mode, which cannot be delegated */
#define COUNTERS         UINT64_C(7)      /* cycle, time, instret */

#define SSTATUS_WRITABLE (STATUS_SIE | STATUS_SPIE | STATUS_SPP | STATUS_SUM | STATUS_MXR)
#define MSTATUS_WRITABLE                                                                   \
    (SSTATUS_WRITABLE | STATUS_MIE | STATUS_MPIE | STATUS_MPP | STATUS_MPRV | STATUS_TVM | \
     STATUS_TW | STATUS_TSR)

#define MISA_64_BITS   (UINT64_C(2) << 62)
#define MISA_LETTER(l) (UINT64_C(1) << ((l) - 'A'))
#define MISA                                                                                    \
    (MISA_64_BITS | MISA_LETTER('A') | MISA_LETTER('C') | MISA_LETTER('I') | MISA_LETTER('M') | \
     MISA_LETTER('S') | MISA_LETTER('U'))

/* By number. Most numbers are nobody's. */
static const struct csr_row rows[4096] = {
    [CSR_CYCLE] = {.rule = RULE_COUNTER, MEMBER(mcycle_offset)},
    [CSR_TIME] = {.rule = RULE_TIME},
    [CSR_INSTRET] = {.rule = RULE_COUNTER, MEMBER(minstret_offset)},

    [CSR_SSTATUS] = {RULE_STATUS, HOLDS | TRANSLATES, MEMBER(mstatus),
                     SSTATUS_WRITABLE | STATUS_UXL_64, SSTATUS_WRITABLE},
    [CSR_SIE] = {RULE_STORED, HOLDS | DELEGATED, MEMBER(mie), ALL, S_INTERRUPTS},
    [CSR_STVEC] = {RULE_STORED, 0, MEMBER(stvec), ALL, ~UINT64_C(2)},
    [CSR_SCOUNTEREN] = {RULE_STORED, 0, MEMBER(scounteren), ALL, COUNTERS},
    [CSR_SENVCFG] = {RULE_STORED, 0, MEMBER(senvcfg), ALL, ENVCFG_FIOM},
    [CSR_SSCRATCH] = {RULE_STORED, 0, MEMBER(sscratch), ALL, ALL},
    [CSR_SEPC] = {RULE_STORED, 0, MEMBER(sepc), ALL, ~UINT64_C(1)},
    [CSR_SCAUSE] = {RULE_STORED, 0, MEMBER(scause), ALL, ALL},
    [CSR_STVAL] = {RULE_STORED, 0, MEMBER(stval), ALL, ALL},
    [CSR_SIP] = {RULE_STORED, HOLDS | DELEGATED | LINES, MEMBER(mip), ALL, SSIP},
    [CSR_SATP] = {RULE_SATP, TRANSLATES, MEMBER(satp), ALL, ALL},

    [CSR_PLANTED] = {RULE_PLANTED, HOLDS, MEMBER(mstatus), STATUS_SIE, STATUS_SIE},

    [CSR_MVENDORID] = {.rule = RULE_FIXED},
    [CSR_MARCHID] = {.rule = RULE_FIXED},
    [CSR_MIMPID] = {.rule = RULE_FIXED},
    [CSR_MHARTID] = {RULE_STORED, 0, MEMBER(mhartid), ALL, 0},
    [CSR_MCONFIGPTR] = {.rule = RULE_FIXED},

    [CSR_MSTATUS] = {RULE_STATUS, HOLDS | TRANSLATES, MEMBER(mstatus), ALL, MSTATUS_WRITABLE},
    [CSR_MISA] = {.rule = RULE_FIXED, .visible = MISA},
    [CSR_MEDELEG] = {RULE_STORED, 0, MEMBER(medeleg), ALL, EXCEPTIONS},
    [CSR_MIDELEG] = {RULE_STORED, HOLDS, MEMBER(mideleg), ALL, S_INTERRUPTS},
    [CSR_MIE] = {RULE_STORED, HOLDS, MEMBER(mie), ALL, M_INTERRUPTS | S_INTERRUPTS},
    [CSR_MTVEC] = {RULE_STORED, 0, MEMBER(mtvec), ALL, ~UINT64_C(2)},
    [CSR_MCOUNTEREN] = {RULE_STORED, 0, MEMBER(mcounteren), ALL, COUNTERS},
    [CSR_MENVCFG] = {RULE_STORED, 0, MEMBER(menvcfg), ALL, ENVCFG_FIOM | ENVCFG_ADUE},
    [CSR_MSCRATCH] = {RULE_STORED, 0, MEMBER(mscratch), ALL, ALL},
    [CSR_MEPC] = {RULE_STORED, 0, MEMBER(mepc), ALL, ~UINT64_C(1)},
    [CSR_MCAUSE] = {RULE_STORED, 0, MEMBER(mcause), ALL, ALL},
    [CSR_MTVAL] = {RULE_STORED, 0, MEMBER(mtval), ALL, ALL},
    [CSR_MIP] = {RULE_STORED, HOLDS | LINES, MEMBER(mip), ALL, S_INTERRUPTS},

    [CSR_MCYCLE] = {.rule = RULE_COUNTER, MEMBER(mcycle_offset)},
    [CSR_MINSTRET] = {.rule = RULE_COUNTER, MEMBER(minstret_offset)},
    [CSR_MCOUNTINHIBIT] = {.rule = RULE_FIXED}, /* ours never stand still */
};

/* Registers that stand in groups, and that a hart may have without having what they are for. */
static bool reads_as_zero(unsigned number)
{
    static const struct {
        unsigned first, last;
    } groups[] = {
        {CSR_HPMCOUNTER3, CSR_HPMCOUNTER3 + 28},   {CSR_MHPMCOUNTER3, CSR_MHPMCOUNTER3 + 28},
        {CSR_MHPMEVENT3, CSR_MHPMEVENT3 + 28},     {CSR_PMPADDR0, CSR_PMPADDR0 + 63},
        {0x7a0, 0x7a3} /* tselect, tdata1 to 3 */,
    };

    for (unsigned i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (number >= groups[i].first && number <= groups[i].last)
            return true;
    }
    return number >= CSR_PMPCFG0 && number <= CSR_PMPCFG14 && number % 2 == 0;
}

static const struct csr_row *find(unsigned number)
{
    static const struct csr_row zero = {.rule = RULE_FIXED};
    const struct csr_row *row = &rows[number];

    if (row->rule != RULE_ABSENT)
        return row;
    return reads_as_zero(number) ? &zero : NULL;
}

/* The counters below M mode: each mode above must have allowed it (Priv. spec 3.1.11, 4.1.5). */
static bool counter_is_allowed(const struct hart *hart, unsigned number)
{
    unsigned bit = number - CSR_CYCLE;

    return hart->mode == MODE_M || ((hart->mcounteren >> bit & 1) != 0 &&
                                    (hart->mode == MODE_S || (hart->scounteren >> bit & 1) != 0));
}

/* See csr.def for what the bits of a number say. */
static bool may_access(const struct machine *machine, const struct hart *hart, unsigned number)
{
    if (!machine_is_board(machine))
        return number == CSR_CYCLE || number == CSR_TIME || number == CSR_INSTRET;
    if (hart->mode < (number >> 8 & 3))
        return false;
    if (number == CSR_PLANTED)
        return machine->planted;
    if (number == CSR_SATP)
        return hart->mode == MODE_M || (hart->mstatus & STATUS_TVM) == 0;
    if (number >= CSR_CYCLE && number < CSR_CYCLE + 32)
        return counter_is_allowed(hart, number);
    return true;
}

static uint64_t load_member(const struct hart *hart, const struct csr_row *row)
{
    return *(const uint64_t *)(const void *)((const char *)hart + row->member);
}

static void store_member(struct hart *hart, const struct csr_row *row, uint64_t value)
{
    *(uint64_t *)(void *)((char *)hart + row->member) = value;
}

static uint64_t delegated(const struct hart *hart, const struct csr_row *row, uint64_t bits)
{
    return (row->flags & DELEGATED) != 0 ? bits & hart->mideleg : bits;
}

/* Without what devices assert: that is what a read-modify-write works on (Priv. spec 3.1.9). */
static uint64_t read_stored(struct machine *machine, const struct hart *hart,
                            const struct csr_row *row)
{
    switch ((enum csr_rule)row->rule) {
    case RULE_STORED:
    case RULE_STATUS:
    case RULE_SATP: return load_member(hart, row) & delegated(hart, row, row->visible);
    case RULE_PLANTED:
        return (load_member(hart, row) & row->visible) | hart->mode << PLANTED_MODE_SHIFT;
    case RULE_COUNTER: return hart->instret + load_member(hart, row);
    case RULE_TIME: return machine->read_time(machine->clock_owner);
    case RULE_FIXED:
    case RULE_ABSENT: break;
    }
    return row->visible;
}

/* `value` if its fields are legal, or with what the register had in place of those that are not. */
static uint64_t legalize(const struct csr_row *row, uint64_t old, uint64_t value)
{
    if (row->rule == RULE_STATUS && (value & STATUS_MPP) == UINT64_C(2) << STATUS_MPP_SHIFT)
        return (value & ~STATUS_MPP) | (old & STATUS_MPP);
    if (row->rule == RULE_SATP && satp_mode(value) != SATP_BARE && satp_mode(value) != SATP_SV39)
        return old;
    return value;
}

static void write_stored(struct hart *hart, const struct csr_row *row, uint64_t value)
{
    uint64_t old = load_member(hart, row);
    uint64_t writable = delegated(hart, row, row->writable);

    switch ((enum csr_rule)row->rule) {
    case RULE_PLANTED:
        if (hart->mode == MODE_U)
            break;
        store_member(hart, row, (old & ~writable) | (value & writable));
        break;
    case RULE_STORED:
    case RULE_STATUS:
    case RULE_SATP:
        store_member(hart, row, (old & ~writable) | (legalize(row, old, value) & writable));
        break;
    case RULE_COUNTER:
        /* The next instruction is to read what was written; until then, one more retires. */
        store_member(hart, row, value - (hart->instret + 1));
        break;
    case RULE_TIME:
    case RULE_FIXED:
    case RULE_ABSENT: break;
    }
}

static uint64_t asserted(const struct hart *hart, const struct csr_row *row)
{
    return (row->flags & LINES) != 0 ? delegated(hart, row, hart->lines) : 0;
}

bool csr_is_plain_in_s(unsigned number, struct csr_plain *plain)
{
    const struct csr_row *row = find(number);

    if (row == NULL || row->rule != RULE_STORED || row->flags != 0 || row->visible != ALL ||
        (number >> 8 & 3) != MODE_S)
        return false;
    *plain = (struct csr_plain){.member = row->member, .writable = row->writable};
    return true;
}

bool csr_read(struct machine *machine, const struct hart *hart, unsigned number, uint64_t *value)
{
    const struct csr_row *row = find(number);

    if (row == NULL || !may_access(machine, hart, number))
        return false;
    *value = read_stored(machine, hart, row) | asserted(hart, row);
    return true;
}

enum stop csr_write(struct machine *machine, struct hart *hart, unsigned number,
                    enum isa_operator op, uint64_t operand, uint64_t *old)
{
    const struct csr_row *row = find(number);
    bool read_only = number >> 10 == 3;
    uint64_t stored;

    if (row == NULL || read_only || !may_access(machine, hart, number))
        return STOP_TRAP;
    stored = read_stored(machine, hart, row);
    *old = stored | asserted(hart, row);
    write_stored(hart, row, alu_eval(op, 64, stored, operand));
    if ((row->flags & TRANSLATES) != 0)
        mmu_enter(machine, hart);
    return (row->flags & HOLDS) != 0 ? interrupt_stop(hart) : STOP_COUNT;
}
