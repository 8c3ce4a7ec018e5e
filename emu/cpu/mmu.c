/*
 * mmu.c: translation and protection, and reaching what stands there; see mmu.h.
 *
 * mmu_walk() is the rules: a function of hart and memory that changes neither. translate() lets
 * hardware do what it does besides: mark the page, remember it. Below stand the accesses, each with
 * a short way (the TLB knows the page) and a long one.
 *
 * Read next: tlb.h, phys.h.
 */
#include "emu/cpu/mmu.h"

#include "emu/cpu/csr.h"

#define VPN_BITS 9
#define PPN_BITS 44

static enum trap_cause page_fault(enum access access)
{
    return access == ACCESS_FETCH  ? TRAP_FETCH_PAGE
           : access == ACCESS_LOAD ? TRAP_LOAD_PAGE
                                   : TRAP_STORE_PAGE;
}

static enum trap_cause access_fault(enum access access)
{
    return access == ACCESS_FETCH  ? TRAP_FETCH_ACCESS
           : access == ACCESS_LOAD ? TRAP_LOAD_ACCESS
                                   : TRAP_STORE_ACCESS;
}

/* In which mode an access counts: MPRV lends loads and stores the mode before the trap. */
static enum mode effective_mode(const struct hart *hart, enum access access)
{
    if (access != ACCESS_FETCH && (hart->mstatus & STATUS_MPRV) != 0)
        return (enum mode)((hart->mstatus & STATUS_MPP) >> STATUS_MPP_SHIFT);
    return (enum mode)hart->mode;
}

static bool translates(const struct hart *hart, enum mode mode)
{
    return mode != MODE_M && satp_mode(hart->satp) == SATP_SV39;
}

/* Bits 63 to 39 are copies of bit 38. */
static bool is_canonical(uint64_t gva)
{
    //@lab 6.1 is it an address of Sv39 at all?
    return (uint64_t)((int64_t)(gva << 25) >> 25) == gva;
    //| (void)gva;
    //| lab_todo("6.1");
    //@end
}

/* Bits 63 to 54: the extensions that gave them a meaning are not ours. */
static bool has_reserved_bits(uint64_t pte)
{
    return pte >> (PTE_PPN_SHIFT + PPN_BITS) != 0;
}

/* Does the leaf let this mode access its page in this way (step 5 of 4.3.2; 3.1.6.3)? */
static bool permits(const struct hart *hart, enum mode mode, enum access access, uint64_t pte)
{
    //@lab 6.2 may this mode access the page in this way?
    bool readable = (pte & PTE_R) != 0;

    if (mode == MODE_U && (pte & PTE_U) == 0)
        return false;
    if (mode == MODE_S && (pte & PTE_U) != 0 &&
        (access == ACCESS_FETCH || (hart->mstatus & STATUS_SUM) == 0))
        return false;
    if ((hart->mstatus & STATUS_MXR) != 0)
        readable = readable || (pte & PTE_X) != 0;
    return access == ACCESS_FETCH  ? (pte & PTE_X) != 0
           : access == ACCESS_LOAD ? readable
                                   : (pte & PTE_W) != 0;
    //| (void)hart;
    //| (void)mode;
    //| (void)access;
    //| (void)pte;
    //| lab_todo("6.2");
    //@end
}

/* The end of a walk, at a leaf whose page has `size` bytes. */
static void walk_leaf(struct walk *walk, const struct hart *hart, enum mode mode,
                      enum access access, uint64_t gva, uint64_t pte, uint64_t size)
{
    uint64_t page = (pte >> PTE_PPN_SHIFT) << MEM_PAGE_SHIFT;
    uint64_t marks = PTE_A | (access == ACCESS_STORE ? PTE_D : 0U);

    //@lab 6.4 the end of a walk, at a leaf
    if (!permits(hart, mode, access, pte))
        return;
    if (page % size != 0) /* a superpage must be aligned */
        return;
    if ((pte & marks) != marks && (hart->menvcfg & ENVCFG_ADUE) == 0)
        return;
    walk->ok = true;
    walk->gpa = page + gva % size;
    walk->page_size = size;
    walk->leaf_wanted = pte | marks;
    //| /* Set ok, gpa, page_size and leaf_wanted, or leave the walk as it is: a page fault. */
    //| (void)walk;
    //| (void)hart;
    //| (void)mode;
    //| (void)gva;
    //| (void)size;
    //| (void)page;
    //| (void)marks;
    //| (void)permits;
    //| lab_todo("6.4");
    //@end
}

struct walk mmu_walk(const struct machine *machine, const struct hart *hart, uint64_t gva,
                     enum access access)
{
    struct walk walk = {.cause = page_fault(access), .page_size = MEM_PAGE_SIZE};
    enum mode mode = effective_mode(hart, access);
    uint64_t table = satp_root(hart->satp);

    if (!translates(hart, mode)) {
        walk.ok = true;
        walk.gpa = gva;
        return walk;
    }
    if (!is_canonical(gva))
        return walk;
    //@lab 6.3 walk: from the root table to the leaf
    while (walk.levels < MMU_LEVELS) {
        unsigned shift = MEM_PAGE_SHIFT + VPN_BITS * (MMU_LEVELS - 1 - walk.levels);
        uint64_t gpa = table + (gva >> shift) % (1 << VPN_BITS) * sizeof(uint64_t);
        const uint8_t *hva = phys_ram(&machine->phys, gpa, sizeof(uint64_t));
        uint64_t pte = hva != NULL ? atomic_load_at(hva, 64) : 0;

        walk.step[walk.levels].gpa = gpa;
        walk.step[walk.levels].pte = pte;
        walk.levels++;
        if (hva == NULL) {
            walk.cause = access_fault(access);
            return walk;
        }
        if ((pte & PTE_V) == 0 || (pte & (PTE_R | PTE_W)) == PTE_W || has_reserved_bits(pte))
            return walk;
        if ((pte & (PTE_R | PTE_X)) != 0) {
            walk_leaf(&walk, hart, mode, access, gva, pte, UINT64_C(1) << shift);
            return walk;
        }
        if ((pte & (PTE_U | PTE_A | PTE_D)) != 0) /* reserved where the entry is no leaf */
            return walk;
        table = (pte >> PTE_PPN_SHIFT) << MEM_PAGE_SHIFT;
    }
    //| /* For each table read: step[levels] and levels. At a leaf: walk_leaf(). An entry that is not in
    //|  * RAM: an access fault. Whatever else is wrong: the page fault that walk.cause is already. */
    //| (void)machine;
    //| (void)table;
    //| (void)walk_leaf;
    //| (void)has_reserved_bits;
    //| lab_todo("6.3");
    //@end
    return walk;
}

bool mmu_probe(const struct machine *machine, const struct hart *hart, uint64_t gva,
               enum access access, uint64_t *gpa)
{
    struct walk walk = mmu_walk(machine, hart, gva, access);

    *gpa = walk.gpa;
    return walk.ok;
}

/* As machine_tlb(), of a board: not to be asked again at each access whether it is one. */
static struct tlb *tlb_of(const struct machine *machine, const struct hart *hart)
{
    return &machine->tlbs[hart->mhartid];
}

uint64_t mmu_context(const struct hart *hart, enum access access)
{
    enum mode mode = effective_mode(hart, access);
    uint64_t context = TLB_VALID | TLB_TRANSLATED;

    if (!translates(hart, mode))
        return TLB_VALID;
    if (mode == MODE_S)
        context |= TLB_S;
    if (mode == MODE_S && access != ACCESS_FETCH && (hart->mstatus & STATUS_SUM) != 0)
        context |= TLB_SUM;
    if (access == ACCESS_LOAD && (hart->mstatus & STATUS_MXR) != 0)
        context |= TLB_MXR;
    return context;
}

static void report_flush(const struct machine *machine, const struct hart *hart,
                         const uint64_t *gva)
{
    if (events_want(&machine->events, EVENT_TLB_FLUSH))
        events_send(&machine->events,
                    &(struct event){.kind = EVENT_TLB_FLUSH,
                                    .hart = hart,
                                    .flush = {gva != NULL, gva != NULL ? *gva : 0}});
}

void mmu_enter(struct machine *machine, struct hart *hart)
{
    struct tlb *tlb;

    if (!machine_is_board(machine))
        return;
    tlb = tlb_of(machine, hart);
    if (tlb->satp != hart->satp) {
        tlb_flush_local(tlb);
        tlb->satp = hart->satp;
        if (events_want(&machine->events, EVENT_SWITCH))
            events_send(&machine->events, &(struct event){.kind = EVENT_SWITCH, .hart = hart});
        report_flush(machine, hart, NULL);
    }
    for (unsigned access = 0; access < ACCESS_COUNT; access++)
        tlb->context[access] = mmu_context(hart, (enum access)access);
}

void mmu_fence(struct machine *machine, struct hart *hart, const uint64_t *gva,
               const uint64_t *asid)
{
    struct tlb *tlb = tlb_of(machine, hart);

    //@lab 6.8 sfence.vma: what has to be forgotten?
    if (asid != NULL && (*asid & 0xffff) != satp_asid(tlb->satp))
        return; /* of other address spaces, nothing is known anyway */
    if (gva == NULL && asid != NULL)
        tlb_flush_local(tlb); /* a fence of one address space is none of global pages */
    else if (gva == NULL)
        tlb_flush(tlb);
    else
        tlb_flush_page(tlb, *gva);
    //| (void)gva;
    //| (void)asid;
    //| (void)tlb;
    //| lab_todo("6.8");
    //@end
    report_flush(machine, hart, gva);
}

static void report_walk(const struct machine *machine, const struct hart *hart,
                        enum event_kind kind, enum access access, uint64_t gva,
                        const struct walk *walk)
{
    if (events_want(&machine->events, kind))
        events_send(&machine->events,
                    &(struct event){.kind = kind,
                                    .hart = hart,
                                    .walk = {access, !walk->ok, gva, walk->gpa, walk->levels}});
}

/*
 * What hardware does: walks, marks the page as accessed (and dirty), in one step with seeing that
 * the entry is still what permitted that.
 */
static enum stop translate(struct machine *machine, struct hart *hart, uint64_t gva,
                           enum access access, struct walk *walk)
{
    for (;;) {
        uint64_t leaf;
        uint8_t *hva;

        *walk = mmu_walk(machine, hart, gva, access);
        report_walk(machine, hart, EVENT_WALK, access, gva, walk);
        if (!walk->ok)
            return hart_trap(hart, walk->cause, gva);
        if (walk->levels == 0)
            return STOP_COUNT;
        //@lab 6.5 mark the page as accessed, and as dirty
        leaf = walk->step[walk->levels - 1].pte;
        if (leaf == walk->leaf_wanted)
            return STOP_COUNT;
        hva = phys_ram(&machine->phys, walk->step[walk->levels - 1].gpa, sizeof leaf);
        if (atomic_exchange_at(hva, 64, &leaf, walk->leaf_wanted))
            return STOP_COUNT;
        //| /* Done, or not needed: STOP_COUNT. Somebody has changed the entry: begin again. */
        //| (void)leaf;
        //| (void)hva;
        //| lab_todo("6.5");
        //@end
    }
}

/* The page was found for one way of access. What the same entry permits besides gets in with it:
 * who stores to a page will load from it, and hardware has one TLB for both, too. */
static void fill(struct machine *machine, const struct hart *hart, uint64_t gva, enum access access,
                 const struct walk *walk, uint8_t *page)
{
    struct tlb *tlb = tlb_of(machine, hart);
    enum access other = access == ACCESS_LOAD ? ACCESS_STORE : ACCESS_LOAD;
    uint64_t marks = PTE_A | (other == ACCESS_STORE ? PTE_D : 0U);
    bool global = walk->levels == 0 || (walk->leaf_wanted & PTE_G) != 0;

    /* What is not translated is where it is in all address spaces. */
    tlb_fill(tlb, access, gva, page, walk->page_size, global);
    report_walk(machine, hart, EVENT_TLB_FILL, access, gva, walk);
    if (access != ACCESS_FETCH && walk->levels != 0 && (walk->leaf_wanted & marks) == marks &&
        permits(hart, effective_mode(hart, other), other, walk->leaf_wanted))
        tlb_fill(tlb, other, gva, page, walk->page_size, global);
}

/*
 * The long way to a byte: *gpa, and *hva where that is RAM, else NULL. The TLB remembers the page,
 * so that the next access goes the short way.
 */
static enum stop reach(struct machine *machine, struct hart *hart, uint64_t gva, enum access access,
                       uint64_t *gpa, uint8_t **hva)
{
    struct tlb *tlb = tlb_of(machine, hart);
    struct walk walk;

    if (translate(machine, hart, gva, access, &walk) == STOP_TRAP)
        return STOP_TRAP;
    *gpa = walk.gpa;
    *hva = phys_ram(&machine->phys, walk.gpa, 1);
    if (*hva != NULL && !tlb->off)
        fill(machine, hart, gva, access, &walk, *hva - gva % MEM_PAGE_SIZE);
    return STOP_COUNT;
}

/* The same where only RAM will do. */
static enum stop reach_ram(struct machine *machine, struct hart *hart, uint64_t gva,
                           enum access access, uint8_t **hva)
{
    uint64_t gpa;

    if (reach(machine, hart, gva, access, &gpa, hva) == STOP_TRAP)
        return STOP_TRAP;
    return *hva != NULL ? STOP_COUNT : hart_trap(hart, access_fault(access), gva);
}

/* Would the byte at gva be found, and be RAM? Marks nothing. */
static enum stop check_ram(const struct machine *machine, struct hart *hart, uint64_t gva,
                           enum access access)
{
    struct walk walk = mmu_walk(machine, hart, gva, access);

    if (!walk.ok)
        return hart_trap(hart, walk.cause, gva);
    if (phys_ram(&machine->phys, walk.gpa, 1) == NULL)
        return hart_trap(hart, access_fault(access), gva);
    return STOP_COUNT;
}

static bool leaves_page(uint64_t gva, uint64_t bytes)
{
    return gva % MEM_PAGE_SIZE > MEM_PAGE_SIZE - bytes;
}

/*
 * An access over two pages, which have nothing to do with each other. part[0] is the hva of its
 * first byte, part[1] that of the second page. Neither page is marked if the other faults: the
 * store does not happen, and the D bit must not say that it did (4.3.1).
 */
static enum stop reach_both(struct machine *machine, struct hart *hart, uint64_t gva,
                            enum access access, uint8_t *part[2])
{
    const uint64_t first[2] = {gva, (gva | (MEM_PAGE_SIZE - 1)) + 1};

    for (unsigned i = 0; i < 2; i++) {
        if (check_ram(machine, hart, first[i], access) == STOP_TRAP)
            return STOP_TRAP;
    }
    for (unsigned i = 0; i < 2; i++) {
        if (reach_ram(machine, hart, first[i], access, &part[i]) == STOP_TRAP)
            return STOP_TRAP;
    }
    return STOP_COUNT;
}

/* Bytes of an access at gva that lie in its first page, when it leaves that. */
static size_t first_part(uint64_t gva)
{
    return (size_t)(MEM_PAGE_SIZE - gva % MEM_PAGE_SIZE);
}

static enum stop load_both(struct machine *machine, struct hart *hart, uint64_t gva, unsigned width,
                           uint64_t *value)
{
    size_t split = first_part(gva);
    uint8_t bytes[8] = {0};
    uint8_t *part[2];

    if (reach_both(machine, hart, gva, ACCESS_LOAD, part) == STOP_TRAP)
        return STOP_TRAP;
    memcpy(bytes, part[0], split);
    memcpy(bytes + split, part[1], width / 8 - split);
    *value = host_load(bytes, width);
    return STOP_COUNT;
}

static enum stop store_both(struct machine *machine, struct hart *hart, uint64_t gva,
                            unsigned width, uint64_t value)
{
    size_t split = first_part(gva);
    uint8_t bytes[8];
    uint8_t *part[2];

    if (reach_both(machine, hart, gva, ACCESS_STORE, part) == STOP_TRAP)
        return STOP_TRAP;
    host_store(bytes, width, value);
    memcpy(part[0], bytes, split);
    memcpy(part[1], bytes + split, width / 8 - split);
    machine_note_store(machine, part[0], width, value);
    return STOP_COUNT;
}

/* What a device answers. It is asked for aligned numbers only. */
static enum stop device(struct machine *machine, struct hart *hart, uint64_t gva, uint64_t gpa,
                        enum access access, unsigned width, uint64_t *value)
{
    const struct phys *phys = &machine->phys;
    bool answered = gpa % (width / 8) == 0;

    if (answered)
        answered = access == ACCESS_LOAD ? phys->mmio_load(phys->owner, gpa, width, value)
                                         : phys->mmio_store(phys->owner, gpa, width, *value);
    if (events_want(&machine->events, EVENT_DEVICE))
        events_send(&machine->events, &(struct event){.kind = EVENT_DEVICE,
                                                      .hart = hart,
                                                      .device = {access, !answered, gpa, width,
                                                                 answered ? *value : 0}});
    return answered ? STOP_CHANGE : hart_trap(hart, access_fault(access), gva);
}

static enum stop load_long(struct machine *machine, struct hart *hart, uint64_t gva, unsigned width,
                           uint64_t *value)
{
    uint64_t gpa;
    uint8_t *hva;

    if (leaves_page(gva, width / 8))
        return load_both(machine, hart, gva, width, value);
    if (reach(machine, hart, gva, ACCESS_LOAD, &gpa, &hva) == STOP_TRAP)
        return STOP_TRAP;
    if (hva == NULL)
        return device(machine, hart, gva, gpa, ACCESS_LOAD, width, value);
    *value = host_load(hva, width);
    return STOP_COUNT;
}

enum stop mmu_load(struct machine *machine, struct hart *hart, uint64_t gva, unsigned width,
                   uint64_t *value)
{
    const uint8_t *hva;

    if (!machine_is_board(machine))
        return hart_trap(hart, TRAP_LOAD_PAGE, gva);
    hva = tlb_find(tlb_of(machine, hart), ACCESS_LOAD, gva, width / 8);
    if (hva == NULL)
        return load_long(machine, hart, gva, width, value);
    *value = host_load(hva, width);
    return STOP_COUNT;
}

static enum stop store_long(struct machine *machine, struct hart *hart, uint64_t gva,
                            unsigned width, uint64_t value)
{
    uint64_t gpa;
    uint8_t *hva;

    if (leaves_page(gva, width / 8))
        return store_both(machine, hart, gva, width, value);
    if (reach(machine, hart, gva, ACCESS_STORE, &gpa, &hva) == STOP_TRAP)
        return STOP_TRAP;
    if (hva == NULL)
        return device(machine, hart, gva, gpa, ACCESS_STORE, width, &value);
    host_store(hva, width, value);
    machine_note_store(machine, hva, width, value);
    return STOP_COUNT;
}

enum stop mmu_store(struct machine *machine, struct hart *hart, uint64_t gva, unsigned width,
                    uint64_t value)
{
    uint8_t *hva;

    if (!machine_is_board(machine))
        return hart_trap(hart, TRAP_STORE_PAGE, gva);
    hva = tlb_find(tlb_of(machine, hart), ACCESS_STORE, gva, width / 8);
    if (hva == NULL)
        return store_long(machine, hart, gva, width, value);
    host_store(hva, width, value);
    machine_note_store(machine, hva, width, value);
    return STOP_COUNT;
}

/* `width` bits of code that lie in one page, into *word. */
static enum stop fetch_part(struct machine *machine, struct hart *hart, uint64_t gva,
                            unsigned width, uint32_t *word)
{
    uint8_t *hva = tlb_find(tlb_of(machine, hart), ACCESS_FETCH, gva, width / 8);

    if (hva == NULL && reach_ram(machine, hart, gva, ACCESS_FETCH, &hva) == STOP_TRAP)
        return STOP_TRAP;
    *word = (uint32_t)host_load(hva, width);
    return STOP_COUNT;
}

/* A compressed instruction, whose two lowest bits are not both set, is only half of the word. */
static bool is_half(uint32_t word)
{
    return (word & 3) != 3;
}

/* At the last two bytes of a page: the next page counts only if the instruction goes on there. */
static enum stop fetch_both(struct machine *machine, struct hart *hart, uint32_t *word)
{
    uint32_t upper;

    if (fetch_part(machine, hart, hart->pc, 16, word) == STOP_TRAP)
        return STOP_TRAP;
    if (is_half(*word))
        return STOP_COUNT;
    if (fetch_part(machine, hart, hart->pc + 2, 16, &upper) == STOP_TRAP)
        return STOP_TRAP;
    *word |= upper << 16;
    return STOP_COUNT;
}

/* The instruction that a word begins with. */
static uint32_t trim(uint32_t word)
{
    return is_half(word) ? word & 0xffff : word;
}

static enum stop fetch_long(struct machine *machine, struct hart *hart, uint32_t *word)
{
    uint8_t *hva;

    if (leaves_page(hart->pc, 4))
        return fetch_both(machine, hart, word);
    if (reach_ram(machine, hart, hart->pc, ACCESS_FETCH, &hva) == STOP_TRAP)
        return STOP_TRAP;
    *word = trim((uint32_t)host_load(hva, 32));
    return STOP_COUNT;
}

enum stop mmu_fetch(struct machine *machine, struct hart *hart, uint32_t *word)
{
    const uint8_t *hva = tlb_find(tlb_of(machine, hart), ACCESS_FETCH, hart->pc, 4);

    if (hva == NULL)
        return fetch_long(machine, hart, word);
    *word = trim((uint32_t)host_load(hva, 32));
    return STOP_COUNT;
}

enum stop mmu_atomic(struct machine *machine, struct hart *hart, uint64_t gva, unsigned width,
                     enum access access, uint8_t **hva)
{
    if (!machine_is_board(machine))
        return hart_trap(hart, page_fault(access), gva);
    *hva = tlb_find(tlb_of(machine, hart), access, gva, width / 8);
    return *hva != NULL ? STOP_COUNT : reach_ram(machine, hart, gva, access, hva);
}

enum stop mmu_may_store(struct machine *machine, struct hart *hart, uint64_t gva, unsigned width)
{
    if (tlb_find(tlb_of(machine, hart), ACCESS_STORE, gva, width / 8) != NULL)
        return STOP_COUNT;
    return check_ram(machine, hart, gva, ACCESS_STORE);
}
