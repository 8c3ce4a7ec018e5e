/*
 * memory.c: what memory the guest sees; see guest.h.
 *
 * The real processor uses *shadow* page tables, which begin empty. When the guest touches a page,
 * there is a fault; then its own tables are walked (if it has any yet), and one entry is put into
 * the shadow tables: this page, for this way of access, in the virtual mode that is now. When that
 * changes, all are forgotten, and faults bring back what is needed.
 *
 *     gva --- the guest's tables: guest_walk() ---> gpa --- guest_leaf() ---> hpa
 *      |                                                                       ^
 *      +------------------------ the shadow table's entry ---------------------+
 */
#include "guest/monitor/guest.h"
#include "guest/monitor/map.h"

#include <string.h>

/* Entries of page tables (Priv. spec 4.4). */
#define PAGE_V        UINT64_C(0x01)
#define PAGE_R        UINT64_C(0x02)
#define PAGE_W        UINT64_C(0x04)
#define PAGE_X        UINT64_C(0x08)
#define PAGE_U        UINT64_C(0x10)
#define PAGE_G        UINT64_C(0x20)
#define PAGE_A        UINT64_C(0x40)
#define PAGE_D        UINT64_C(0x80)
#define PAGE_MARKED   (PAGE_A | PAGE_D)
#define PAGE_RESERVED (UINT64_C(0x3ff) << 54)

#define GIB           (UINT64_C(1) << 30)
#define MONITOR_GIB   UINT64_C(0x80000000) /* hpa */
#define HOLE_INDEX    (GUEST_HOLE >> 30 & 511)

_Static_assert(GUEST_HOLE == MONITOR_MAP + MONITOR_GIB, "map.h");

static const uint64_t page_fault[] = {CAUSE_FETCH_PAGE, CAUSE_LOAD_PAGE, CAUSE_STORE_PAGE};
static const uint64_t access_fault[] = {CAUSE_FETCH_ACCESS, CAUSE_LOAD_ACCESS, CAUSE_STORE_ACCESS};

static uint64_t entry_of(uint64_t hpa, uint64_t flags)
{
    return hpa >> 12 << 10 | flags;
}

unsigned guest_page(uint64_t gpa)
{
    uint64_t page = (gpa - GUEST_BASE) / GUEST_PAGE; /* below the base this is very large */

    return page < GUEST_PAGES ? (unsigned)page : GUEST_PAGES;
}

uint64_t guest_leaf(const struct guest *guest, enum guest_access access, uint64_t gpa)
{
    //@lab 7.5 confine the guest: which memory, and what may be done there
    uint64_t page = guest_page(gpa), offset = page * GUEST_PAGE;
    uint64_t flags = PAGE_V | PAGE_U | PAGE_MARKED;

    if (page == GUEST_PAGES)
        return 0;
    if (access == GUEST_FETCH)
        return entry_of(guest->copies_hpa + offset, flags | PAGE_X);
    return entry_of(guest->ram_hpa + offset, flags | PAGE_R | (access == GUEST_STORE ? PAGE_W : 0));
    //| (void)guest;
    //| (void)access;
    //| (void)gpa;
    //| (void)entry_of;
    //| lab_todo("7.5");
    //@end
}

void guest_drop(struct guest *guest)
{
    memset(guest->tables[0], 0, sizeof *guest->tables);
    guest->tables[0][HOLE_INDEX] =
        entry_of(MONITOR_GIB, PAGE_V | PAGE_R | PAGE_W | PAGE_X | PAGE_G | PAGE_MARKED);
    guest->tables_used = 1;
    host_fence(false);
}

static void write_byte(struct guest *guest, uint64_t gpa, uint8_t byte)
{
    guest->ram[gpa - GUEST_BASE] = byte;
}

/* May the virtual processor, in its mode, do that by this leaf of the guest's? */
static bool may(const struct guest *guest, enum guest_access access, uint64_t entry)
{
    bool user = (entry & PAGE_U) != 0;

    if (guest->mode == VIRTUAL_U && !user)
        return false;
    if (guest->mode == VIRTUAL_S && user &&
        (access == GUEST_FETCH || (guest->sstatus & SSTATUS_SUM) == 0))
        return false;
    if (access == GUEST_LOAD && (guest->sstatus & SSTATUS_MXR) != 0 && (entry & PAGE_X) != 0)
        return true;
    return (entry & (access == GUEST_FETCH ? PAGE_X : access == GUEST_LOAD ? PAGE_R : PAGE_W)) != 0;
}

/* The entry at gpa is a leaf for `size` bytes. */
static uint64_t walk_leaf(struct guest *guest, enum guest_access access, uint64_t gva,
                          uint64_t where, uint64_t entry, uint64_t size, uint64_t *gpa)
{
    uint64_t marked = entry | PAGE_A | (access == GUEST_STORE ? PAGE_D : 0);
    uint64_t page = entry >> 10 << 12;

    if (page % size != 0 || !may(guest, access, entry))
        return page_fault[access];
    for (unsigned i = 0; i < sizeof marked && marked != entry; i++)
        write_byte(guest, where + i, (uint8_t)(marked >> 8 * i));
    if (marked != entry && guest->code[guest_page(where)])
        guest_patch(guest, guest_page(where));
    *gpa = page + gva % size;
    return 0;
}

/* (lab 6 is about this walk.) */
uint64_t guest_walk(struct guest *guest, enum guest_access access, uint64_t gva, uint64_t *gpa)
{
    uint64_t table = guest->satp << 20 >> 8; /* the lowest 44 bits, as an address */

    *gpa = gva;
    if (guest->satp >> 60 == 0)
        return 0;
    if ((uint64_t)((int64_t)(gva << 25) >> 25) != gva)
        return page_fault[access];
    for (unsigned shift = 30; shift >= 12; shift -= 9) {
        uint64_t where = table + (gva >> shift & 511) * 8, entry;

        if (guest_page(where) == GUEST_PAGES)
            return access_fault[access];
        memcpy(&entry, guest->ram + (where - GUEST_BASE), sizeof entry);
        if ((entry & PAGE_V) == 0 || (entry & (PAGE_R | PAGE_W)) == PAGE_W ||
            (entry & PAGE_RESERVED) != 0)
            return page_fault[access];
        if ((entry & (PAGE_R | PAGE_X)) != 0)
            return walk_leaf(guest, access, gva, where, entry, UINT64_C(1) << shift, gpa);
        if ((entry & (PAGE_U | PAGE_MARKED)) != 0)
            return page_fault[access];
        table = entry >> 10 << 12;
    }
    return page_fault[access];
}

/* The shadow entry of gva, with the tables above it; NULL: there are no tables left. */
static uint64_t *shadow(struct guest *guest, uint64_t gva)
{
    uint64_t *table = guest->tables[0];

    for (unsigned shift = 30; shift > 12; shift -= 9) {
        uint64_t *entry = &table[gva >> shift & 511];

        if (*entry == 0) {
            if (guest->tables_used == GUEST_TABLES)
                return NULL;
            memset(guest->tables[guest->tables_used], 0, sizeof *guest->tables);
            *entry =
                entry_of(guest->tables_hpa + guest->tables_used * sizeof *guest->tables, PAGE_V);
            guest->tables_used++;
        }
        table = guest->tables[((*entry >> 10 << 12) - guest->tables_hpa) / sizeof *guest->tables];
    }
    return &table[gva >> 12 & 511];
}

void guest_fault(struct guest *guest, enum guest_access access, uint64_t gva)
{
    uint64_t gpa, cause = guest_walk(guest, access, gva, &gpa), *entry;
    unsigned page = guest_page(gpa);

    /* Where the monitor is, nothing of the guest's can be. */
    if (cause == 0 && (gva - GUEST_HOLE < GIB))
        cause = page_fault[access];
    if (cause == 0 && page == GUEST_PAGES)
        cause = access_fault[access];
    if (cause != 0) {
        guest->exits[EXIT_TRAP]++;
        guest_trap(guest, cause, gva);
        return;
    }
    if (access != GUEST_FETCH && guest->code[page]) {
        guest_access(guest);
        return;
    }
    guest->exits[EXIT_MEMORY]++;
    if (access == GUEST_FETCH && !guest->code[page]) {
        guest_patch(guest, page);
        guest_drop(guest); /* it may be there as data, under any address */
    }
    entry = shadow(guest, gva);
    if (entry == NULL) {
        guest_drop(guest);
        entry = shadow(guest, gva);
    }
    *entry = guest_leaf(guest, access, gpa);
    host_fence(false);
}

uint64_t guest_copy(struct guest *guest, enum guest_access access, uint64_t gva, void *bytes,
                    size_t count, uint64_t *fault)
{
    unsigned patch = GUEST_PAGES;

    for (size_t i = 0; i < count; i++) {
        uint8_t *byte = (uint8_t *)bytes + i;
        uint64_t gpa, cause = guest_walk(guest, access, gva + i, &gpa);
        unsigned page = guest_page(gpa);

        if (cause == 0 && page == GUEST_PAGES)
            cause = access_fault[access];
        *fault = gva + i;
        if (cause != 0)
            return cause;
        if (access != GUEST_STORE) {
            *byte = guest->ram[gpa - GUEST_BASE];
            continue;
        }
        write_byte(guest, gpa, *byte);
        if (patch != page && patch != GUEST_PAGES)
            guest_patch(guest, patch);
        patch = guest->code[page] ? page : GUEST_PAGES;
    }
    if (patch != GUEST_PAGES)
        guest_patch(guest, patch);
    return 0;
}

bool guest_instruction(struct guest *guest, uint32_t *word)
{
    uint16_t half[2] = {0, 0};
    uint64_t fault, cause = guest_copy(guest, GUEST_FETCH, guest->pc, &half[0], 2, &fault);

    if (cause == 0 && (half[0] & 3) == 3)
        cause = guest_copy(guest, GUEST_FETCH, guest->pc + 2, &half[1], 2, &fault);
    *word = half[0] | (uint32_t)half[1] << 16;
    if (cause != 0)
        guest_trap(guest, cause, fault);
    return cause == 0;
}
