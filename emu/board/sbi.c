/*
 * sbi.c: each function of the SBI; see sbi.h.
 *
 *     a7 extension   a6 function   a0 ... a5 arguments   ->   a0 error   a1 value
 */
#include "emu/board/sbi.h"

#include <string.h>

#include "emu/board/board.h"
#include "emu/cpu/csr.h"
#include "emu/cpu/mmu.h"

/* Registers by their ABI names. */
enum { A0 = 10, A1 = 11, A2 = 12, A3 = 13, A6 = 16, A7 = 17 };

/* Extensions (2.0, chapters 4 to 12); the legacy ones have small numbers. */
enum {
    LEGACY_SET_TIMER = 0,
    LEGACY_PUTCHAR = 1,
    LEGACY_GETCHAR = 2,
    LEGACY_CLEAR_IPI = 3,
    LEGACY_SEND_IPI = 4,
    LEGACY_FENCE_I = 5,
    LEGACY_SFENCE = 6,
    LEGACY_SFENCE_ASID = 7,
    LEGACY_SHUTDOWN = 8,
    EXT_BASE = 0x10,
    EXT_TIME = 0x54494d45,
    EXT_IPI = 0x735049,
    EXT_RFENCE = 0x52464e43,
    EXT_HSM = 0x48534d,
    EXT_SRST = 0x53525354,
    EXT_DBCN = 0x4442434e,
};

/* Errors (2.0, table 1) */
enum sbi_error {
    SBI_SUCCESS = 0,
    SBI_FAILED = -1,
    SBI_NOT_SUPPORTED = -2,
    SBI_INVALID_PARAM = -3,
    SBI_INVALID_ADDRESS = -5,
    SBI_ALREADY_AVAILABLE = -6,
};

enum { SPEC_VERSION = 2 << 24 };            /* 2.0 */
enum { IMPLEMENTATION = 0x747269 };         /* "tri": of no one else's in the register of ids */
enum { MIDELEG = 0x222, MEDELEG = 0xb1ff }; /* all but ecalls of S and M mode go to S mode */
enum { COUNTEREN = 7 };                     /* cycle, time, instret */

struct answer {
    enum sbi_error error;
    uint64_t value;
};

static struct answer fail(enum sbi_error error)
{
    return (struct answer){.error = error};
}

static struct answer succeed(uint64_t value)
{
    return (struct answer){.value = value};
}

static void start_hart(struct board *board, unsigned number, uint64_t pc, uint64_t opaque)
{
    struct hart *hart = &board->harts[number];
    uint64_t instret = hart->instret;
    uint64_t menvcfg = hart->menvcfg;

    hart_reset(hart, number, pc);
    hart->instret = instret; /* counts on: the schedule knows it */
    hart->menvcfg = menvcfg;
    hart->mode = MODE_S;
    hart->mideleg = MIDELEG;
    hart->medeleg = MEDELEG;
    hart->mcounteren = COUNTEREN;
    hart->x[A0] = number;
    hart->x[A1] = opaque;
    tlb_flush(&board->tlbs[number]);
    board->sbi.status[number] = SBI_STARTED;
    board->sbi.timer[number] = UINT64_MAX;
    board->schedule.waiting[number] = 0;
}

void sbi_init(struct board *board, uint64_t entry, uint64_t tree)
{
    for (unsigned i = 0; i < board->hart_count; i++) {
        board->sbi.timer[i] = UINT64_MAX;
        board->sbi.status[i] = SBI_STOPPED;
    }
    for (unsigned i = 0; i < (board->firmware == FIRMWARE_SBI_LEGACY ? board->hart_count : 1); i++)
        start_hart(board, i, entry, tree);
}

/* The harts of a mask: bit n stands for hart base + n; base -1: all harts (2.0, 3.1). */
static bool hart_mask(const struct board *board, uint64_t mask, uint64_t base, uint64_t *harts)
{
    uint64_t all = (UINT64_C(1) << board->hart_count) - 1;

    *harts = all;
    if (base == UINT64_MAX)
        return true;
    if (base >= board->hart_count)
        return mask == 0 ? (*harts = 0, true) : false;
    *harts = mask << base;
    return *harts >> base == mask && (*harts & ~all) == 0;
}

static struct answer call_base(const struct board *board, uint64_t function, uint64_t argument)
{
    static const uint64_t extensions[] = {EXT_BASE, EXT_TIME, EXT_IPI, EXT_RFENCE,
                                          EXT_HSM,  EXT_SRST, EXT_DBCN};

    (void)board;
    switch (function) {
    case 0: return succeed(SPEC_VERSION);
    case 1: return succeed(IMPLEMENTATION);
    case 2: return succeed(1);
    case 3:
        for (unsigned i = 0; i < sizeof extensions / sizeof *extensions; i++) {
            if (extensions[i] == argument)
                return succeed(1);
        }
        return succeed(argument <= LEGACY_SHUTDOWN);
    case 4: /* mvendorid, marchid, mimpid: not told, as those CSRs do */
    case 5:
    case 6: return succeed(0);
    default: return fail(SBI_NOT_SUPPORTED);
    }
}

static void send_ipi(struct board *board, uint64_t harts)
{
    for (unsigned i = 0; i < board->hart_count; i++) {
        if ((harts >> i & 1) != 0)
            board->harts[i].mip |= INTERRUPT_BIT(INTERRUPT_S_SOFTWARE);
    }
}

/*
 * Remote fences. Every hart executes one instruction after the other here, so what a fence of
 * theirs has to do is to forget translations; all of them, whatever the range: that is always
 * right.
 */
static struct answer call_fence(struct board *board, uint64_t function, uint64_t harts)
{
    if (function > 2) /* fence.i, sfence.vma, sfence.vma with asid; the others are of hypervisors */
        return fail(SBI_NOT_SUPPORTED);
    for (unsigned i = 0; i < board->hart_count; i++) {
        if ((harts >> i & 1) != 0 && function > 0)
            tlb_flush(&board->tlbs[i]);
    }
    if (function == 0)
        board->machine.code_epoch++;
    return succeed(0);
}

static struct answer call_hsm(struct board *board, unsigned self, const uint64_t *x)
{
    uint64_t target = x[A0];

    switch (x[A6]) {
    case 0: /* hart_start */
        if (target >= board->hart_count)
            return fail(SBI_INVALID_PARAM);
        if (board->sbi.status[target] != SBI_STOPPED)
            return fail(SBI_ALREADY_AVAILABLE);
        if (!dma_is_ram(&board->dma, x[A1], 4) || x[A1] % 2 != 0)
            return fail(SBI_INVALID_ADDRESS);
        start_hart(board, (unsigned)target, x[A1], x[A2]);
        return succeed(0);
    case 1: /* hart_stop */ board->sbi.status[self] = SBI_STOPPED; return succeed(0);
    case 2: /* hart_get_status */
        if (target >= board->hart_count)
            return fail(SBI_INVALID_PARAM);
        return succeed(board->sbi.status[target]);
    case 3: /* hart_suspend, retentive and by default: the same as wfi */
        if ((x[A0] & 0xffffffff) != 0)
            return fail(SBI_NOT_SUPPORTED);
        board->schedule.waiting[self] = 1;
        board->schedule.quantum_left = 0;
        return succeed(0);
    default: return fail(SBI_NOT_SUPPORTED);
    }
}

static void switch_off(struct board *board, uint32_t status)
{
    board->syscon.state = (struct syscon_state){.wish = SYSCON_POWER_OFF, .status = status};
}

/*
 * a0: shutdown 0, cold reboot 1, warm reboot 2; a1: why. A failure of the system is status 1; an
 * exit status of 0 to 255 can be given in a reason of ours (the range 0xe0000000 is the
 * implementation's, 2.0, table 25).
 */
static struct answer call_reset(struct board *board, uint64_t type, uint64_t reason)
{
    uint64_t own = (reason & 0xffffffff) - 0xe0000000;

    if (type > 2 || ((reason & 0xffffffff) > 1 && own > 255))
        return fail(SBI_INVALID_PARAM);
    if (type == 0)
        switch_off(board, reason == 0 ? 0 : own <= 255 ? (uint32_t)own : 1);
    else
        board->syscon.state = (struct syscon_state){.wish = SYSCON_RESET};
    return succeed(0);
}

/* The SBI has no word for the end of the input: nothing is typed any more, and that is all. */
static bool read_console(struct board *board, uint8_t *byte)
{
    uint16_t typed;

    if (!input_console(&board->input, board_step(board), &typed) || typed == INPUT_CONSOLE_END)
        return false;
    *byte = (uint8_t)typed;
    return true;
}

/* Writes the guest's bytes at a physical address, or reads into them (2.0, chapter 12). */
static struct answer call_debug_console(struct board *board, const uint64_t *x)
{
    uint64_t bytes = x[A0], gpa = x[A1], done = 0;
    uint8_t byte = 0;

    if (x[A6] == 2) {
        board->host.output(board->host.owner, (uint8_t)x[A0]);
        return succeed(0);
    }
    if (x[A6] > 2)
        return fail(SBI_NOT_SUPPORTED);
    if (x[A2] != 0 || !dma_is_ram(&board->dma, gpa, bytes))
        return fail(SBI_INVALID_PARAM);
    for (; done < bytes; done++) {
        if (x[A6] == 0) {
            dma_read(&board->dma, gpa + done, &byte, 1);
            board->host.output(board->host.owner, byte);
        } else {
            if (!read_console(board, &byte))
                break;
            dma_write(&board->dma, gpa + done, &byte, 1);
        }
    }
    return succeed(done);
}

static struct answer call_extension(struct board *board, unsigned self, const uint64_t *x)
{
    uint64_t harts;

    switch (x[A7]) {
    case EXT_BASE: return call_base(board, x[A6], x[A0]);
    case EXT_TIME:
        if (x[A6] != 0)
            return fail(SBI_NOT_SUPPORTED);
        board->sbi.timer[self] = x[A0];
        return succeed(0);
    case EXT_IPI:
        if (x[A6] != 0)
            return fail(SBI_NOT_SUPPORTED);
        if (!hart_mask(board, x[A0], x[A1], &harts))
            return fail(SBI_INVALID_PARAM);
        send_ipi(board, harts);
        return succeed(0);
    case EXT_RFENCE:
        if (!hart_mask(board, x[A0], x[A1], &harts))
            return fail(SBI_INVALID_PARAM);
        return call_fence(board, x[A6], harts);
    case EXT_HSM: return call_hsm(board, self, x);
    case EXT_SRST: return x[A6] == 0 ? call_reset(board, x[A0], x[A1]) : fail(SBI_NOT_SUPPORTED);
    case EXT_DBCN: return call_debug_console(board, x);
    default: return fail(SBI_NOT_SUPPORTED);
    }
}

/*
 * The harts of a legacy call: it hands over the virtual address of a mask, as the kernel sees it,
 * or 0 for all harts. A mask that cannot be read names none (0.1 has no errors for that).
 */
static uint64_t legacy_harts(const struct board *board, unsigned self, uint64_t gva)
{
    uint64_t all = (UINT64_C(1) << board->hart_count) - 1;
    uint64_t mask = 0;
    uint64_t gpa;

    if (gva == 0)
        return all;
    if (gva % sizeof mask != 0 ||
        !mmu_probe(&board->machine, &board->harts[self], gva, ACCESS_LOAD, &gpa) ||
        !dma_read(&board->dma, gpa, &mask, sizeof mask))
        return 0;
    return mask & all;
}

/* The legacy calls answer in a0 only. False: it is none of them. */
static bool call_legacy(struct board *board, unsigned self, uint64_t *x)
{
    uint8_t byte = 0;

    switch (x[A7]) {
    case LEGACY_SET_TIMER:
        board->sbi.timer[self] = x[A0];
        x[A0] = 0;
        return true;
    case LEGACY_PUTCHAR:
        board->host.output(board->host.owner, (uint8_t)x[A0]);
        x[A0] = 0;
        return true;
    case LEGACY_GETCHAR:
        x[A0] = read_console(board, &byte) ? byte : (uint64_t)SBI_FAILED;
        return true;
    case LEGACY_CLEAR_IPI:
        board->harts[self].mip &= ~INTERRUPT_BIT(INTERRUPT_S_SOFTWARE);
        x[A0] = 0;
        return true;
    case LEGACY_SEND_IPI:
        send_ipi(board, legacy_harts(board, self, x[A0]));
        x[A0] = 0;
        return true;
    case LEGACY_FENCE_I:
    case LEGACY_SFENCE:
    case LEGACY_SFENCE_ASID:
        call_fence(board, x[A7] - LEGACY_FENCE_I, legacy_harts(board, self, x[A0]));
        x[A0] = 0;
        return true;
    case LEGACY_SHUTDOWN: switch_off(board, 0); return true;
    default: return false;
    }
}

void sbi_call(struct board *board, unsigned number)
{
    struct hart *hart = &board->harts[number];
    struct answer answer;

    hart->pc += 4; /* first: a hart that is stopped may be started anew elsewhere */
    if (call_legacy(board, number, hart->x))
        return;
    answer = board->firmware == FIRMWARE_SBI ? call_extension(board, number, hart->x)
                                             : fail(SBI_NOT_SUPPORTED);
    hart->x[A0] = (uint64_t)(int64_t)answer.error;
    hart->x[A1] = answer.value;
}
