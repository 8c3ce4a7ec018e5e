/* plain.c: see plain.h. */
#include "emu/step/plain.h"

#include <inttypes.h>
#include <string.h>

#include "emu/isa/disasm.h"
#include "lib/disassemble.h"

enum { EVENTS_OF_A_MOVE = 8 };

void plain_start(FILE *file, struct step *step)
{
    fprintf(file, "stepping by %ss; `help' lists the commands\n", step->subject->ops->unit);
    if (listing_why(step->listing)[0] != '\0')
        fprintf(file, "no source lines: %s\n", listing_why(step->listing));
    plain_where(file, step);
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void print_insn(FILE *file, const struct step *step, const struct ir_insn *at)
{
    char text[64], symbol[80];

    isa_disasm_abi(&at->insn, at->pc, text, sizeof text);
    step_symbol(step, at->pc, symbol);
    fprintf(file, "0x%" PRIx64 "%s%s  %s", at->pc, symbol[0] != '\0' ? " " : "", symbol, text);
}

static void print_line(FILE *file, struct step *step)
{
    struct listing_line line;

    if (step_line(step, &line))
        fprintf(file, "    %s:%u  %s\n", line.place.file, line.place.line,
                line.text != NULL ? line.text + strspn(line.text, " ") : line.note);
}

void plain_source(FILE *file, struct step *step, const char *name, unsigned line, unsigned count)
{
    struct listing_line here = {.place = {.line = line}};
    unsigned first, all, set = name == NULL ? step_programs(step) : listing_programs(step->listing);

    if (name != NULL && (here.place.file = listing_file(step->listing, name)) == NULL) {
        fprintf(file, "  no code here is of a file %s\n", name);
        return;
    }
    if (name == NULL && !step_line(step, &here)) {
        fprintf(file, "  no source line is known here%s%s\n",
                listing_why(step->listing)[0] != '\0' ? ": " : "", listing_why(step->listing));
        return;
    }
    all = listing_count(step->listing, set, here.place.file);
    fprintf(file, "  %s:%u\n", here.place.file, here.place.line);
    if (listing_note(step->listing, set, here.place.file)[0] != '\0')
        fprintf(file, "  %s\n", listing_note(step->listing, set, here.place.file));
    first = here.place.line > count / 2 ? here.place.line - count / 2 : 1;
    for (unsigned i = first; i < first + count && i <= all; i++)
        fprintf(file, "%c %5u  %s\n", i == here.place.line ? '>' : ' ', i,
                listing_text(step->listing, set, here.place.file, i));
}

void plain_where(FILE *file, struct step *step)
{
    const struct kept *kept = step_kept(step);
    unsigned done = step_done_in_block(step);

    fprintf(file, "%" PRIu64 ": ", step_position(step));
    if (step->has_ended) {
        char text[160];

        step->subject->ops->end_text(step->subject, text, sizeof text);
        fprintf(file, "%s\n", text);
        return;
    }
    if (kept == NULL) {
        fprintf(file, "0x%" PRIx64 "  (no code can be fetched there, or it has changed)\n",
                step_hart(step)->pc);
        return;
    }
    print_insn(file, step, &kept->phases[0].block.insns[done]);
    if (step->is_made)
        fprintf(file, "   [block %u, %u of %u done]\n", step->number, done,
                kept->phases[0].block.insn_count);
    else
        fprintf(file, "   [no block yet]\n");
    print_line(file, step);
}

static void print_changes(FILE *file, const struct step *step)
{
    const struct hart *hart = step_hart(step), *before = &step->before;

    if (hart->mhartid != before->mhartid) {
        fprintf(file, "  hart %" PRIu64 " (was hart %" PRIu64 ")\n", hart->mhartid,
                before->mhartid);
        return;
    }
    if (hart->mode != before->mode)
        fprintf(file, "  mode %c (was %c)\n", mode_letter((enum mode)hart->mode),
                mode_letter((enum mode)before->mode));
    for (unsigned reg = 1; reg < 32; reg++) {
        if (hart->x[reg] != before->x[reg])
            fprintf(file, "  %s = 0x%" PRIx64 " (was 0x%" PRIx64 ")\n",
                    isa_register_name('x', reg, NAMES_ABI), hart->x[reg], before->x[reg]);
    }
}

static void print_event(FILE *file, const struct step *step, const struct seen_event *seen)
{
    char symbol[80];

    fputs("  event ", file);
    event_print(file, &seen->event);
    if (seen->event.kind == EVENT_SYSCALL && user_syscall_name(seen->event.syscall.number) != NULL)
        fprintf(file, " (%s)", user_syscall_name(seen->event.syscall.number));
    fprintf(file, "  (at %" PRIu64 ", pc 0x%" PRIx64 "%s%s)\n", seen->position, seen->pc,
            seen->pc != 0 && step_symbol(step, seen->pc, symbol)[0] != '\0' ? " " : "", symbol);
}

/* What the program has written up to here, if it was not shown; each line has a bar before it, and
 * what a terminal might obey becomes a dot. */
static void print_output(FILE *file, struct step *step)
{
    bool line = false;

    for (; step->shown < step->written_count &&
           step->written[step->shown].position <= step_position(step);
         step->shown++) {
        char byte = step->written[step->shown].byte;

        if (!line)
            fputs("  | ", file);
        line = byte != '\n';
        if (byte != '\r' && byte != '\n')
            fputc((unsigned char)byte < ' ' || byte == 127 ? '.' : byte, file);
        if (!line)
            fputc('\n', file);
    }
    if (line)
        fputc('\n', file);
}

void plain_move(FILE *file, struct step *step)
{
    const struct history *history = step->history;
    uint64_t first = step->before_totals.all, all = history->totals.all;

    print_output(file, step);
    plain_where(file, step);
    if (step->met < step->break_count)
        fprintf(file, "  breakpoint %u: %s\n", step->met + 1, step->breaks[step->met].name);
    print_changes(file, step);
    if (all > first + EVENTS_OF_A_MOVE) {
        fprintf(file, "  %" PRIu64 " events, and\n", all - first - EVENTS_OF_A_MOVE);
        first = all - EVENTS_OF_A_MOVE; /* the last one may be what it was stopped at */
    }
    for (uint64_t i = first; i < all; i++) {
        const struct seen_event *seen = history_event(history, i);

        if (seen != NULL)
            print_event(file, step, seen);
    }
    if (all < first)
        fprintf(file, "  %" PRIu64 " event%s of the translator or machine ha%s not happened now\n",
                first - all, plural(first - all), first - all == 1 ? "s" : "ve");
}

void plain_registers(FILE *file, const struct step *step)
{
    const struct hart *hart = step_hart(step);

    fprintf(file, "  pc 0x%" PRIx64 ", hart %" PRIu64 ", mode %c\n", hart->pc, hart->mhartid,
            mode_letter((enum mode)hart->mode));
    for (unsigned reg = 1; reg < 32; reg++)
        fprintf(file, "%c %-4s 0x%" PRIx64 "\n", hart->x[reg] != step->before.x[reg] ? '*' : ' ',
                isa_register_name('x', reg, NAMES_ABI), hart->x[reg]);
}

static void print_exit(FILE *file, const struct dbt_exit_view *exit)
{
    fprintf(file, "    to 0x%" PRIx64, exit->target);
    if (exit->chained)
        fprintf(file, ", chained to block %u\n", exit->to);
    else
        fputs(", by way of the dispatcher\n", file);
}

static void print_block(FILE *file, const struct step *step, uint32_t number)
{
    struct dbt_block_view view;
    char symbol[80];

    if (!dbt_block_view(step->subject->machine, number, &view))
        return;
    step_symbol(step, view.pc, symbol);
    fprintf(file, "  block %u: 0x%" PRIx64 "%s%s, %u instruction%s, %u bytes at 0x%x%s\n", number,
            view.pc, symbol[0] != '\0' ? " " : "", symbol, view.insns, plural(view.insns),
            view.code_end - view.code, view.code, view.dropped ? ", dropped" : "");
    for (unsigned i = 0; i < view.exit_count; i++)
        print_exit(file, &view.exits[i]);
}

static unsigned count_removed(const struct ir_block *block)
{
    unsigned removed = 0;

    for (unsigned i = 0; i < block->op_count; i++)
        removed += block->ops[i].removed != IR_KEPT;
    return removed;
}

static void print_phase_line(FILE *file, const struct kept *kept, unsigned number)
{
    const struct kept_phase *at = &kept->phases[number];

    fprintf(file, "  phase %u, %s: %s", number, phase_name(&at->phase), phase_meaning(&at->phase));
    switch (at->phase.kind) {
    case PHASE_LIFT: fprintf(file, ", %u operations\n", at->block.op_count); break;
    case PHASE_PASS:
        if (at->changed)
            fprintf(file, ", %u of %u operations are left\n",
                    at->block.op_count - count_removed(&at->block), at->block.op_count);
        else
            fputs("; nothing here\n", file);
        break;
    case PHASE_HOMES: fputc('\n', file); break;
    case PHASE_EMIT: fprintf(file, ", %u bytes\n", kept->size); break;
    }
}

static void print_unmade(FILE *file, const struct step *step)
{
    unsigned left = dbt_entries_left(step->subject->machine, step_hart(step));

    if (left == 0)
        fputs("  no block yet; this one will be made:\n", file);
    else
        fprintf(file,
                "  no block yet: cold, interpreted %u more time%s; then this one will be made:\n",
                left, plural(left));
}

void plain_block(FILE *file, struct step *step)
{
    const struct kept *kept = step_kept(step);
    const struct ir_block *block;

    if (kept == NULL) {
        fputs("  no code can be fetched here, or it has changed since it was translated\n", file);
        return;
    }
    if (step->is_made)
        print_block(file, step, step->number);
    else
        print_unmade(file, step);
    block = &kept->phases[0].block;
    for (unsigned i = 0; i < block->insn_count; i++) {
        fputs(i == step_done_in_block(step) ? "> " : "  ", file);
        print_insn(file, step, &block->insns[i]);
        fputc('\n', file);
    }
    for (unsigned i = 0; i < kept->count; i++)
        print_phase_line(file, kept, i);
}

void plain_phase(FILE *file, struct step *step)
{
    const struct kept *kept = step_kept(step);

    if (kept == NULL) {
        plain_block(file, step);
        return;
    }
    print_phase_line(file, kept, step->phase);
    kept_print(file, kept, step->phase, NULL);
}

void plain_op(FILE *file, struct step *step)
{
    const struct kept *kept = step_kept(step);
    const struct ir_block *block;
    const struct ir_op *op;

    if (kept == NULL) {
        plain_block(file, step);
        return;
    }
    block = &kept->phases[step->phase].block;
    op = &block->ops[step->op];
    fprintf(file, "  phase %u, %s, operation %u of %u\n    of ", step->phase,
            phase_name(&kept->phases[step->phase].phase), step->op, block->op_count);
    print_insn(file, step, &block->insns[op->insn]);
    fputs(op->removed != IR_KEPT ? "\n  - " : "\n    ", file);
    ir_print_op(file, op);
    if (ir_reason(op)[0] != '\0')
        fprintf(file, "   (%s)", ir_reason(op));
    fputc('\n', file);
    if (step->phase == 0)
        fprintf(file, "    it was the word %0*" PRIx32 "\n", 2 * block->insns[op->insn].insn.length,
                block->insns[op->insn].insn.word);
    else if (!ir_is_same_op(op, &kept->phases[step->phase - 1].block.ops[step->op])) {
        fputs("    it was ", file);
        ir_print_op(file, &kept->phases[step->phase - 1].block.ops[step->op]);
        fputc('\n', file);
    }
}

static void print_host_insn(FILE *file, const struct step *step, uint64_t offset)
{
    struct disassembler *disassembler = disassembler_new(true, SYNTAX_INTEL);
    struct dbt_code_view code = dbt_code_view(step->subject->machine);
    char text[160] = "(there is no Capstone here, which tells what it means)";

    if (disassembler != NULL)
        disassemble(disassembler, code.bytes + offset, CACHE_CODE - offset, offset, text,
                    sizeof text);
    disassembler_free(disassembler);
    fprintf(file, "    0x%" PRIx64 "  %s\n", offset, text);
}

void plain_host(FILE *file, struct step *step)
{
    const struct host_trace *trace = &step->trace;
    const struct kept *kept = step_kept(step);
    const struct host_state *at, *next;
    unsigned insn;

    if (kept == NULL || trace->states == NULL) {
        fputs("  no block is made here yet: `step' once, then `step host'\n", file);
        return;
    }
    at = &trace->states[step->host];
    next = at + 1;
    insn = dbt_insn_at(step->subject->machine, step->number, (uint32_t)at->pc);
    fprintf(file, "  host instruction %u of %u%s\n    of ", step->host, trace->count,
            trace->left ? "" : " (it was cut short)");
    print_insn(file, step, &kept->phases[0].block.insns[insn]);
    fputc('\n', file);
    print_host_insn(file, step, at->pc);
    for (unsigned reg = 0; reg < HOST_REGISTERS; reg++) {
        const char *home = kept_guest_in(kept, (enum x86_reg)reg);

        if (next->registers[reg] == at->registers[reg] || reg == X86_RSP)
            continue;
        fprintf(file, "    %s%s%s%s = 0x%" PRIx64 " (was 0x%" PRIx64 ")\n",
                x86_reg_name((enum x86_reg)reg), home[0] != '\0' ? " (" : "", home,
                home[0] != '\0' ? ")" : "", next->registers[reg], at->registers[reg]);
    }
}

void plain_cache(FILE *file, const struct step *step)
{
    struct dbt_cache_view view = dbt_cache_view(step->subject->machine);

    fprintf(file, "  %u block%s, %u dropped; %u bytes of code, %u of them shared by all blocks\n",
            view.blocks, plural(view.blocks), view.dropped, view.code_used, view.fixed);
    fprintf(file, "  %u exit%s to fixed addresses, %u chained; %u entr%s for indirect jumps\n",
            view.exits, plural(view.exits), view.chained, view.jumps,
            view.jumps == 1 ? "y" : "ies");
    fprintf(file, "  made of code in %u guest page%s\n", view.pages, plural(view.pages));
}

void plain_chains(FILE *file, const struct step *step, uint32_t count)
{
    uint32_t blocks = dbt_cache_view(step->subject->machine).blocks;

    for (uint32_t i = blocks > count ? blocks - count : 0; i < blocks; i++)
        print_block(file, step, i);
    if (blocks == 0)
        fputs("  there are no blocks yet\n", file);
}

void plain_counters(FILE *file, const struct step *step)
{
    const struct dbt_counts *counts = dbt_counts(step->subject->machine);
    const struct event_totals *totals = &step->history->totals;

    fprintf(file, "  blocks made %" PRIu64 ", of %" PRIu64 " instructions, %" PRIu64 " bytes\n",
            counts->blocks, counts->insns, counts->code);
    fprintf(file, "  exits chained %" PRIu64 ", look-ups %" PRIu64 "\n", counts->chained,
            counts->lookups);
    fprintf(file, "  instructions left to the interpreter %" PRIu64 "\n", counts->steps);
    fprintf(file,
            "  blocks that stayed cold %" PRIu64 ", instructions in them %" PRIu64
            ", blocks made again %" PRIu64 "\n",
            counts->cold, counts->cold_insns, counts->retranslated);
    fprintf(file, "  all dropped %" PRIu64 " time%s, other homes %" PRIu64 " time%s\n",
            counts->cleared, plural(counts->cleared), counts->rehomed, plural(counts->rehomed));
    for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        if (totals->kinds[kind] != 0)
            fprintf(file, "  events %-12s %" PRIu64 "\n", event_name((enum event_kind)kind),
                    totals->kinds[kind]);
    }
}

void plain_events(FILE *file, const struct step *step, uint64_t count)
{
    uint64_t all = step->history->totals.all;

    for (uint64_t i = all > count ? all - count : 0; i < all; i++) {
        const struct seen_event *seen = history_event(step->history, i);

        if (seen != NULL)
            print_event(file, step, seen);
    }
    fprintf(file, "  %" PRIu64 " event%s so far\n", all, plural(all));
}

void plain_history(FILE *file, const struct step *step)
{
    const struct history *history = step->history;
    const char *unit = step->subject->ops->unit;
    uint64_t from, widest = history_widest(history, &from);

    fprintf(file, "  %u checkpoint%s, %zu KiB, %zu MiB at most. Any position can be gone to\n",
            history->count, plural(history->count), history_bytes(history) >> 10,
            HISTORY_BYTES >> 20);
    fprintf(file, "  one every %" PRIu64 " %ss, as long as they are few\n", history->interval,
            unit);
    if (history->dropped != 0)
        fprintf(file,
                "  %u checkpoint%s dropped: where it was longest ago, as many %ss as %" PRIu64
                " are run again to go back (behind %" PRIu64 ")\n",
                history->dropped, history->dropped == 1 ? " was" : "s were", unit, widest, from);
    fprintf(file, "  the last %d events are kept\n", HISTORY_EVENTS);
}
