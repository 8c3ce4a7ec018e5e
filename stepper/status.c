/* status.c: see status.h. */
#include "stepper/status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "emu/isa/disasm.h"
#include "stepper/panes.h"

/* More of the sentence; what does not fit is cut off. */
__attribute__((format(printf, 2, 3))) static void add(char *text, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + used, SCENE_TEXT - used, format, arguments);
    va_end(arguments);
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* "addi a0,sp,0: a0 = sp + 0", by the instruction table. */
static void insn_meaning(const struct ir_insn *at, char *text, size_t size)
{
    char name[64], meaning[128];

    isa_disasm_abi(&at->insn, at->pc, name, sizeof name);
    isa_describe(&at->insn, at->pc, meaning, sizeof meaning);
    snprintf(text, size, "%s: %s", name, meaning);
}

/* The instruction that comes next; NULL: none is known. */
static const struct ir_insn *next_insn(const struct stepper *stepper)
{
    const struct ir_block *lifted = block_text_lifted(&stepper->block);
    unsigned done = step_done_in_block(stepper->step);

    return lifted != NULL && done < lifted->insn_count ? &lifted->insns[done] : NULL;
}

static void add_next(char *text, const struct stepper *stepper)
{
    const struct ir_insn *next = next_insn(stepper);
    char meaning[200];

    if (next == NULL || stepper->step->has_ended)
        return;
    insn_meaning(next, meaning, sizeof meaning);
    add(text, " Next: %s.", meaning);
}

/* What a step over one instruction has done to its register, or to pc. */
static void add_insn(char *text, const struct stepper *stepper)
{
    const struct ir_insn *was = &stepper->moved.insn;
    const struct hart *hart = step_hart(stepper->step), *before = &stepper->step->before;
    char meaning[200];

    insn_meaning(was, meaning, sizeof meaning);
    add(text, "Done: %s", meaning);
    for (unsigned reg = 1; reg < 32; reg++) {
        if ((isa_writes(&was->insn) >> reg & 1) == 0)
            continue;
        if (hart->x[reg] != before->x[reg])
            add(text, "; %s is 0x%" PRIx64 " now, it was 0x%" PRIx64,
                isa_register_name('x', reg, NAMES_ABI), hart->x[reg], before->x[reg]);
        else
            add(text, "; %s is 0x%" PRIx64 " as before", isa_register_name('x', reg, NAMES_ABI),
                hart->x[reg]);
    }
    if (was->insn.row != NULL && was->insn.row->kind == KIND_BRANCH)
        add(text, hart->pc == was->pc + was->insn.length ? "; not taken" : "; taken");
    add(text, ".");
}

/* Why: the event of the last move that changes most. */
static void add_event(char *text, const struct event *event)
{
    switch (event->kind) {
    case EVENT_BLOCK:
        add(text,
            "Block %u was made: no block began at 0x%" PRIx64 ", so %u guest instruction%s became "
            "%u bytes of host code.",
            event->block.number, event->block.pc, event->block.insns, plural(event->block.insns),
            event->block.bytes);
        return;
    case EVENT_CHAIN:
        add(text,
            "Chained: the block at 0x%" PRIx64 " jumps straight to 0x%" PRIx64
            " from now on, as it has gone there; the dispatcher is not asked again.",
            event->link.from, event->link.to);
        return;
    case EVENT_JUMP:
        add(text, "Indirect jumps to 0x%" PRIx64 " now find its block in their table.",
            event->link.to);
        return;
    case EVENT_SYSCALL: {
        const char *name = user_syscall_name(event->syscall.number);

        add(text, "System call %" PRIu64 "%s%s was answered with %" PRId64 ".",
            event->syscall.number, name != NULL ? ", " : "", name != NULL ? name : "",
            (int64_t)event->syscall.answer);
        return;
    }
    case EVENT_TRAP:
        add(text, "A trap, %s: the hart went to mode %c, as its kernel has asked for these.",
            trap_name(event->trap.cause), mode_letter(event->trap.to));
        return;
    case EVENT_INTERRUPT:
        add(text, "An interrupt, %s, was taken to mode %c: it was pending and allowed.",
            interrupt_name(event->interrupt.interrupt), mode_letter(event->interrupt.to));
        return;
    case EVENT_RETURN:
        add(text, "A return from a trap, to mode %c.", mode_letter(event->change.to));
        return;
    case EVENT_WALK:
    case EVENT_TLB_FILL:
        add(text,
            "The TLB did not know the page of 0x%" PRIx64 ": %u page tables were read, and it "
            "%s.",
            event->walk.gva, event->walk.levels,
            event->walk.failed ? "still does not" : "does now");
        return;
    case EVENT_DROP:
    case EVENT_CLEAR:
        add(text, "%u block%s went: %s.", event->drop.blocks, plural(event->drop.blocks),
            drop_reason_name(event->drop.reason));
        return;
    case EVENT_HOMES:
        add(text, "The program uses other registers most: these get homes in the host's, and all "
                  "is translated again.");
        return;
    case EVENT_COLD:
        add(text,
            "Cold code was entered, time %u: it is interpreted, as it may never be worth a "
            "translation.",
            event->cold.entered);
        return;
    case EVENT_INTERPRETED:
        add(text, "An instruction was left to the interpreter: the translator has no host code for "
                  "it.");
        return;
    case EVENT_SWITCH:
        add(text, "satp names other page tables now: the kernel goes to another address space.");
        return;
    case EVENT_DEVICE:
        add(text, "A device was %s at 0x%" PRIx64 ": %u bits, 0x%" PRIx64 ".",
            event->device.access == ACCESS_LOAD ? "read" : "written", event->device.gpa,
            event->device.width, event->device.value);
        return;
    case EVENT_TLB_FLUSH:
        add(text, "The TLB forgets: page tables have changed, or may have.");
        return;
    case EVENT_FORGET:
    case EVENT_DMA:
    case EVENT_KIND_COUNT: return;
    }
}

/* Which of two events of one move is the one to be told. */
static unsigned weight(enum event_kind kind)
{
    static const uint8_t weights[EVENT_KIND_COUNT] = {
        [EVENT_TRAP] = 9,   [EVENT_INTERRUPT] = 9, [EVENT_SYSCALL] = 9,   [EVENT_HOMES] = 8,
        [EVENT_CLEAR] = 7,  [EVENT_DROP] = 7,      [EVENT_CHAIN] = 6,     [EVENT_BLOCK] = 5,
        [EVENT_RETURN] = 4, [EVENT_WALK] = 3,      [EVENT_TLB_FILL] = 3,  [EVENT_INTERPRETED] = 3,
        [EVENT_SWITCH] = 9, [EVENT_DEVICE] = 9,    [EVENT_TLB_FLUSH] = 2, [EVENT_COLD] = 2,
        [EVENT_JUMP] = 1,
    };

    return weights[kind];
}

/*
 * The weightiest event of the last move, the last of those that weigh the same; NULL: none. Of a
 * long move those tell most that have happened where it ended.
 */
static const struct seen_event *main_event(const struct stepper *stepper, uint64_t from)
{
    const struct history *history = stepper->step->history;
    const struct seen_event *found = NULL;
    uint64_t first = stepper->step->before_totals.all, all = history->totals.all;

    if (all > first + 64)
        first = all - 64;
    for (uint64_t i = first; i < all; i++) {
        const struct seen_event *seen = history_event(history, i);

        if (seen != NULL && seen->position >= from && weight(seen->event.kind) > 0 &&
            (found == NULL || weight(seen->event.kind) >= weight(found->event.kind)))
            found = seen;
    }
    return found;
}

static void add_back(char *text, const struct stepper *stepper)
{
    uint64_t was = stepper->step->before_totals.all, now = stepper->step->history->totals.all;
    char position[32];

    add(text, "Back at %s of its run: memory, registers and translator are as they were here.",
        grouped(position, step_position(stepper->step)));
    if (was > now)
        add(text, " %" PRIu64 " event%s ha%s not happened now.", was - now, plural(was - now),
            was - now == 1 ? "s" : "ve");
}

static void add_move(char *text, const struct stepper *stepper)
{
    uint64_t now = step_position(stepper->step);
    const struct seen_event *seen = main_event(stepper, now > 0 ? now - 1 : 0);
    char count[32], run[SCENE_TEXT];

    if (seen == NULL)
        seen = main_event(stepper, 0);
    if (stepper->moved.back) {
        add_back(text, stepper);
        return;
    }
    if (now == stepper->moved.from + 1 && stepper->moved.insn.insn.row != NULL)
        add_insn(text, stepper);
    else
        add(text, "On by %s.", grouped(count, now - stepper->moved.from));
    if (stepper_view(&stepper->scene) == VIEW_RUN && status_run(stepper, run, sizeof run)) {
        add(text, " %s", run);
    } else if (seen != NULL) {
        add(text, " ");
        add_event(text, &seen->event);
    }
}

static void phase_sentence(char *text, const struct stepper *stepper)
{
    const struct kept *kept = stepper->block.kept;
    const struct kept_phase *at = &kept->phases[stepper->step->phase];
    unsigned removed, changed;

    add(text, "Phase %u of %u, %s: %s", stepper->step->phase + 1, kept->count,
        phase_name(&at->phase), phase_meaning(&at->phase));
    phase_effect(kept, stepper->step->phase, &removed, &changed);
    if (at->phase.kind == PHASE_PASS && !at->changed)
        add(text, "; here there is nothing for it to do.");
    else if (at->phase.kind == PHASE_PASS)
        add(text, ": of %u operations %u became another, %u went.", at->block.op_count, changed,
            removed);
    else if (at->phase.kind == PHASE_EMIT)
        add(text, ", %u bytes.", kept->size);
    else
        add(text, ".");
}

static void op_sentence(char *text, const struct stepper *stepper)
{
    const struct step *step = stepper->step;
    const struct kept *kept = stepper->block.kept;
    const struct ir_block *block = &kept->phases[step->phase].block;
    const struct ir_op *op = &block->ops[step->op], *was = NULL;
    char now[BLOCK_TEXT_LINE], before[BLOCK_TEXT_LINE], insn[64];

    op_text(op, now);
    if (step->phase > 0)
        was = &kept->phases[step->phase - 1].block.ops[step->op];
    add(text, "%s, operation %u of %u", phase_name(&kept->phases[step->phase].phase), step->op + 1,
        block->op_count);
    if (op->insn < block->insn_count) {
        isa_disasm_abi(&block->insns[op->insn].insn, block->insns[op->insn].pc, insn, sizeof insn);
        add(text, ", of %s", insn);
    }
    if (stepper->scene.predict) {
        add(text, ": what becomes of it? Space shows it.");
        return;
    }
    add(text, op->removed != IR_KEPT ? ": removed: %s" : ": %s", now);
    if (was != NULL && !ir_is_same_op(op, was)) {
        op_text(was, before);
        if (op->removed == IR_KEPT)
            add(text, ", it was %s", before);
    }
    if (ir_reason(op)[0] != '\0')
        add(text, " (%s)", ir_reason(op));
    add(text, ".");
}

/* The registers that a host instruction has changed, and whose homes they are. */
static void add_host_changes(char *text, const struct stepper *stepper)
{
    const struct host_state *at = &stepper->step->trace.states[stepper->step->host], *next = at + 1;

    for (unsigned reg = 0; reg < HOST_REGISTERS; reg++) {
        const char *home = kept_guest_in(stepper->block.kept, (enum x86_reg)reg);

        if (next->registers[reg] == at->registers[reg] || reg == X86_RSP)
            continue;
        add(text, "; %s%s%s%s is 0x%" PRIx64 " then, it was 0x%" PRIx64,
            x86_reg_name((enum x86_reg)reg), home[0] != '\0' ? " (" : "", home,
            home[0] != '\0' ? ")" : "", next->registers[reg], at->registers[reg]);
    }
}

static void host_sentence(char *text, const struct stepper *stepper)
{
    const struct step *step = stepper->step;
    const struct block_text *block = &stepper->block;
    const struct ir_block *lifted = block_text_lifted(block);
    unsigned line = 0;
    char insn[64];

    while (line < block->count && block->lines[line].offset != step->trace.states[step->host].pc)
        line++;
    if (line < block->count) {
        uint8_t number = block->lines[line].insn;

        add(text, "%s", block->lines[line].text);
        if (number < lifted->insn_count) {
            isa_disasm_abi(&lifted->insns[number].insn, lifted->insns[number].pc, insn,
                           sizeof insn);
            add(text, ", of %c, %s", insn_letter(number), insn);
        } else {
            add(text, ": may so many guest instructions still be executed?");
        }
        add_host_changes(text, stepper);
        add(text, ". ");
    }
    add(text,
        "Host instruction %u of %u%s, really executed, from the block's start, in a copy of "
        "this process.",
        step->host + 1, step->trace.count, step->trace.left ? "" : " (cut short)");
}

static void question(char *text, const struct stepper *stepper)
{
    const struct ir_insn *next = next_insn(stepper);
    char name[64];

    if (next == NULL)
        return;
    isa_disasm_abi(&next->insn, next->pc, name, sizeof name);
    add(text, "Your turn: what will %s change? Space shows it. ", name);
}

void status_text(const struct stepper *stepper, char *text)
{
    const struct step *step = stepper->step;
    const struct look *look = &stepper->look;
    const struct scene *scene = &stepper->scene;
    const struct ir_block *lifted = block_text_lifted(&stepper->block);

    text[0] = '\0';
    if (scene->message[0] != '\0') {
        add(text, "%s", scene->message);
    } else if (scene->hover >= 0 && lifted != NULL && (unsigned)scene->hover < lifted->insn_count) {
        char meaning[200];

        insn_meaning(&lifted->insns[scene->hover], meaning, sizeof meaning);
        add(text, "%c is %s.", insn_letter((unsigned)scene->hover), meaning);
    } else if (step->has_ended) {
        step->subject->ops->end_text(step->subject, text, SCENE_TEXT);
        add(text, step_position(step) > 0 ? ". b goes back." : ".");
    } else if (look->level == LEVEL_HOST && step->trace.states != NULL) {
        host_sentence(text, stepper);
    } else if (look->level == LEVEL_PHASE && lifted != NULL) {
        phase_sentence(text, stepper);
    } else if (look->level == LEVEL_OP && lifted != NULL) {
        op_sentence(text, stepper);
    } else {
        bool asks = scene->predict && look->level == LEVEL_INSN;

        if (asks)
            question(text, stepper);
        if (stepper->moved.any)
            add_move(text, stepper);
        else
            add(text, "This is where it starts: nothing is translated yet.");
        if (!asks)
            add_next(text, stepper);
    }
}
