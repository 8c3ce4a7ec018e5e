/*
 * guest.h: a virtual machine monitor of about a thousand lines: its guest, and what it does to it.
 *
 * The monitor runs in S mode, and its guest, a kernel that was written for S mode, in U mode. What
 * is privileged traps there, is decoded, and is done to a *virtual* processor, struct guest. All
 * else the real processor executes by itself. (G. J. Popek and R. P. Goldberg, "Formal requirements
 * for virtualizable third generation architectures", CACM 17(7), 1974, call this a monitor; its
 * dispatcher is exit.c, its allocator memory.c, its interpreter routines the rest.)
 *
 *     guest's kernel, in virtual S mode   |   its programs, in virtual U mode       real U mode
 *     ------------- enter.S: guest_enter() ---------- a trap: why? -----------------------------
 *     exit.c   what is to be done: decode.c, csr.c, trap.c       the virtual processor
 *              memory.c: which memory it may see                 shadow page tables
 *              patch.c: what is sensitive and does not trap      code that is executed: copies
 *              access.c, firmware.c: stores into code, SBI calls                     real S mode
 *
 * Only enter.S, start.S, main.c and host.c are for a RISC-V. The rest is C for any host: tests call
 * it there. Read next: exit.c.
 *
 * Source: The RISC-V Instruction Set Manual, volume II (20211203), chapter 4.
 */
#ifndef TRIVIUM_GUEST_MONITOR_GUEST_H
#define TRIVIUM_GUEST_MONITOR_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The guest's memory, as it sees it: from where SBI firmware starts kernels. Nothing else is there.
 */
#define GUEST_BASE UINT64_C(0x80200000)
enum { GUEST_PAGE = 4096, GUEST_PAGES = 256, GUEST_TABLES = 32 };
#define GUEST_SIZE ((uint64_t)GUEST_PAGES * GUEST_PAGE)

/* The GiB of addresses that the monitor keeps for itself, above in each address space (map.h). */
#define GUEST_HOLE UINT64_C(0xffffffc080000000)

enum guest_mode { VIRTUAL_U = 0, VIRTUAL_S = 1 };
enum guest_access { GUEST_FETCH, GUEST_LOAD, GUEST_STORE };

/* Fields of sstatus. */
#define SSTATUS_SIE  (UINT64_C(1) << 1)
#define SSTATUS_SPIE (UINT64_C(1) << 5)
#define SSTATUS_SPP  (UINT64_C(1) << 8)
#define SSTATUS_SUM  (UINT64_C(1) << 18)
#define SSTATUS_MXR  (UINT64_C(1) << 19)

/* Exceptions, as scause numbers them, and the bit that says "interrupt". */
enum guest_cause {
    CAUSE_FETCH_ACCESS = 1,
    CAUSE_ILLEGAL = 2,
    CAUSE_BREAKPOINT = 3,
    CAUSE_LOAD_ACCESS = 5,
    CAUSE_STORE_ACCESS = 7,
    CAUSE_ECALL_U = 8,
    CAUSE_FETCH_PAGE = 12,
    CAUSE_LOAD_PAGE = 13,
    CAUSE_STORE_PAGE = 15,
};
#define CAUSE_INTERRUPT (UINT64_C(1) << 63)
#define TIMER_BIT       (UINT64_C(1) << 5) /* of sie and sip */

/* Why the guest came back: counted, because their number is the price. */
enum guest_exit {
    EXIT_CSR,
    EXIT_SRET,
    EXIT_WFI,
    EXIT_FENCE,
    EXIT_SBI,
    EXIT_PATCHED, /* a planted instruction, by its ebreak */
    EXIT_MEMORY,  /* a page that the shadow tables had not yet */
    EXIT_ACCESS,  /* a load from a page of code, or a store to it */
    EXIT_TRAP,    /* the guest's own: it is handed on */
    EXIT_TIMER,
    EXIT_COUNT
};

struct guest {
    uint64_t x[32];      /* x[0] is 0. enter.S knows where these three are */
    uint64_t pc;         /* of the instruction that trapped, when the guest has come back */
    uint64_t monitor_sp; /* enter.S's */

    /* The virtual processor. What is written here goes through guest_csr(), which knows the bits.
     */
    uint64_t mode; /* enum guest_mode */
    uint64_t sstatus, sie, sip, stvec, scounteren, senvcfg, sscratch, sepc, scause, stval, satp;

    /* Memory: where it is for us, and (hpa) for the real processor's page tables. */
    uint8_t *ram, *copies; /* GUEST_SIZE bytes each: what the guest reads; what it executes */
    uint64_t ram_hpa, copies_hpa;
    uint8_t code[GUEST_PAGES]; /* 1: that page is executed, and has a copy */
    uint64_t (*tables)[512];   /* GUEST_TABLES shadow tables; [0] is the root */
    uint64_t tables_hpa;
    unsigned tables_used;

    bool patches; /* patch planted instructions */
    bool ended;   /* with that status, */
    int status;   /* 0 .. 255 */
    const char *death;
    uint64_t exits[EXIT_COUNT];
};

/* exit.c: the guest came back for that scause, with that stval. Does what is to be done; it can go
 * on afterwards, or guest->ended. */
void guest_exit(struct guest *guest, uint64_t cause, uint64_t value);

/* decode.c: a privileged instruction of S mode, or an access to a CSR. */
struct operation {
    enum guest_exit kind; /* EXIT_CSR, EXIT_SRET, EXIT_WFI, EXIT_FENCE */
    unsigned csr;         /* the rest is for EXIT_CSR: its number */
    unsigned action;      /* 1: csr = operand; 2: csr |= operand; 3: csr &= ~operand */
    unsigned rd, source;  /* registers; or the operand itself is the number `source`, */
    bool immediate;       /* if this says so */
    bool writes;          /* the csr; else it is only read */
};

/* False: it is none of these. */
bool guest_decode(uint32_t word, struct operation *operation);

/* csr.c: carries out an access to a virtual CSR. *old: what it was. False: it is illegal, there is
 * none of that number, or the virtual mode may not access it; nothing has changed. */
bool guest_csr(struct guest *guest, const struct operation *operation, uint64_t operand,
               uint64_t *old);

/* trap.c: the virtual processor takes a trap at guest->pc; or the first interrupt that is pending
 * and enabled, if there is one; or returns from one. */
void guest_trap(struct guest *guest, uint64_t cause, uint64_t value);
void guest_interrupt(struct guest *guest);
void guest_sret(struct guest *guest);

/* memory.c: where an address of the guest's leads by *its* page tables: *gpa. Returns 0, or the
 * cause of the guest's fault. Sets accessed and dirty bits. */
uint64_t guest_walk(struct guest *guest, enum guest_access access, uint64_t gva, uint64_t *gpa);

/* The shadow tables did not lead anywhere: puts an entry there, or lets the guest have its fault.
 */
void guest_fault(struct guest *guest, enum guest_access access, uint64_t gva);

/* Forgets all shadows: what they say may be wrong from now on. */
void guest_drop(struct guest *guest);

/* An entry of a shadow table for the page of gpa; 0: the guest has no memory there. */
uint64_t guest_leaf(const struct guest *guest, enum guest_access access, uint64_t gpa);

/* The number of gpa's page, or GUEST_PAGES: it is not in the guest's memory. */
unsigned guest_page(uint64_t gpa);

/* Copies between the guest's virtual memory and ours, as an access of that kind (a store writes
 * it). Returns 0, or the cause of a fault, which is at *fault. At most a page; a store that faults
 * may have written what is before. */
uint64_t guest_copy(struct guest *guest, enum guest_access access, uint64_t gva, void *bytes,
                    size_t count, uint64_t *fault);

/* The instruction at guest->pc, of two or four bytes, as the guest has it in its memory. False:
 * that was a fault, which it has been given. */
bool guest_instruction(struct guest *guest, uint32_t *word);

/* patch.c: does this instruction tell of the real processor, without a trap? */
bool guest_is_planted(uint32_t word);

/* Makes the copy of a page that is to be executed. */
void guest_patch(struct guest *guest, unsigned page);

/* Is a breakpoint there one of ours, in the place of this original word? Else it is the guest's
 * own. */
bool guest_was_patched(const struct guest *guest, uint32_t word);

/* access.c: carries out the load or store at guest->pc, which touches a page of code. */
void guest_access(struct guest *guest);

/* Calls to firmware (SBI), by a7: the guest's to us, and ours to the real one. */
enum {
    LEGACY_SET_TIMER = 0,
    LEGACY_PUTCHAR = 1,
    LEGACY_SHUTDOWN = 8,
    EXT_TIME = 0x54494d45,
    EXT_SRST = 0x53525354,
};

/* firmware.c: the guest's kernel calls its firmware. */
void guest_firmware(struct guest *guest);

/* host.c: the real machine. Tests have their own. */
void host_put(char byte);
void host_timer(uint64_t ticks);
void host_wait(void);       /* until the timer is due */
void host_fence(bool code); /* entries of the shadow tables have changed; code: instructions, too */
_Noreturn void host_off(int status);

#endif
