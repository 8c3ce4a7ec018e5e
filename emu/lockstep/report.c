/* report.c: see report.h. */
#include "emu/lockstep/report.h"

#include <inttypes.h>
#include <stddef.h>

#include "emu/isa/decode.h"
#include "emu/isa/disasm.h"

enum { SHOWN = 40 }; /* instructions, at most */

static const char *const stop_names[] = {
    [STOP_COUNT] = "at the count", [STOP_TRAP] = "by a trap",   [STOP_CHANGE] = "by a change",
    [STOP_WAIT] = "by a wfi",      [STOP_PAUSE] = "by a pause",
};

/* Every word of a hart behind its registers, in its own order. */
#define FIELD(name)                            \
    {                                          \
#name, offsetof(struct hart, name) / 8 \
    }

static const struct {
    const char *name;
    size_t word;
} fields[] = {
    FIELD(pc),
    FIELD(instret),
    FIELD(reservation.valid),
    FIELD(reservation.gva),
    FIELD(reservation.value),
    FIELD(mode),
    FIELD(lines),
    FIELD(mip),
    FIELD(mie),
    FIELD(mideleg),
    FIELD(medeleg),
    FIELD(mstatus),
    FIELD(mtvec),
    FIELD(mscratch),
    FIELD(mepc),
    FIELD(mcause),
    FIELD(mtval),
    FIELD(stvec),
    FIELD(sscratch),
    FIELD(sepc),
    FIELD(scause),
    FIELD(stval),
    FIELD(satp),
    FIELD(mcounteren),
    FIELD(scounteren),
    FIELD(menvcfg),
    FIELD(senvcfg),
    FIELD(mcycle_offset),
    FIELD(minstret_offset),
    FIELD(mhartid),
};

_Static_assert(32 + sizeof fields / sizeof *fields == HART_STATE_SIZE / 8, "a field has no name");

static void print_pair(FILE *file, const struct report *report, const char *what, uint64_t engine,
                       uint64_t interp)
{
    if (engine != interp)
        fprintf(file, "  %-16s %s 0x%016" PRIx64 "   %s 0x%016" PRIx64 "\n", what,
                report->engine.name, engine, report->interp.name, interp);
}

static uint64_t word_of(const struct hart *hart, size_t word)
{
    uint64_t value;

    memcpy(&value, (const uint8_t *)hart + 8 * word, sizeof value);
    return value;
}

static void print_harts(FILE *file, const struct report *report)
{
    const struct hart *engine = report->engine.hart, *interp = report->interp.hart;

    for (unsigned reg = 0; reg < 32; reg++)
        print_pair(file, report, isa_register_name('x', reg, NAMES_ABI), engine->x[reg],
                   interp->x[reg]);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        print_pair(file, report, fields[i].name, word_of(engine, fields[i].word),
                   word_of(interp, fields[i].word));
}

static void print_stops(FILE *file, const struct report *report)
{
    const struct report_side *engine = &report->engine, *interp = &report->interp;

    if (engine->stop != interp->stop) {
        fprintf(file, "  it ended         %s %s   %s %s\n", engine->name, stop_names[engine->stop],
                interp->name, stop_names[interp->stop]);
        return;
    }
    if (engine->stop != STOP_TRAP)
        return;
    print_pair(file, report, "trap", engine->hart->trap.cause, interp->hart->trap.cause);
    print_pair(file, report, "trap value", engine->hart->trap.value, interp->hart->trap.value);
}

static void print_memory(FILE *file, const struct report *report)
{
    const struct shadow *shadow = report->shadow;
    char what[40];

    if (!report->memory)
        return;
    snprintf(what, sizeof what, "memory + 0x%" PRIx64, report->offset);
    fprintf(file, "  %s: a byte, %s 0x%02x   %s 0x%02x\n", what, report->engine.name,
            shadow->real[report->offset], report->interp.name, shadow->copy[report->offset]);
}

static void print_stores(FILE *file, const struct report *report)
{
    if (!report->stores)
        return;
    fprintf(file, "  store %" PRIu64 ": %s ", report->store, report->engine.name);
    order_print(file, report->order, 0, report->store);
    fprintf(file, "   %s ", report->interp.name);
    order_print(file, report->order, 1, report->store);
    fputc('\n', file);
}

static void print_insn(FILE *file, const struct trace_insn *at)
{
    char text[64] = "(cannot be fetched)";
    struct insn insn;

    if (at->fetched) {
        isa_decode(at->word, &insn); /* an illegal word has a text, too */
        isa_disasm_abi(&insn, at->pc, text, sizeof text);
    }
    fprintf(file, "  0x%" PRIx64 "  %s\n", at->pc, text);
}

void report_print(FILE *file, const struct report *report)
{
    const struct trace *trace = report->trace;
    unsigned first = trace->count > SHOWN ? trace->count - SHOWN : 0;

    fprintf(file, "trivium: lock-step: %s differs from %s, instruction %" PRIu64 "\n",
            report->engine.name, report->interp.name, report->interp.hart->instret);
    print_harts(file, report);
    print_stops(file, report);
    print_memory(file, report);
    print_stores(file, report);
    if (report->outside)
        fprintf(file, "  they asked for different times or devices, or in another order\n");
    fprintf(file, "after these instructions:\n");
    for (unsigned i = first; i < trace->count; i++)
        print_insn(file, &trace->insns[i]);
}
