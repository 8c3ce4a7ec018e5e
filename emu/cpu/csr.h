/*
 * csr.h: reading and writing control and status registers.
 *
 * A hart of a board has those of M, S and U mode; csr.c has a row for each. In a user-mode process
 * there is no mode above the program's, so it has three, the counters of Zicntr (unprivileged spec,
 * chapter 10), and nobody could have forbidden them.
 *
 * Source: Priv. spec 2.1 (numbers), 3.1 and 4.1 (the registers).
 */
#ifndef TRIVIUM_EMU_CPU_CSR_H
#define TRIVIUM_EMU_CPU_CSR_H

#include "emu/cpu/hart.h"
#include "emu/cpu/machine.h"

/* Fields of mstatus, and of sstatus as far as that shows them (Priv. spec 3.1.6, figure 3.7). */
#define STATUS_SIE       (UINT64_C(1) << 1) /* interrupts are enabled in S mode */
#define STATUS_MIE       (UINT64_C(1) << 3)
#define STATUS_SPIE      (UINT64_C(1) << 5) /* ... were, before the trap */
#define STATUS_MPIE      (UINT64_C(1) << 7)
#define STATUS_SPP       (UINT64_C(1) << 8) /* mode before the trap: S, else U */
#define STATUS_MPP_SHIFT 11
#define STATUS_MPP       (UINT64_C(3) << STATUS_MPP_SHIFT) /* mode before the trap */
#define STATUS_MPRV      (UINT64_C(1) << 17)               /* loads and stores as in mode MPP */
#define STATUS_SUM       (UINT64_C(1) << 18)               /* S mode may access U pages */
#define STATUS_MXR       (UINT64_C(1) << 19)               /* executable pages may be read */
#define STATUS_TVM       (UINT64_C(1) << 20) /* satp and sfence.vma are illegal in S mode */
#define STATUS_TW        (UINT64_C(1) << 21) /* wfi is illegal below M mode */
#define STATUS_TSR       (UINT64_C(1) << 22) /* sret is illegal in S mode */
#define STATUS_UXL_64    (UINT64_C(2) << 32) /* U mode has 64 bits; read-only */
#define STATUS_SXL_64    (UINT64_C(2) << 34)

#define ENVCFG_FIOM      (UINT64_C(1) << 0)  /* fences order devices, too: ours do anyway */
#define ENVCFG_ADUE      (UINT64_C(1) << 61) /* hardware sets the A and D bits of page tables */

/*
 * A planted mistake, only where machine->planted asks for it: a register that unprivileged programs
 * may access (0x800 to 0x8ff are for such of one's own), although it is sensitive, as x86's flags
 * and popf were. It reads as the hart's mode and SIE, whoever reads; a write to SIE is obeyed in S
 * mode, and in U mode forgotten, without a trap. docs/decisions/0044 says what for.
 *
 *     63        10 9    8 7        2  1   0
 *   |      0      | mode |     0    |SIE| 0 |
 */
enum { CSR_PLANTED = 0x800, PLANTED_MODE_SHIFT = 8 };

/* May the hart read it, and what is in it? False: illegal instruction. */
bool csr_read(struct machine *machine, const struct hart *hart, unsigned number, uint64_t *value);

/* A register that is nothing but a member of struct hart. */
struct csr_plain {
    size_t member; /* its offset */
    uint64_t writable;
};

/* Is it one, and may S mode access it, whatever else the hart's state is? */
bool csr_is_plain_in_s(unsigned number, struct csr_plain *plain);

/*
 * *old = csr; csr = op(*old, operand), as far as its fields can be written. STOP_TRAP: the hart may
 * not do that (hart->trap is not set: the caller knows the word), and nothing has changed. Else it
 * is done; STOP_CHANGE where an interrupt is to be taken now.
 *
 * No register of ours minds being read, so it is no matter whether the instruction wants *old.
 */
enum stop csr_write(struct machine *machine, struct hart *hart, unsigned number,
                    enum isa_operator op, uint64_t operand, uint64_t *old);

#endif
