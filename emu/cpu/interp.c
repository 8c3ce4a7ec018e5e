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
#include "emu/cpu/access.h"
#include "emu/cpu/csr.h"
#include "emu/cpu/engine.h"
#include "emu/cpu/priv.h"
#include "emu/isa/decode.h"
#include "emu/isa/eval.h"

/*
 * An instruction comes to an `enum stop`, here as in everything that is called to execute one:
 * STOP_TRAP when it did not retire (hart->trap says why), STOP_COUNT when it did, or one of the
 * other reasons when it did and the run has to end after it. See engine.h.
 */

static void write_register(struct hart *hart, unsigned rd, uint64_t value)
{
    //@lab 2.5 write a register; what is special about x0?
    hart->x[rd] = value;
    hart->x[0] = 0;
    //| (void)hart;
    //| (void)rd;
    //| (void)value;
    //| lab_todo("2.5");
    //@end
}

/* rd = memory[gva], extended as the row's operator says. */
static enum stop load(struct machine *machine, struct hart *hart, const struct insn *insn,
                      uint64_t gva)
{
    unsigned width = insn->row->width;
    uint64_t raw;
    enum stop stop = access_load(machine, hart, gva, width, &raw);

    if (stop != STOP_TRAP)
        write_register(hart, insn->rd, alu_eval(insn->row->op, width, raw, 0));
    return stop;
}

/* AMOs and LR/SC must be aligned (unprivileged spec 8.2, 8.4); ordinary accesses need not be. */
static bool is_aligned(uint64_t gva, unsigned width)
{
    return (gva & (width / 8 - 1)) == 0;
}

static enum stop load_reserved(struct machine *machine, struct hart *hart, const struct insn *insn)
{
    unsigned width = insn->row->width;
    uint64_t gva = hart->x[insn->rs1];
    uint8_t *hva;
    uint64_t raw;

    if (!is_aligned(gva, width))
        return hart_trap(hart, TRAP_LOAD_MISALIGNED, gva);
    if (access_atomic(machine, hart, gva, width, ACCESS_LOAD, &hva) == STOP_TRAP)
        return STOP_TRAP;
    raw = atomic_load_at(hva, width);
    hart->reservation = (struct reservation){.valid = 1, .width = width, .gva = gva, .value = raw};
    write_register(hart, insn->rd, alu_eval(OP_SEXT, width, raw, 0));
    return STOP_COUNT;
}

/*
 * The reservation is kept as "this value at this address", so a store by somebody else in between
 * goes unseen if it put the same value back. Programs that retry a compare-exchange cannot tell.
 */
static enum stop store_conditional(struct machine *machine, struct hart *hart,
                                   const struct insn *insn)
{
    unsigned width = insn->row->width;
    uint64_t gva = hart->x[insn->rs1];
    struct reservation reserved = hart->reservation;
    bool holds = reserved.valid != 0 && reserved.gva == gva && reserved.width == width;
    uint8_t *hva;

    if (!is_aligned(gva, width))
        return hart_trap(hart, TRAP_STORE_MISALIGNED, gva);
    if (holds) {
        if (access_atomic(machine, hart, gva, width, ACCESS_STORE, &hva) == STOP_TRAP)
            return STOP_TRAP;
        holds = atomic_exchange_at(hva, width, &reserved.value, hart->x[insn->rs2]);
        if (holds)
            machine_note_store(machine, hva, width, hart->x[insn->rs2]);
    } else if (access_may_store(machine, hart, gva, width) == STOP_TRAP) {
        return STOP_TRAP;
    }
    hart->reservation.valid = 0; /* whether it succeeded or not */
    write_register(hart, insn->rd, holds ? 0 : 1);
    return STOP_COUNT;
}

static enum stop atomic_memory_operation(struct machine *machine, struct hart *hart,
                                         const struct insn *insn)
{
    unsigned width = insn->row->width;
    uint64_t gva = hart->x[insn->rs1];
    uint8_t *hva;
    uint64_t raw, old, new;

    if (!is_aligned(gva, width))
        return hart_trap(hart, TRAP_STORE_MISALIGNED, gva);
    if (access_atomic(machine, hart, gva, width, ACCESS_STORE, &hva) == STOP_TRAP)
        return STOP_TRAP;
    raw = atomic_load_at(hva, width);
    do {
        old = alu_eval(OP_SEXT, width, raw, 0);
        new = alu_eval(insn->row->op, width, old, hart->x[insn->rs2]);
    } while (!atomic_exchange_at(hva, width, &raw, new)); /* somebody else was quicker */
    machine_note_store(machine, hva, width, new);
    write_register(hart, insn->rd, old);
    return STOP_COUNT;
}

/*
 * rd = csr; csr = op(csr, operand). csrrw writes always; the others only read when the rs1 field is
 * 0, whatever the register holds (unprivileged spec 9.1).
 */
static enum stop access_csr(struct machine *machine, struct hart *hart, const struct insn *insn,
                            uint64_t operand)
{
    const struct isa_row *row = insn->row;
    unsigned number = (unsigned)insn->imm;
    enum stop stop = STOP_COUNT;
    uint64_t old;

    if (row->op == OP_SECOND || insn->rs1 != 0)
        stop = csr_write(machine, hart, number, row->op, operand, &old);
    else if (!csr_read(machine, hart, number, &old))
        stop = STOP_TRAP;
    if (stop == STOP_TRAP)
        return hart_trap(hart, TRAP_ILLEGAL, insn->word);
    write_register(hart, insn->rd, old);
    return stop;
}

/* Harts take turns and access memory in program order, so a fence has nothing to do. */
static enum stop fence(const struct machine *machine, const struct insn *insn)
{
    enum { PAUSE = 0x0100000f }; /* Zihintpause: a fence that orders nothing */

    return insn->word == PAUSE && machine_is_board(machine) ? STOP_PAUSE : STOP_COUNT;
}

static enum stop sfence_vma(struct machine *machine, struct hart *hart, const struct insn *insn)
{
    return priv_sfence_vma(machine, hart, insn->word, insn->rs1 != 0 ? &hart->x[insn->rs1] : NULL,
                           insn->rs2 != 0 ? &hart->x[insn->rs2] : NULL);
}

/*
 * Executes one decoded instruction. Where it retires, *next is where to go on; the caller put the
 * following instruction there.
 */
static enum stop execute(struct machine *machine, struct hart *hart, const struct insn *insn,
                         uint64_t *next)
{
    const struct isa_row *row = insn->row;
    uint64_t imm = (uint64_t)insn->imm;
    uint64_t a = hart->x[insn->rs1];
    uint64_t b = hart->x[insn->rs2];
    uint64_t link = *next;

    switch ((enum isa_kind)row->kind) {
    case KIND_ALU:
        write_register(hart, insn->rd, alu_eval(row->op, row->width, a, b));
        return STOP_COUNT;
    case KIND_ALU_IMM:
        write_register(hart, insn->rd, alu_eval(row->op, row->width, a, imm));
        return STOP_COUNT;
    case KIND_LUI: write_register(hart, insn->rd, imm); return STOP_COUNT;
    case KIND_AUIPC: write_register(hart, insn->rd, hart->pc + imm); return STOP_COUNT;
    case KIND_LOAD: return load(machine, hart, insn, a + imm);
    case KIND_STORE: return access_store(machine, hart, a + imm, row->width, b);
    case KIND_BRANCH:
        //@lab 2.9 a branch: taken or not
        if (alu_eval(row->op, 64, a, b) != 0)
            *next = hart->pc + imm;
        return STOP_COUNT;
        //| lab_todo("2.9");
        //@end
    case KIND_JAL:
        *next = hart->pc + imm;
        write_register(hart, insn->rd, link);
        return STOP_COUNT;
    case KIND_JALR:
        //@lab 2.10 jalr: jump to a register, and remember where from
        *next = (a + imm) & ~UINT64_C(1);
        write_register(hart, insn->rd, link);
        return STOP_COUNT;
        //| lab_todo("2.10");
        //@end
    case KIND_LR: return load_reserved(machine, hart, insn);
    case KIND_SC: return store_conditional(machine, hart, insn);
    case KIND_AMO: return atomic_memory_operation(machine, hart, insn);
    case KIND_CSR: return access_csr(machine, hart, insn, a);
    case KIND_CSR_IMM: return access_csr(machine, hart, insn, insn->rs1);
    case KIND_FENCE: return fence(machine, insn);
    case KIND_FENCE_I: machine->code_epoch++; return STOP_COUNT;
    case KIND_ECALL: return hart_trap(hart, (enum trap_cause)(TRAP_ECALL_U + hart->mode), 0);
    case KIND_EBREAK: return hart_trap(hart, TRAP_BREAKPOINT, hart->pc);
    case KIND_MRET: return priv_mret(machine, hart, insn->word, next);
    case KIND_SRET: return priv_sret(machine, hart, insn->word, next);
    case KIND_WFI: return priv_wfi(hart, insn->word);
    case KIND_SFENCE_VMA: return sfence_vma(machine, hart, insn);
    case KIND_COUNT: break;
    }
    return hart_trap(hart, TRAP_ILLEGAL, insn->word);
}

/* `counts` may be NULL. */
static inline enum stop step_decoded(struct machine *machine, struct hart *hart,
                                     const struct insn *insn, struct row_counts *counts)
{
    uint64_t next = hart->pc + insn->length;
    enum stop stop;

    if (counts != NULL)
        counts->executed[isa_row_id(insn->row)]++;
    stop = execute(machine, hart, insn, &next);
    if (stop != STOP_TRAP) {
        hart->pc = next;
        hart->instret++;
    }
    return stop;
}

/* One instruction at hart->pc. */
static inline enum stop step(struct machine *machine, struct hart *hart, struct row_counts *counts)
{
    struct insn insn;
    uint32_t word;

    if (access_fetch(machine, hart, &word) == STOP_TRAP)
        return STOP_TRAP;
    if (!isa_decode(word, &insn))
        return hart_trap(hart, TRAP_ILLEGAL, word);
    return step_decoded(machine, hart, &insn, counts);
}

enum stop interp_step(struct machine *machine, struct hart *hart, const struct insn *insn)
{
    return step_decoded(machine, hart, insn, machine->row_counts);
}

enum stop interp_straight(struct machine *machine, struct hart *hart, uint64_t until, bool *jumped)
{
    struct row_counts *counts = machine->row_counts;
    enum stop stop = STOP_COUNT;

    mmu_enter(machine, hart);
    *jumped = false;
    while (stop == STOP_COUNT && !*jumped && hart->instret != until) {
        uint64_t pc = hart->pc;

        stop = step(machine, hart, counts);
        *jumped = hart->pc - pc > sizeof(uint32_t);
    }
    return stop;
}

static enum stop interp_run(struct machine *machine, struct hart *hart, uint64_t until)
{
    struct row_counts *counts = machine->row_counts;
    enum stop stop = STOP_COUNT;

    mmu_enter(machine, hart);
    while (stop == STOP_COUNT && hart->instret != until)
        stop = step(machine, hart, counts);
    return stop;
}

const struct engine engine_interp = {
    .name = "interp",
    .summary = "fetch, decode, execute, every time",
    .run = interp_run,
};
