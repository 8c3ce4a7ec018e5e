/*
 * phys.h: the physical memory of a board: one range of RAM, and devices everywhere else.
 *
 *     hva = ram + (gpa - base)        for base <= gpa < base + size
 *
 * What is not RAM is asked of the owner, who has a bus with devices on it. So nothing here knows a
 * device or an address.
 *
 * RAM may be shared by several host threads, each running a hart: page tables, AMOs and LR/SC go
 * through the atomic functions below; an ordinary access is a plain one of the host's.
 *
 * Read next: mmu.h, from where this is used.
 */
#ifndef TRIVIUM_EMU_CPU_PHYS_H
#define TRIVIUM_EMU_CPU_PHYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct phys {
    uint8_t *ram;  /* hva of gpa `base` */
    uint64_t base; /* a multiple of the page size, as is size */
    uint64_t size;

    /*
     * An access outside RAM of 8, 16, 32 or 64 bits, at a multiple of its width. The value of a
     * load is zero-extended. False: nothing answers there, an access fault for the guest.
     */
    bool (*mmio_load)(void *owner, uint64_t gpa, unsigned width, uint64_t *value);
    bool (*mmio_store)(void *owner, uint64_t gpa, unsigned width, uint64_t value);
    void *owner;
};

/* The hva of [gpa, gpa + bytes), or NULL if not all of it is RAM. */
static inline uint8_t *phys_ram(const struct phys *phys, uint64_t gpa, uint64_t bytes)
{
    uint64_t offset = gpa - phys->base; /* below base: huge, so not below size */

    if (offset >= phys->size || phys->size - offset < bytes)
        return NULL;
    return phys->ram + offset;
}

/* A number in guest memory, which the host may see under any type: it has no declared one. */
typedef uint32_t __attribute__((may_alias)) guest_u32;
typedef uint64_t __attribute__((may_alias)) guest_u64;

/* The width-bit number at a naturally aligned hva, zero-extended. width: 32 or 64. */
static inline uint64_t atomic_load_at(const uint8_t *hva, unsigned width)
{
    if (width == 32)
        return __atomic_load_n((const guest_u32 *)(const void *)hva, __ATOMIC_SEQ_CST);
    return __atomic_load_n((const guest_u64 *)(const void *)hva, __ATOMIC_SEQ_CST);
}

/*
 * If there is *expected at hva, puts `value` in its place and answers true. Else *expected becomes
 * what there is. All of width bits: 32 or 64, with expected zero-extended.
 */
static inline bool atomic_exchange_at(uint8_t *hva, unsigned width, uint64_t *expected,
                                      uint64_t value)
{
    if (width == 32) {
        uint32_t seen = (uint32_t)*expected;
        bool done = __atomic_compare_exchange_n((guest_u32 *)(void *)hva, &seen, (uint32_t)value,
                                                false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);

        *expected = seen;
        return done;
    }
    return __atomic_compare_exchange_n((guest_u64 *)(void *)hva, expected, value, false,
                                       __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

#endif
