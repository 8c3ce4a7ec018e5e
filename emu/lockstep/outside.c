/* outside.c: see outside.h. */
#include "emu/lockstep/outside.h"

#include <assert.h>

/* Puts the question to the machine. */
static void ask(const struct machine *machine, struct outside_entry *entry)
{
    const struct phys *phys = &machine->phys;

    entry->answered = true;
    switch (entry->kind) {
    case OUTSIDE_CLOCK: entry->value = machine->read_time(machine->clock_owner); break;
    case OUTSIDE_LOAD:
        entry->answered = phys->mmio_load(phys->owner, entry->gpa, entry->width, &entry->value);
        break;
    case OUTSIDE_STORE:
        entry->answered = phys->mmio_store(phys->owner, entry->gpa, entry->width, entry->value);
        break;
    }
}

static bool is_same_question(const struct outside_entry *a, const struct outside_entry *b)
{
    return a->kind == b->kind && a->gpa == b->gpa && a->width == b->width &&
           (a->kind != OUTSIDE_STORE || a->value == b->value);
}

/* Answers from the machine or the log. */
static bool answer(struct outside_side *side, struct outside_entry *entry)
{
    struct outside *outside = side->outside;

    if (side->asks) {
        assert(outside->count < OUTSIDE_MAX); /* a window is shorter */
        ask(outside->machine, entry);
        outside->log[outside->count++] = *entry;
        side->next++;
        return entry->answered;
    }
    if (side->next == outside->count || !is_same_question(&outside->log[side->next], entry)) {
        outside->differs = true;
        return false;
    }
    *entry = outside->log[side->next++];
    return entry->answered;
}

static uint64_t read_time(void *owner)
{
    struct outside_entry entry = {.kind = OUTSIDE_CLOCK};

    return answer(owner, &entry) ? entry.value : 0;
}

static bool mmio_load(void *owner, uint64_t gpa, unsigned width, uint64_t *value)
{
    struct outside_entry entry = {.kind = OUTSIDE_LOAD, .gpa = gpa, .width = width};
    bool answered = answer(owner, &entry);

    *value = entry.value;
    return answered;
}

static bool mmio_store(void *owner, uint64_t gpa, unsigned width, uint64_t value)
{
    struct outside_entry entry = {
        .kind = OUTSIDE_STORE, .gpa = gpa, .width = width, .value = value};

    return answer(owner, &entry);
}

void outside_init(struct outside *outside, const struct machine *machine)
{
    *outside = (struct outside){.machine = machine};
    for (unsigned i = 0; i < 2; i++)
        outside->sides[i].outside = outside;
}

void outside_connect(struct outside *outside, unsigned side, struct machine *machine)
{
    struct outside_side *owner = &outside->sides[side];

    machine->read_time = read_time;
    machine->clock_owner = owner;
    machine->phys.mmio_load = mmio_load;
    machine->phys.mmio_store = mmio_store;
    machine->phys.owner = owner;
}

void outside_begin(struct outside *outside, bool again)
{
    if (!again)
        outside->count = 0;
    outside->differs = false;
    outside->sides[0].asks = !again;
    outside->sides[0].next = outside->sides[1].next = 0;
}

bool outside_is_same(const struct outside *outside)
{
    return !outside->differs && outside->sides[0].next == outside->sides[1].next;
}
