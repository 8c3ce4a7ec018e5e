/* Control and status registers of supervisor mode, as far as the kernel uses them.
 * Source: RISC-V privileged specification, chapter 4. */
#ifndef TRIVIUM_GUEST_KERNEL_ARCH_RV64_CSR_H
#define TRIVIUM_GUEST_KERNEL_ARCH_RV64_CSR_H

#include <stdint.h>

#define CSR_READ(name)                                                      \
    __extension__({                                                         \
        uint64_t csr_value;                                                 \
        __asm__ volatile("csrr %0, " #name : "=r"(csr_value) : : "memory"); \
        csr_value;                                                          \
    })
#define CSR_WRITE(name, value) \
    __asm__ volatile("csrw " #name ", %0" : : "r"((uint64_t)(value)) : "memory")
#define CSR_SET(name, bits) \
    __asm__ volatile("csrs " #name ", %0" : : "r"((uint64_t)(bits)) : "memory")
#define CSR_CLEAR(name, bits) \
    __asm__ volatile("csrc " #name ", %0" : : "r"((uint64_t)(bits)) : "memory")

/* Bits of sie and sip, and causes of interrupts. */
enum { INTERRUPT_SOFTWARE = 1, INTERRUPT_TIMER = 5, INTERRUPT_EXTERNAL = 9 };

/* scause: set for an interrupt. */
#define CAUSE_INTERRUPT ((uint64_t)1 << 63)

enum {
    CAUSE_FETCH_MISALIGNED = 0,
    CAUSE_FETCH_ACCESS = 1,
    CAUSE_ILLEGAL = 2,
    CAUSE_BREAKPOINT = 3,
    CAUSE_LOAD_MISALIGNED = 4,
    CAUSE_LOAD_ACCESS = 5,
    CAUSE_STORE_MISALIGNED = 6,
    CAUSE_STORE_ACCESS = 7,
    CAUSE_ECALL_USER = 8,
    CAUSE_FETCH_PAGE = 12,
    CAUSE_LOAD_PAGE = 13,
    CAUSE_STORE_PAGE = 15,
};

#endif
