/*
 * mmu.h: how a hart of a board reaches memory: translation, protection, devices.
 *
 * A load goes: gva -> TLB -> hva, or gva -> walk through the page tables -> gpa -> RAM or a device,
 * and the TLB remembers the page. Nothing is translated in M mode, and where satp says Bare.
 *
 *     38      30 29      21 20      12 11           0
 *    |  VPN[2]  |  VPN[1]  |  VPN[0]  |    offset    |     a gva of Sv39; bits 63 to 39 equal bit
 * 38
 *
 *     63 54 53      28 27      19 18      10 9 8 7 6 5 4 3 2 1 0
 *    |  0  |  PPN[2]  |  PPN[1]  |  PPN[0]  |RSW|D|A|G|U|X|W|R|V|   an entry of a page table
 *
 * Read next: mmu.c.
 * Source: Priv. spec 4.3 and 4.4 (Sv39), 3.1.6.3 (MPRV, SUM, MXR); accessed and dirty bits as of
 * Svade and Svadu, chosen by menvcfg.ADUE.
 */
#ifndef TRIVIUM_EMU_CPU_MMU_H
#define TRIVIUM_EMU_CPU_MMU_H

#include "emu/cpu/machine.h"

enum {
    PTE_V = 1 << 0, /* valid */
    PTE_R = 1 << 1, /* the page may be read ... */
    PTE_W = 1 << 2,
    PTE_X = 1 << 3, /* an entry with none of the three points to the next table */
    PTE_U = 1 << 4, /* by U mode, else by S mode */
    PTE_G = 1 << 5, /* in all address spaces */
    PTE_A = 1 << 6, /* accessed */
    PTE_D = 1 << 7, /* dirty */
};

#define PTE_PPN_SHIFT   10

#define SATP_MODE_SHIFT 60
#define SATP_ASID_SHIFT 44
#define SATP_BARE       UINT64_C(0)
#define SATP_SV39       UINT64_C(8)

/*    63  60 59         44 43                    0
 *   | mode |    ASID     | PPN of the root table |     satp */
static inline uint64_t satp_mode(uint64_t satp)
{
    return satp >> SATP_MODE_SHIFT;
}

static inline uint64_t satp_asid(uint64_t satp)
{
    return satp >> SATP_ASID_SHIFT & 0xffff;
}

/* The gpa of the root table. */
static inline uint64_t satp_root(uint64_t satp)
{
    return (satp & ((UINT64_C(1) << SATP_ASID_SHIFT) - 1)) << MEM_PAGE_SHIFT;
}

#define MMU_LEVELS 3

/* How a translation went, step by step: for the TLB, for traces, for a student who looks on. */
struct walk {
    bool ok;
    enum trap_cause cause; /* when not ok */
    uint64_t gpa;          /* when ok */
    uint64_t page_size;    /* of the leaf: 4 KiB, 2 MiB or 1 GiB; 4 KiB when not translated */
    unsigned levels;       /* tables read, 0 to MMU_LEVELS: the last of them may be at fault */
    struct {
        uint64_t gpa; /* of the entry; its table may lie outside RAM, then pte is 0 */
        uint64_t pte;
    } step[MMU_LEVELS];
    uint64_t leaf_wanted; /* the leaf as hardware would make it: with A, and D for a store */
};

/*
 * What an access of the byte at gva would find: all rules but whether memory is there in the end.
 * Changes nothing. It is what the manual calls the algorithm of 4.3.2, and the only place where
 * that is written down.
 */
struct walk mmu_walk(const struct machine *machine, const struct hart *hart, uint64_t gva,
                     enum access access);

/*
 * The same, for a reader that only wants the address (an SBI, a debugger). False: not accessible.
 * *gpa need not be RAM.
 */
bool mmu_probe(const struct machine *machine, const struct hart *hart, uint64_t gva,
               enum access access, uint64_t *gpa);

/* On what the rights to a page depend, besides the page (tlb.h): the hart's mode and CSRs. */
uint64_t mmu_context(const struct hart *hart, enum access access);

/*
 * Tells the hart's TLB the context in which it is used. To be called by an engine whenever run()
 * begins, as the owner may have changed the hart; instructions that change what the context depends
 * on (mode, mstatus, satp) call it themselves. Nothing to do in a process.
 */
void mmu_enter(struct machine *machine, struct hart *hart);

/*
 * sfence.vma: forgets what the TLB knows of the page of *gva, or of all pages (NULL), as far as it
 * belongs to address space *asid, or to any (NULL).
 */
void mmu_fence(struct machine *machine, struct hart *hart, const uint64_t *gva,
               const uint64_t *asid);

/*
 * One access of the hart's, of 8 to 64 bits, at any address. STOP_COUNT: it is done. STOP_CHANGE:
 * it is done, by a device. STOP_TRAP: hart->trap has the cause and the address of the first byte
 * that is to blame, and nothing was stored.
 *
 * Between mmu_enter() and the end of a run only; and through access.h, which knows processes, too:
 * in a process these are called when flat memory refuses, and trap.
 */
enum stop mmu_load(struct machine *machine, struct hart *hart, uint64_t gva, unsigned width,
                   uint64_t *value);
enum stop mmu_store(struct machine *machine, struct hart *hart, uint64_t gva, unsigned width,
                    uint64_t value);
enum stop mmu_fetch(struct machine *machine, struct hart *hart, uint32_t *word);

/*
 * The hva of an aligned operand of `width` bits, for LR (ACCESS_LOAD), AMOs and an SC that may
 * succeed (ACCESS_STORE). Devices have no atomics: an access fault.
 */
enum stop mmu_atomic(struct machine *machine, struct hart *hart, uint64_t gva, unsigned width,
                     enum access access, uint8_t **hva);

/* Traps as mmu_atomic() for a store would, but does not mark the page dirty: an SC that fails. */
enum stop mmu_may_store(struct machine *machine, struct hart *hart, uint64_t gva, unsigned width);

#endif
