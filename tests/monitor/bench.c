/* bench.c: see bench.h. */
#include "tests/monitor/bench.h"

#include <stdlib.h>
#include <string.h>

#include "emu/cpu/csr.h"
#include "emu/cpu/mmu.h"

#define RAM_HPA    UINT64_C(0x80400000)
#define COPIES_HPA UINT64_C(0x80500000)
#define TABLES_HPA UINT64_C(0x80600000)
#define VISIBLE    (STATUS_SIE | STATUS_SPIE | STATUS_SPP | STATUS_SUM | STATUS_MXR)

/* Whose machine the monitor calls: it knows of one only. */
static struct monitor_bench *played;

void host_put(char byte)
{
    if (played->printed_count < sizeof played->printed - 1)
        played->printed[played->printed_count++] = byte;
}

void host_timer(uint64_t ticks)
{
    played->timer = ticks;
}

void host_wait(void)
{
    played->waits++;
}

void host_fence(bool code)
{
    played->fences++;
    played->code_fences += code;
}

void host_off(int status)
{
    exit(status); /* nobody calls it: only main.c does */
}

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

struct monitor_bench *monitor_bench_new(void)
{
    struct monitor_bench *bench = must(calloc(1, sizeof *bench));

    played = bench;
    bench->guest = (struct guest){
        .pc = GUEST_BASE,
        .mode = VIRTUAL_S,
        .ram = must(aligned_alloc(GUEST_PAGE, GUEST_SIZE)),
        .copies = must(aligned_alloc(GUEST_PAGE, GUEST_SIZE)),
        .tables = must(calloc(GUEST_TABLES, GUEST_PAGE)),
        .ram_hpa = RAM_HPA,
        .copies_hpa = COPIES_HPA,
        .tables_hpa = TABLES_HPA,
        .patches = true,
    };
    memset(bench->guest.ram, 0, GUEST_SIZE);
    memset(bench->guest.copies, 0, GUEST_SIZE);
    guest_drop(&bench->guest);
    bench->machine = (struct machine){
        .phys = {.ram = bench->guest.ram, .base = GUEST_BASE, .size = GUEST_SIZE},
        .tlbs = &bench->tlb,
        .planted = true,
    };
    return bench;
}

void monitor_bench_free(struct monitor_bench *bench)
{
    free(bench->guest.ram);
    free(bench->guest.copies);
    free(bench->guest.tables);
    free(bench);
    played = NULL;
}

void monitor_bench_copy(struct monitor_bench *bench)
{
    const struct guest *guest = &bench->guest;
    struct hart *hart = &bench->hart;

    hart_reset(hart, 0, guest->pc);
    memcpy(hart->x, guest->x, sizeof hart->x);
    hart->mode = guest->mode;
    hart->mideleg = 0x222;
    hart->medeleg = 0xb1ff;
    hart->mcounteren = 7;
    hart->mstatus |= guest->sstatus;
    hart->mie = guest->sie;
    hart->mip = guest->sip;
    hart->stvec = guest->stvec;
    hart->scounteren = guest->scounteren;
    hart->senvcfg = guest->senvcfg;
    hart->sscratch = guest->sscratch;
    hart->sepc = guest->sepc;
    hart->scause = guest->scause;
    hart->stval = guest->stval;
    hart->satp = guest->satp;
    mmu_enter(&bench->machine, hart);
}

const char *monitor_bench_difference(const struct monitor_bench *bench, uint64_t *real,
                                     uint64_t *virtual)
{
    const struct guest *guest = &bench->guest;
    const struct hart *hart = &bench->hart;
    const struct {
        const char *name;
        uint64_t real, virtual;
    } registers[] = {
        {"the mode", hart->mode, guest->mode},
        {"pc", hart->pc, guest->pc},
        {"sstatus", hart->mstatus & VISIBLE, guest->sstatus},
        {"sie", hart->mie, guest->sie},
        {"sip", hart->mip, guest->sip},
        {"stvec", hart->stvec, guest->stvec},
        {"scounteren", hart->scounteren, guest->scounteren},
        {"senvcfg", hart->senvcfg, guest->senvcfg},
        {"sscratch", hart->sscratch, guest->sscratch},
        {"sepc", hart->sepc, guest->sepc},
        {"scause", hart->scause, guest->scause},
        {"stval", hart->stval, guest->stval},
        {"satp", hart->satp, guest->satp},
    };

    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++) {
        if (registers[i].real != registers[i].virtual) {
            *real = registers[i].real;
            *virtual = registers[i].virtual;
            return registers[i].name;
        }
    }
    return NULL;
}

static const char *audit_leaf(const struct guest *guest, uint64_t entry)
{
    uint64_t hpa = entry >> 10 << 12;
    bool executable = (entry & PTE_X) != 0;

    if (hpa - RAM_HPA >= GUEST_SIZE && hpa - COPIES_HPA >= GUEST_SIZE)
        return "it reaches memory that is not its own";
    if ((entry & PTE_U) == 0)
        return "a page of its own is none for U mode";
    if (executable && (entry & (PTE_R | PTE_W)) != 0)
        return "it may read or write what it executes";
    if (executable && hpa - COPIES_HPA >= GUEST_SIZE)
        return "it executes a page that nobody has looked through";
    if (!executable && hpa - RAM_HPA >= GUEST_SIZE)
        return "it may read or write a copy";
    if (!executable && guest->code[(hpa - RAM_HPA) / GUEST_PAGE])
        return "it may read or write a page whose copy it executes";
    return NULL;
}

const char *monitor_bench_audit(const struct monitor_bench *bench)
{
    const struct guest *guest = &bench->guest;
    const unsigned hole = GUEST_HOLE >> 30 & 511;
    const char *wrong = NULL;

    if ((guest->tables[0][hole] & (PTE_U | PTE_V)) != PTE_V)
        return "the monitor's GiB is not there, or for U mode";
    for (unsigned table = 0; table < guest->tables_used; table++) {
        for (unsigned i = 0; i < 512 && wrong == NULL; i++) {
            uint64_t entry = guest->tables[table][i], next = (entry >> 10 << 12) - TABLES_HPA;

            if ((entry & PTE_V) == 0 || (table == 0 && i == hole))
                continue;
            if ((entry & (PTE_R | PTE_W | PTE_X)) != 0)
                wrong = audit_leaf(guest, entry);
            else if (next % GUEST_PAGE != 0 || next / GUEST_PAGE >= guest->tables_used ||
                     (entry & PTE_U) != 0)
                wrong = "a shadow table is none";
        }
    }
    return wrong;
}

uint64_t monitor_bench_shadow(const struct monitor_bench *bench, uint64_t gva)
{
    const uint64_t *table = bench->guest.tables[0];

    for (unsigned shift = 30; shift > 12; shift -= 9) {
        uint64_t entry = table[gva >> shift & 511];

        if ((entry & PTE_V) == 0 || (entry & (PTE_R | PTE_X)) != 0)
            return 0; /* (a leaf here is the monitor's own) */
        table = bench->guest.tables[((entry >> 10 << 12) - TABLES_HPA) / GUEST_PAGE];
    }
    return table[gva >> 12 & 511];
}

uint32_t monitor_bench_word(const uint8_t *memory, uint64_t gpa)
{
    uint32_t word;

    memcpy(&word, memory + (gpa - GUEST_BASE), sizeof word);
    return word;
}

void monitor_bench_put(struct monitor_bench *bench, uint64_t gpa, uint32_t word)
{
    memcpy(bench->guest.ram + (gpa - GUEST_BASE), &word, sizeof word);
}
