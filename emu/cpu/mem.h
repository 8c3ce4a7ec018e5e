/*
 * mem.h: flat memory, what a user-mode process has (--user).
 *
 * What it is not: the memory of a board, which is phys.h and mmu.h; engines reach either through
 * access.h.
 *
 * The guest's address space is one reserved range of the host's, and
 *
 *     hva = base + gva        for gva < span, where the page's permissions allow it
 *
 * The permissions stand in an array of one byte a page that the owner of the address space keeps
 * (emu/user/space.c). Checking them here, and not leaving it to the host's MMU and a signal, costs
 * an interpreter a few percent and lets a student read what a memory access is.
 *
 * Every function answers false where the guest may not do what it asked; the engine makes the trap.
 * Misaligned accesses work, across pages too. The guest and (every current) host are little-endian.
 */
#ifndef TRIVIUM_EMU_CPU_MEM_H
#define TRIVIUM_EMU_CPU_MEM_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MEM_PAGE_SHIFT 12
#define MEM_PAGE_SIZE  (UINT64_C(1) << MEM_PAGE_SHIFT)

/* Page permissions. A mapped page without any of the three is still MEM_MAPPED. */
enum mem_perm {
    MEM_READ = 1,
    MEM_WRITE = 2,
    MEM_EXEC = 4,
    MEM_MAPPED = 8,
};

struct mem {
    uint8_t *base;       /* hva of gva 0 */
    const uint8_t *perm; /* enum mem_perm of each page, span >> MEM_PAGE_SHIFT of them */
    uint64_t span;       /* bytes of gva; a multiple of the page size */
};

/* May the guest do `perm` to all of [gva, gva + bytes)? For 1 <= bytes <= MEM_PAGE_SIZE. */
static inline bool mem_may(const struct mem *mem, uint64_t gva, uint64_t bytes, enum mem_perm perm)
{
    uint64_t page = gva >> MEM_PAGE_SHIFT;
    uint64_t offset = gva & (MEM_PAGE_SIZE - 1);

    if (gva >= mem->span || (mem->perm[page] & perm) == 0)
        return false;
    if (offset <= MEM_PAGE_SIZE - bytes)
        return true;
    return gva + bytes <= mem->span && (mem->perm[page + 1] & perm) != 0;
}

/* The width-bit little-endian number at hva, zero-extended. width: 8, 16, 32 or 64. */
static inline uint64_t host_load(const uint8_t *hva, unsigned width)
{
    uint64_t value = 0;
    uint32_t word = 0;
    uint16_t half = 0;

    switch (width) {
    case 8: return *hva;
    case 16: memcpy(&half, hva, sizeof half); return half;
    case 32: memcpy(&word, hva, sizeof word); return word;
    default: memcpy(&value, hva, sizeof value); return value;
    }
}

/* Has the page at hva nothing in it? */
static inline bool mem_page_is_zero(const uint8_t *hva)
{
    return hva[0] == 0 && memcmp(hva, hva + 1, MEM_PAGE_SIZE - 1) == 0;
}

/* Stores the low `width` bits of value at hva. */
static inline void host_store(uint8_t *hva, unsigned width, uint64_t value)
{
    /* The low bytes come first, so a prefix of `value` in memory is its low bits. */
    switch (width) {
    case 8: memcpy(hva, &value, 1); break;
    case 16: memcpy(hva, &value, 2); break;
    case 32: memcpy(hva, &value, 4); break;
    default: memcpy(hva, &value, 8); break;
    }
}

/* *value = the width-bit number at gva, zero-extended. width: 8, 16, 32 or 64. */
static inline bool mem_load(const struct mem *mem, uint64_t gva, unsigned width, uint64_t *value)
{
    if (!mem_may(mem, gva, width / 8, MEM_READ))
        return false;
    *value = host_load(mem->base + gva, width);
    return true;
}

/* Stores the low `width` bits of value at gva. */
static inline bool mem_store(const struct mem *mem, uint64_t gva, unsigned width, uint64_t value)
{
    if (!mem_may(mem, gva, width / 8, MEM_WRITE))
        return false;
    host_store(mem->base + gva, width, value);
    return true;
}

/*
 * *word = the instruction at pc: 16 bits of it when it is a compressed one. A 4-byte instruction
 * may straddle two pages: *fault is then the gva that could not be fetched, which may be pc + 2.
 */
static inline bool mem_fetch(const struct mem *mem, uint64_t pc, uint32_t *word, uint64_t *fault)
{
    uint16_t half;

    *fault = pc;
    if (mem_may(mem, pc, 4, MEM_EXEC)) {
        memcpy(word, mem->base + pc, sizeof *word);
        if ((*word & 3) != 3)
            *word &= 0xffff;
        return true;
    }
    if (!mem_may(mem, pc, 2, MEM_EXEC))
        return false;
    memcpy(&half, mem->base + pc, sizeof half);
    *word = half;
    *fault = pc + 2;
    return (half & 3) != 3;
}

#endif
