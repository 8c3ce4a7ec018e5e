/* faults.c: instructions that trap on RV64, and the signal that each one is. Not for x86-64. */
#include "tests/e2e/user/calls.h"

static void illegal(void)
{
    __asm__ volatile(".4byte 0xffffffff");
}

static void illegal_zero(void)
{
    __asm__ volatile(".2byte 0");
}

static void floating_point(void)
{
    __asm__ volatile(".option arch, +d\n fmv.d.x fa0, zero");
}

static void supervisor(void)
{
    __asm__ volatile("sret");
}

static void write_time(void)
{
    __asm__ volatile("csrw 0xc01, zero");
}

static void unknown_csr(void)
{
    __asm__ volatile("csrr a0, 0x300");
}

static void breakpoint(void)
{
    __asm__ volatile("ebreak");
}

static void misaligned_amo(void)
{
    static long words[2];

    __asm__ volatile("amoadd.d a0, a0, (%0)" ::"r"((char *)words + 4) : "a0", "memory");
}

static void misaligned_lr(void)
{
    static long words[2];

    __asm__ volatile("lr.w a0, (%0)" ::"r"((char *)words + 2) : "a0", "memory");
}

static void misaligned_load(void)
{
    static const char bytes[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    long value;

    __asm__ volatile("ld %0, 1(%1)" : "=r"(value) : "r"(bytes), "m"(bytes));
    _exit(value == 0x0908070605040302 ? 42 : 1);
}

static unsigned long read_time(void)
{
    unsigned long ticks;

    __asm__ volatile("csrr %0, 0xc01" : "=r"(ticks));
    return ticks;
}

/* 100 ms are 1,000,000 ticks; the host may take longer, but not ten times. */
static void count_time(void)
{
    const long wanted[2] = {0, 100000000};
    unsigned long before = read_time(), passed;

    CALL(nanosleep, (long)wanted, 0);
    passed = read_time() - before;
    _exit(passed >= 1000000 && passed < 10000000 ? 42 : 1);
}

static void count_instructions(void)
{
    unsigned long before, after;

    __asm__ volatile("csrr %0, 0xc02\n nop\n nop\n csrr %1, 0xc02" : "=r"(before), "=r"(after));
    _exit((int)(after - before));
}

int main(void)
{
    show_child("illegal", illegal);
    show_child("illegal zero", illegal_zero);
    show_child("floating point", floating_point);
    show_child("supervisor instruction", supervisor);
    show_child("write to time", write_time);
    show_child("machine csr", unknown_csr);
    show_child("ebreak", breakpoint);
    show_child("misaligned amo", misaligned_amo);
    show_child("misaligned lr", misaligned_lr);
    show_child("misaligned load", misaligned_load);
    show_child("time", count_time);
    show_child("instret", count_instructions);
    return 0;
}
