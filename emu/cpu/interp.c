/*
 * interp.c: the interpreter. Fetch, decode, execute, every time. Start reading here.
 *
 * This is what a processor does, in the order in which it does it, and the plainest of the ways in
 * which Trivium runs a program; every faster engine has to agree with it to the last bit. It keeps
 * no decoded instruction and no translated block: that is what the other engines are for.
 *
 * What an instruction looks like stands in emu/isa/rv64.def, what an operator computes in
 * emu/isa/eval.h. Here is what remains: one case for each *kind* of instruction, that is, how
 * operands move.
 */
#include "emu/cpu/csr.h"
#include "emu/cpu/engine.h"
#include "emu/isa/decode.h"
#include "emu/isa/eval.h"

/* Ends an instruction that cannot complete. The answer is execute()'s: it did not retire. */
static bool trap(struct hart *hart, enum trap_cause cause, uint64_t value)
{
    hart->trap = (struct trap){.cause = cause, .value = value};
    return false;
}

static void write_register(struct hart *hart, unsigned rd, uint64_t value)
{
    hart->x[rd] = value;
    hart->x[0] = 0;
}

/* rd = memory[gva], extended as the row's operator says. */
static bool load(struct machine *machine, struct hart *hart, const struct insn *insn, uint64_t gva)
{
    unsigned width = insn->row->width;
    uint64_t raw;

    if (!mem_load(&machine->mem, gva, width, &raw))
        return trap(hart, TRAP_LOAD_PAGE, gva);
    write_register(hart, insn->rd, alu_eval(insn->row->op, width, raw, 0));
    return true;
}

/* AMOs and LR/SC must be aligned (unprivileged spec 8.2, 8.4); ordinary accesses need not be. */
static bool is_aligned(uint64_t gva, unsigned width)
{
    return (gva & (width / 8 - 1)) == 0;
}

static bool load_reserved(struct machine *machine, struct hart *hart, const struct insn *insn)
{
    unsigned width = insn->row->width;
    uint64_t gva = hart->x[insn->rs1];
    uint64_t raw;

    if (!is_aligned(gva, width))
        return trap(hart, TRAP_LOAD_MISALIGNED, gva);
    if (!mem_load(&machine->mem, gva, width, &raw))
        return trap(hart, TRAP_LOAD_PAGE, gva);
    hart->reservation =
        (struct reservation){.valid = true, .width = (uint8_t)width, .gva = gva, .value = raw};
    write_register(hart, insn->rd, alu_eval(OP_SEXT, width, raw, 0));
    return true;
}

/*
 * The reservation is kept as "this value at this address", so a store by somebody else in between
 * goes unseen if it put the same value back. Programs that retry a compare-exchange cannot tell.
 */
static bool store_conditional(struct machine *machine, struct hart *hart, const struct insn *insn)
{
    unsigned width = insn->row->width;
    uint64_t gva = hart->x[insn->rs1];
    struct reservation reserved = hart->reservation;
    uint64_t seen;
    bool holds;

    if (!is_aligned(gva, width))
        return trap(hart, TRAP_STORE_MISALIGNED, gva);
    if (!mem_may(&machine->mem, gva, width / 8, MEM_WRITE) ||
        !mem_load(&machine->mem, gva, width, &seen))
        return trap(hart, TRAP_STORE_PAGE, gva);
    holds =
        reserved.valid && reserved.gva == gva && reserved.width == width && reserved.value == seen;
    if (holds)
        mem_store(&machine->mem, gva, width, hart->x[insn->rs2]);
    hart->reservation.valid = false; /* whether it succeeded or not */
    write_register(hart, insn->rd, holds ? 0 : 1);
    return true;
}

static bool atomic_memory_operation(struct machine *machine, struct hart *hart,
                                    const struct insn *insn)
{
    unsigned width = insn->row->width;
    uint64_t gva = hart->x[insn->rs1];
    uint64_t raw, old;

    if (!is_aligned(gva, width))
        return trap(hart, TRAP_STORE_MISALIGNED, gva);
    if (!mem_may(&machine->mem, gva, width / 8, MEM_WRITE) ||
        !mem_load(&machine->mem, gva, width, &raw))
        return trap(hart, TRAP_STORE_PAGE, gva);
    old = alu_eval(OP_SEXT, width, raw, 0);
    mem_store(&machine->mem, gva, width, alu_eval(insn->row->op, width, old, hart->x[insn->rs2]));
    write_register(hart, insn->rd, old);
    return true;
}

/*
 * csrrw writes always and reads unless rd is x0; the others read always and write unless the rs1
 * field is 0 (unprivileged spec 9.1). No CSR can be written in U mode.
 */
static bool access_csr(struct machine *machine, struct hart *hart, const struct insn *insn)
{
    bool writes = insn->row->op == OP_SECOND || insn->rs1 != 0;
    uint64_t value;

    if (writes || !csr_read(machine, hart, (unsigned)insn->imm, &value))
        return trap(hart, TRAP_ILLEGAL, insn->word);
    write_register(hart, insn->rd, value);
    return true;
}

/*
 * Executes one decoded instruction. True: it retired, and *next is where to go on (the caller put
 * the following instruction there). False: it trapped, and hart->trap says why.
 */
static bool execute(struct machine *machine, struct hart *hart, const struct insn *insn,
                    uint64_t *next)
{
    const struct isa_row *row = insn->row;
    uint64_t imm = (uint64_t)insn->imm;
    uint64_t a = hart->x[insn->rs1];
    uint64_t b = hart->x[insn->rs2];
    uint64_t link = *next;

    switch ((enum isa_kind)row->kind) {
    case KIND_ALU: write_register(hart, insn->rd, alu_eval(row->op, row->width, a, b)); return true;
    case KIND_ALU_IMM:
        write_register(hart, insn->rd, alu_eval(row->op, row->width, a, imm));
        return true;
    case KIND_LUI: write_register(hart, insn->rd, imm); return true;
    case KIND_AUIPC: write_register(hart, insn->rd, hart->pc + imm); return true;
    case KIND_LOAD: return load(machine, hart, insn, a + imm);
    case KIND_STORE:
        if (!mem_store(&machine->mem, a + imm, row->width, b))
            return trap(hart, TRAP_STORE_PAGE, a + imm);
        return true;
    case KIND_BRANCH:
        if (alu_eval(row->op, 64, a, b) != 0)
            *next = hart->pc + imm;
        return true;
    case KIND_JAL:
        *next = hart->pc + imm;
        write_register(hart, insn->rd, link);
        return true;
    case KIND_JALR:
        *next = (a + imm) & ~UINT64_C(1);
        write_register(hart, insn->rd, link);
        return true;
    case KIND_LR: return load_reserved(machine, hart, insn);
    case KIND_SC: return store_conditional(machine, hart, insn);
    case KIND_AMO: return atomic_memory_operation(machine, hart, insn);
    case KIND_CSR:
    case KIND_CSR_IMM: return access_csr(machine, hart, insn);
    case KIND_FENCE: /* one hart, accesses in program order: nothing to do */
    case KIND_FENCE_I: /* every instruction is fetched afresh: nothing to do */ return true;
    case KIND_ECALL: return trap(hart, TRAP_ECALL_U, 0);
    case KIND_EBREAK: return trap(hart, TRAP_BREAKPOINT, hart->pc);
    case KIND_MRET: /* U mode may not execute these (Priv. spec 3.3) */
    case KIND_SRET:
    case KIND_WFI:
    case KIND_SFENCE_VMA:
    case KIND_COUNT: break;
    }
    return trap(hart, TRAP_ILLEGAL, insn->word);
}

/* One instruction at hart->pc; true when it retired. `counts` may be NULL. */
static inline bool step(struct machine *machine, struct hart *hart, struct row_counts *counts)
{
    struct insn insn;
    uint64_t fault, next;
    uint32_t word;

    if (!mem_fetch(&machine->mem, hart->pc, &word, &fault))
        return trap(hart, TRAP_FETCH_PAGE, fault);
    if (!isa_decode(word, &insn))
        return trap(hart, TRAP_ILLEGAL, word);
    if (counts != NULL)
        counts->executed[isa_row_id(insn.row)]++;
    next = hart->pc + insn.length;
    if (!execute(machine, hart, &insn, &next))
        return false;
    hart->pc = next;
    hart->instret++;
    return true;
}

static enum stop interp_run(struct machine *machine, struct hart *hart, uint64_t until)
{
    struct row_counts *counts = machine->row_counts;

    while (hart->instret != until) {
        if (!step(machine, hart, counts))
            return STOP_TRAP;
    }
    return STOP_COUNT;
}

const struct engine engine_interp = {
    .name = "interp",
    .summary = "fetch, decode, execute, every time",
    .run = interp_run,
};
