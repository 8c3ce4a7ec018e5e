/* host.c: the real machine: its firmware, its timer, its TLB; see guest.h. (The guest kernel's
 * sbi.c is made for that kernel's addresses, and knows no exit status.) */
#include "guest/monitor/guest.h"

static void sbi(uint64_t extension, uint64_t x, uint64_t y)
{
    register uint64_t a0 __asm__("a0") = x;
    register uint64_t a1 __asm__("a1") = y;
    register uint64_t a6 __asm__("a6") = 0;
    register uint64_t a7 __asm__("a7") = extension;

    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
}

void host_put(char byte)
{
    sbi(LEGACY_PUTCHAR, (unsigned char)byte, 0);
}

void host_timer(uint64_t ticks)
{
    sbi(EXT_TIME, ticks, 0);
}

void host_wait(void)
{
    __asm__ volatile("wfi");
}

void host_fence(bool code)
{
    __asm__ volatile("sfence.vma" ::: "memory");
    if (code)
        __asm__ volatile("fence.i" ::: "memory");
}

/* Other firmware than Trivium's may not take such a reason: then without a status. */
void host_off(int status)
{
    sbi(EXT_SRST, 0, status == 0 ? 0 : 0xe0000000 + (uint64_t)status);
    sbi(EXT_SRST, 0, status != 0);
    sbi(LEGACY_SHUTDOWN, 0, 0);
    for (;;)
        host_wait();
}
