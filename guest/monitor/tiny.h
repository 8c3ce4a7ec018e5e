/*
 * tiny.h: the little that a kernel of one page needs: SBI, CSRs, printing, frames of traps.
 *
 * Shared by tiny.c and by the hostile guests of tests/monitor.
 */
#ifndef TRIVIUM_GUEST_MONITOR_TINY_H
#define TRIVIUM_GUEST_MONITOR_TINY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As tiny_start.S saves them. */
struct frame {
    uint64_t x[32], pc, status;
};

enum { SP = 2, A0 = 10, A1 = 11, A7 = 17 };

/* CSRs by number. (Inlined, or the number would not be a constant.) */
enum csr {
    SSTATUS = 0x100,
    SIE = 0x104,
    STVEC = 0x105,
    SCOUNTEREN = 0x106,
    SSCRATCH = 0x140,
    SEPC = 0x141,
    SCAUSE = 0x142,
    STVAL = 0x143,
    SIP = 0x144,
    SATP = 0x180,
    PLANTED = 0x800,
    TIME = 0xc01,
};

#define INLINED static inline __attribute__((always_inline))

INLINED uint64_t csr_get(enum csr csr)
{
    uint64_t value;

    __asm__ volatile("csrr %0, %1" : "=r"(value) : "i"(csr) : "memory");
    return value;
}

INLINED void csr_put(enum csr csr, uint64_t value)
{
    __asm__ volatile("csrw %0, %1" ::"i"(csr), "r"(value) : "memory");
}

INLINED void csr_set(enum csr csr, uint64_t bits)
{
    __asm__ volatile("csrs %0, %1" ::"i"(csr), "r"(bits) : "memory");
}

INLINED void csr_clear(enum csr csr, uint64_t bits)
{
    __asm__ volatile("csrc %0, %1" ::"i"(csr), "r"(bits) : "memory");
}

static inline uint64_t sbi(uint64_t extension, uint64_t x)
{
    register uint64_t a0 __asm__("a0") = x;
    register uint64_t a1 __asm__("a1") = 0;
    register uint64_t a6 __asm__("a6") = 0;
    register uint64_t a7 __asm__("a7") = extension;

    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
    return a0;
}

enum { SBI_PUTCHAR = 1, SBI_TIMER = 0x54494d45, SBI_RESET = 0x53525354 };

#define NUMBERS(...)   \
    (const uint64_t[]) \
    {                  \
        __VA_ARGS__    \
    }

/* Prints a text; each %: the next of the numbers, in hexadecimal. */
void print(const char *text, const uint64_t *numbers);

extern uint8_t kernel_stack_end[];
_Noreturn void kernel_main(void);
void kernel_trap(struct frame *frame);
_Noreturn void frame_go(const struct frame *frame);

#endif
