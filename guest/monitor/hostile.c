/*
 * hostile.c: a guest that wants to get at its monitor. Each attempt has to fail with a fault of its
 * own; it prints "ok" or "NOT OK" for each, and then ends as HOSTILE_END says.
 *
 * It knows where the monitor is, at 0x80200000 of the real memory and MONITOR_MAP plus that, but
 * not that by its own names: its own memory is there. Only under the monitor does it mean anything.
 */
#include "guest/monitor/map.h"
#include "guest/monitor/tiny.h"

#define BASE   UINT64_C(0x80200000)
#define END    UINT64_C(0x80300000)
#define RAM    UINT64_C(0x80000000)
#define LEAF   UINT64_C(0xcf) /* D A X W R V */
#define SV39   (UINT64_C(8) << 60)
#define HOLE   (MONITOR_MAP + BASE)
#define NO_WAY UINT64_C(99) /* no trap came */

enum { LOAD, STORE, JUMP };

/* HOSTILE_END: how it ends. */
enum {
    WITH_STATUS,
    HANDLER_NOWHERE,
    HANDLER_IN_MONITOR,
    ROOT_NOWHERE,
    MEMORY_OVERWRITTEN,
};

static uint64_t root[512] __attribute__((aligned(4096)));
static uint64_t middle[512] __attribute__((aligned(4096)));
static uint64_t last[512] __attribute__((aligned(4096)));
static uint64_t data[1024] __attribute__((aligned(4096)));
static volatile uint64_t cause;

/* Notes the cause, and goes on behind the instruction; or, after a jump, where it came from. */
void kernel_trap(struct frame *frame)
{
    cause = csr_get(SCAUSE);
    frame->status |= 0x100;
    if (cause == 1 || cause == 12 || frame->pc == 0)
        frame->pc = frame->x[1];
    else
        frame->pc += 4;
}

static uint64_t try_it(int what, uint64_t address)
{
    cause = NO_WAY;
    if (what == LOAD)
        __asm__ volatile("ld t0, 0(%0)" ::"r"(address) : "t0", "memory");
    else if (what == STORE)
        __asm__ volatile("sd zero, 0(%0)" ::"r"(address) : "memory");
    else
        __asm__ volatile("jalr %0" ::"r"(address) : "ra", "memory");
    return cause;
}

static void tell(const char *what, uint64_t wrong)
{
    print(wrong == 0 ? "ok " : "NOT OK ", NULL);
    print(what, NULL);
    print(wrong == 0 ? "\n" : " (%)\n", &wrong);
}

/* An address that must fail in all three ways: how many did not? */
static uint64_t all_ways(uint64_t address)
{
    static const uint64_t access[] = {5, 7, 1}, page[] = {13, 15, 12};
    uint64_t wrong = 0;

    for (int what = LOAD; what <= JUMP; what++) {
        uint64_t got = try_it(what, address);

        wrong += got != access[what] && got != page[what];
    }
    return wrong;
}

static void physical(void)
{
    uint64_t wrong = 0;

    for (uint64_t gpa = RAM; gpa < RAM + (UINT64_C(32) << 20); gpa += 4096 * 16) {
        if (gpa < BASE || gpa >= END)
            wrong += all_ways(gpa);
    }
    tell("the memory around mine", wrong);
    tell("devices", all_ways(0x100000) + all_ways(0x2000000) + all_ways(0x10000000));
    tell("the monitor, by its own address", all_ways(HOLE) + all_ways(HOLE + 0x10000));
    tell("across the end of my memory", try_it(STORE, END - 4) != 7);
    tell("below its begin", try_it(LOAD, BASE - 4) != 5);
}

static void tables(void)
{
    uint64_t wrong = 0;

    root[2] = RAM >> 2 | LEAF;
    root[0] = (uint64_t)middle >> 2 | 1;
    middle[0] = (uint64_t)last >> 2 | 1;
    csr_put(SATP, SV39 | (uint64_t)root >> 12);
    for (unsigned i = 0; i < 512; i++) {
        last[i] = (RAM + (uint64_t)i * 0x10000) >> 2 | LEAF;
        if (i < 0x20 || i >= 0x30)
            wrong += all_ways(i * UINT64_C(4096));
    }
    tell("pages of others, by tables of mine", wrong);
    root[(HOLE >> 30) & 511] = root[2];
    __asm__ volatile("sfence.vma" ::: "memory");
    tell("the monitor's GiB, by tables of mine", all_ways(HOLE) + all_ways(HOLE + 0x100000));
    root[1] = (uint64_t)root >> 2 | 1; /* a table that is its own */
    __asm__ volatile("sfence.vma" ::: "memory");
    tell("tables in a circle", all_ways(UINT64_C(1) << 30 | UINT64_C(1) << 21 | 1 << 12 | 8));
    middle[1] = (RAM + 4096) >> 2 | LEAF;
    middle[2] = UINT64_C(0xfffffffffff) << 10 | 1;
    middle[3] = UINT64_C(0xfffffffffff) << 10 | LEAF;
    __asm__ volatile("sfence.vma" ::: "memory");
    tell("tables that are none", all_ways(1 << 21) + all_ways(2 << 21) + all_ways(3 << 21));

    /* More pages than the monitor has tables for, each in a GiB of its own. */
    wrong = 0;
    last[0] = (uint64_t)data >> 2 | LEAF;
    for (unsigned i = 3; i < 255; i++)
        root[i] = root[0];
    __asm__ volatile("sfence.vma" ::: "memory");
    for (uint64_t i = 3; i < 255; i++)
        *(volatile uint64_t *)(i << 30 | (i * 8)) = i;
    for (uint64_t i = 3; i < 255; i++)
        wrong += data[i] != i || *(volatile uint64_t *)((257 - i) << 30 | (i * 8)) != i;
    tell("many tables (only my own are short)", wrong);
    csr_put(SATP, 0);
}

/* Every CSR there could be, by an instruction that is made for it. */
static void registers(void)
{
    static uint32_t code[3] __attribute__((aligned(4096))) = {0, 0x00008067, 0}; /* ret */
    uint64_t wrong = 0;

    for (uint32_t csr = 0; csr < 4096; csr++) {
        bool mine = csr == SSTATUS || csr == SIE || csr == STVEC || csr == SCOUNTEREN ||
                    csr == 0x10a || (csr >= SSCRATCH && csr <= SIP) || csr == SATP ||
                    csr == PLANTED || (csr >= 0xc00 && csr <= 0xc02);

        cause = NO_WAY;
        *(volatile uint32_t *)code = csr << 20 | 0x000022f3; /* csrrs t0, csr, zero */
        __asm__ volatile("fence.i\n jalr %0" ::"r"(code) : "ra", "t0", "memory");
        wrong += cause != (mine ? NO_WAY : 2);
    }
    tell("CSRs that are not mine", wrong);
    csr_put(SATP, UINT64_MAX);
    tell("a satp that is none", csr_get(SATP) != 0);
    cause = NO_WAY;
    __asm__ volatile(".word 0x02007053"); /* fadd.s: floating point is off */
    tell("floating point", cause != 2);
    cause = NO_WAY;
    __asm__ volatile("amoadd.d zero, zero, (%0)" ::"r"(code) : "memory");
    tell("an atomic access to code", cause != 7);
}

/* A planted instruction that no word of a page holds: half of it is on the next. */
static void straddling(void)
{
    uint16_t *half = (uint16_t *)(void *)data + 2047;
    uint64_t got = 0;

    half[0] = 0x2573; /* csrr a0, 0x800 */
    half[1] = 0x8000;
    half[2] = 0x8067; /* ret */
    half[3] = 0x0000;
    __asm__ volatile("fence.i\n jalr %1\n mv %0, a0"
                     : "=r"(got)
                     : "r"(half)
                     : "ra", "a0", "memory");
    tell("a planted instruction on two pages tells the mode at most", got & ~UINT64_C(0x100));
}

static void firmware(void)
{
    static const uint64_t extensions[] = {0x10,       0x735049, 0x52464e43, 0x48534d,
                                          0x4442434e, 2,        4,          UINT64_MAX};
    uint64_t wrong = 0;

    for (unsigned i = 0; i < sizeof extensions / sizeof *extensions; i++)
        wrong += sbi(extensions[i], BASE) != (uint64_t)-2;
    tell("firmware that is not for me", wrong);
}

/* What is in no memory is a dead machine: the monitor says so. */
static _Noreturn void end(int how)
{
    switch (how) {
    case HANDLER_NOWHERE: csr_put(STVEC, 0x10); break;
    case HANDLER_IN_MONITOR: csr_put(STVEC, HOLE); break;
    case ROOT_NOWHERE: csr_put(SATP, SV39 | RAM >> 12); break;
    case MEMORY_OVERWRITTEN:
        for (uint64_t *at = (uint64_t *)BASE; at < (uint64_t *)END; at++)
            *(volatile uint64_t *)at = UINT64_MAX;
        break;
    default: sbi(SBI_RESET, 0);
    }
    for (;;)
        __asm__ volatile("ebreak");
}

void kernel_main(void)
{
    physical();
    tables();
    registers();
    straddling();
    firmware();
    print("all tried\n", NULL);
    end(HOSTILE_END);
}
