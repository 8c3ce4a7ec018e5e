/* subject_board.c: a whole machine is stepped; see subject.h. Nothing is ever typed to it. */
#include <stdlib.h>
#include <string.h>

#include "emu/board/snapshot.h"
#include "emu/dbt/dbt.h"
#include "emu/step/subject.h"

struct board_subject {
    struct subject subject;
    struct board *board;
    enum board_end end;
    int status;
    uint64_t printed; /* bytes of the console's that were handed on */
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

static struct subject_saved *save(struct subject *subject)
{
    struct board *board = self_of(subject)->board;
    struct subject_saved *saved = malloc(sizeof *saved);

    if (saved == NULL)
        err_die_oom();
    *saved = (struct subject_saved){.snapshot = snapshot_new(board),
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

static uint64_t hash(struct subject *subject)
{
    return snapshot_hash(self_of(subject)->board);
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
        snprintf(text, size, "the machine waits for ever: no timer is set, nothing is typed");
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
    free(self);
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

static bool nothing_typed(void *owner, uint16_t *typed)
{
    (void)owner, (void)typed;
    return false;
}

static bool no_waiting(void *owner, uint64_t nanoseconds)
{
    (void)owner, (void)nanoseconds;
    return false;
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
    own.host = (struct board_host){
        .sources = {.clock = no_time, .console = nothing_typed, .entropy = no_time, .owner = self},
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
