/* trace.c: see trace.h. */
#include "emu/lockstep/trace.h"

#include "emu/cpu/access.h"
#include "emu/isa/decode.h"

/* Where in memory the byte at gva is that the hart would store to. False: nowhere in RAM. */
static bool find_byte(const struct machine *machine, const struct hart *hart, uint64_t gva,
                      uint64_t *offset)
{
    uint64_t gpa;

    if (!machine_is_board(machine)) {
        *offset = gva;
        return mem_may(&machine->mem, gva, 1, MEM_WRITE);
    }
    if (!mmu_probe(machine, hart, gva, ACCESS_STORE, &gpa) ||
        phys_ram(&machine->phys, gpa, 1) == NULL)
        return false;
    *offset = gpa - machine->phys.base;
    return true;
}

/* Notes a store of bytes that lie in one page. */
static void note_part(struct trace *trace, const struct machine *machine,
                      const struct shadow *shadow, const struct hart *hart, uint64_t gva,
                      unsigned bytes)
{
    struct trace_store *store = &trace->stores[trace->store_count];

    if (!find_byte(machine, hart, gva, &store->offset))
        return;
    store->bytes = (uint8_t)bytes;
    memcpy(store->before, shadow->copy + store->offset, bytes);
    trace->store_count++;
}

static void note_store(struct trace *trace, const struct machine *machine,
                       const struct shadow *shadow, const struct hart *hart,
                       const struct insn *insn)
{
    uint64_t gva = hart->x[insn->rs1] + (insn->row->kind == KIND_STORE ? (uint64_t)insn->imm : 0);
    unsigned bytes = insn->row->width / 8u;
    unsigned room = (unsigned)(MEM_PAGE_SIZE - gva % MEM_PAGE_SIZE);
    unsigned first = bytes < room ? bytes : room;

    note_part(trace, machine, shadow, hart, gva, first);
    if (first < bytes)
        note_part(trace, machine, shadow, hart, gva + first, bytes - first);
}

/* Looks at the instruction that comes next. */
static void note(struct trace *trace, struct machine *machine, const struct shadow *shadow,
                 struct hart *hart)
{
    struct trace_insn *at = &trace->insns[trace->count++];
    struct insn insn;

    *at = (struct trace_insn){.pc = hart->pc};
    at->fetched = access_fetch(machine, hart, &at->word) != STOP_TRAP;
    if (!at->fetched || !isa_decode(at->word, &insn))
        return;
    if (insn.row->kind == KIND_STORE || insn.row->kind == KIND_SC || insn.row->kind == KIND_AMO)
        note_store(trace, machine, shadow, hart, &insn);
}

enum stop trace_run(struct trace *trace, struct machine *machine, const struct shadow *shadow,
                    struct hart *hart, uint64_t until)
{
    enum stop stop = STOP_COUNT;

    trace->count = trace->store_count = 0;
    mmu_enter(machine, hart);
    while (stop == STOP_COUNT && hart->instret != until) {
        note(trace, machine, shadow, hart);
        stop = engine_interp.run(machine, hart, hart->instret + 1);
    }
    return stop;
}

void trace_undo(const struct trace *trace, struct shadow *shadow)
{
    for (unsigned i = trace->store_count; i-- > 0;) {
        const struct trace_store *store = &trace->stores[i];

        memcpy(shadow->copy + store->offset, store->before, store->bytes);
        memcpy(shadow->real + store->offset, store->before, store->bytes);
    }
}

bool trace_is_same(const struct trace *trace, const struct shadow *shadow, uint64_t *offset)
{
    for (unsigned i = 0; i < trace->store_count; i++) {
        const struct trace_store *store = &trace->stores[i];

        *offset = store->offset;
        if (memcmp(shadow->copy + store->offset, shadow->real + store->offset, store->bytes) != 0)
            return false;
    }
    return true;
}
