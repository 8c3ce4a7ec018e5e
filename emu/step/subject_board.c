/*
 * subject_board.c: a whole machine is stepped; see subject.h.
 *
 * What is typed to it comes by the machine's one door for input, whose log remembers at which step
 * it was read (emu/board/input.h). So typing changes no past: it is read where the run comes behind
 * all positions where it ever was.
 */
#include <stdlib.h>
#include <string.h>

#include "emu/board/snapshot.h"
#include "emu/cpu/hash.h"
#include "emu/cpu/mmu.h"
#include "emu/dbt/dbt.h"
#include "emu/step/subject.h"

struct board_subject {
    struct subject subject;
    struct board *board;
    enum board_end end;
    int status;
    uint64_t printed; /* bytes of the console's that were handed on */
    char *typed;      /* owned: what was typed, and was not read yet from `next_typed` on */
    size_t typed_count, next_typed;
};

struct subject_saved {
    struct snapshot *snapshot;
    struct tlb *tlbs; /* owned */
    uint64_t code_epoch, bytes_sent;
    unsigned harts;
};

static struct board_subject *self_of(const struct subject *subject)
{
    return (struct board_subject *)(uintptr_t)subject;
}

static enum subject_stop run(struct subject *subject, uint64_t until)
{
    struct board_subject *self = self_of(subject);

    self->end = board_run(self->board, until, &self->status);
    return self->end == BOARD_STEPS ? SUBJECT_COUNT : SUBJECT_ENDED;
}

static uint64_t position(const struct subject *subject)
{
    return board_step(self_of(subject)->board);
}

static struct hart *hart(struct subject *subject)
{
    struct board *board = self_of(subject)->board;

    return &board->harts[board->schedule.current];
}

static struct subject_saved *save(struct subject *subject, struct page_pool *pool,
                                  const struct subject_saved *like)
{
    const struct snapshot *older = like != NULL ? like->snapshot : NULL;
    struct board *board = self_of(subject)->board;
    struct subject_saved *saved = malloc(sizeof *saved);

    if (saved == NULL)
        err_die_oom();
    *saved = (struct subject_saved){.snapshot = snapshot_new_like(board, pool, older),
                                    .tlbs = malloc(board->hart_count * sizeof *saved->tlbs),
                                    .code_epoch = board->machine.code_epoch,
                                    .bytes_sent = board->bytes_sent,
                                    .harts = board->hart_count};
    if (saved->tlbs == NULL)
        err_die_oom();
    memcpy(saved->tlbs, board->tlbs, board->hart_count * sizeof *saved->tlbs);
    return saved;
}

static int load(struct subject *subject, const struct subject_saved *saved, struct err *err)
{
    struct board *board = self_of(subject)->board;

    (void)err;
    snapshot_load(saved->snapshot, board);
    memcpy(board->tlbs, saved->tlbs, board->hart_count * sizeof *saved->tlbs);
    board->machine.code_epoch = saved->code_epoch;
    board->bytes_sent = saved->bytes_sent;
    return 0;
}

static void saved_free(struct subject_saved *saved)
{
    snapshot_free(saved->snapshot);
    free(saved->tlbs);
    free(saved);
}

static size_t saved_bytes(const struct subject_saved *saved)
{
    return sizeof *saved + saved->harts * sizeof *saved->tlbs + snapshot_bytes(saved->snapshot);
}

/* With what the TLBs know: it is no state of the guest's, but people see it fill. */
static uint64_t hash(struct subject *subject)
{
    struct board *board = self_of(subject)->board;
    uint64_t hash = snapshot_hash(board);

    for (unsigned i = 0; i < board->hart_count; i++) {
        hash = hash_bytes(hash, board->tlbs[i].entries, sizeof board->tlbs[i].entries);
        hash = hash_bytes(hash, board->tlbs[i].global, sizeof board->tlbs[i].global);
    }
    return hash;
}

static void set_engine(struct subject *subject, const struct engine *engine)
{
    self_of(subject)->board->engine = engine;
}

static void end_text(const struct subject *subject, char *text, size_t size)
{
    const struct board_subject *self = self_of(subject);

    switch (self->end) {
    case BOARD_POWER_OFF:
        snprintf(text, size, "the machine has powered off, with status %d", self->status);
        break;
    case BOARD_RESET: snprintf(text, size, "the machine wants to start again"); break;
    case BOARD_STUCK:
        snprintf(text, size,
                 "the machine waits for ever: no timer is set, nothing is typed (`type' does)");
        break;
    case BOARD_TOHOST: snprintf(text, size, "the kernel wrote to `tohost'"); break;
    case BOARD_STEPS:
    case BOARD_QUIT: snprintf(text, size, "the machine has not ended"); break;
    }
}

static void free_subject(struct subject *subject)
{
    struct board_subject *self = self_of(subject);

    self->board->engine = &engine_dbt;
    board_free(self->board);
    free(self->typed);
    free(self);
}

static struct hart *hart_at(struct subject *subject, uint64_t number)
{
    return &self_of(subject)->board->harts[number];
}

static bool read_memory(struct subject *subject, uint64_t address, void *to, unsigned bytes)
{
    return dma_read(&self_of(subject)->board->dma, address, to, bytes);
}

static bool translate(struct subject *subject, uint64_t gva, uint64_t *address)
{
    uint8_t byte;

    return mmu_probe(subject->machine, hart(subject), gva, ACCESS_LOAD, address) &&
           read_memory(subject, *address, &byte, 1);
}

static unsigned harts(const struct subject *subject)
{
    return self_of(subject)->board->hart_count;
}

static enum hart_doing doing(const struct subject *subject, uint64_t number)
{
    const struct board *board = self_of(subject)->board;

    if (board->sbi.status[number] != SBI_STARTED)
        return HART_STOPPED;
    if (board->schedule.waiting[number] != 0)
        return HART_WAITS;
    return board->schedule.current == number ? HART_TURN : HART_READY;
}

static void type(struct subject *subject, const char *text, size_t bytes)
{
    struct board_subject *self = self_of(subject);

    self->typed = realloc(self->typed, self->typed_count + bytes + 1);
    if (self->typed == NULL)
        err_die_oom();
    memcpy(self->typed + self->typed_count, text, bytes);
    self->typed_count += bytes;
}

static const struct subject_ops ops = {
    .unit = "step",
    .run = run,
    .position = position,
    .hart = hart,
    .save = save,
    .load = load,
    .saved_free = saved_free,
    .saved_bytes = saved_bytes,
    .hash = hash,
    .set_engine = set_engine,
    .end_text = end_text,
    .free = free_subject,
    .hart_at = hart_at,
    .read = read_memory,
    .translate = translate,
    .harts = harts,
    .doing = doing,
    .type = type,
};

static void put(void *owner, uint8_t byte)
{
    struct board_subject *self = owner;
    char text = (char)byte;

    if (self->board->bytes_sent <= self->printed)
        return; /* its past is run again */
    self->printed = self->board->bytes_sent;
    self->subject.output(self->subject.owner, position(&self->subject), &text, 1);
}

static uint64_t no_time(void *owner)
{
    (void)owner;
    return 0;
}

static bool next_typed(void *owner, uint16_t *typed)
{
    struct board_subject *self = owner;

    if (self->next_typed == self->typed_count)
        return false;
    *typed = (uint8_t)self->typed[self->next_typed++];
    return true;
}

/* Nobody waits here: what is to be read is there already, or never comes. */
static bool no_waiting(void *owner, uint64_t nanoseconds)
{
    const struct board_subject *self = owner;

    (void)nanoseconds;
    return self->next_typed < self->typed_count;
}

static bool no_quitting(void *owner)
{
    (void)owner;
    return false;
}

struct subject *subject_board_new(const struct board_config *config, struct err *err)
{
    struct board_subject *self = calloc(1, sizeof *self);
    struct board_config own = *config;

    if (self == NULL)
        err_die_oom();
    own.engine = &engine_dbt;
    own.deterministic = true;
    own.recording = true;
    own.host = (struct board_host){
        .sources = {.clock = no_time, .console = next_typed, .entropy = no_time, .owner = self},
        .output = put,
        .wait = no_waiting,
        .quit = no_quitting,
        .owner = self};
    self->board = board_new(&own, err);
    if (self->board == NULL) {
        free(self);
        return NULL;
    }
    self->subject = (struct subject){.ops = &ops, .machine = &self->board->machine};
    return &self->subject;
}
