/* stops.c: see stops.h. */
#include "emu/step/stops.h"

/* What a watched register or piece of memory is now. False: it cannot be read. */
static bool read_value(const struct breakpoint *at, struct subject *subject, uint64_t *value)
{
    const struct hart *hart;

    *value = 0;
    if (at->kind == BREAK_MEMORY)
        return subject->ops->read(subject, at->address, value, at->size);
    hart = subject->ops->hart_at(subject, at->hart);
    *value = at->reg == BREAK_PC ? hart->pc : hart->x[at->reg];
    return true;
}

void breaks_begin(struct breakpoint *breaks, unsigned count, struct subject *subject)
{
    for (unsigned i = 0; i < count; i++) {
        if (breaks[i].kind != BREAK_AT)
            breaks[i].has_last = read_value(&breaks[i], subject, &breaks[i].last);
    }
}

static bool is_at(const struct breakpoint *at, uint64_t pc)
{
    bool is = at->pc == pc;

    for (unsigned i = 0; i < at->more_count; i++)
        is |= at->more[i] == pc;
    return is;
}

static bool has_changed(struct breakpoint *at, struct subject *subject)
{
    uint64_t value;
    bool has = read_value(at, subject, &value);
    bool changed = has != at->has_last || value != at->last;

    at->has_last = has;
    at->last = value;
    return changed && (!at->wants_value || (has && value == at->value));
}

/* All of them are looked at, as each has to know what there was. */
unsigned breaks_meet(struct breakpoint *breaks, unsigned count, struct subject *subject)
{
    uint64_t pc = subject->ops->hart(subject)->pc;
    unsigned met = count;

    for (unsigned i = 0; i < count; i++) {
        bool is =
            breaks[i].kind == BREAK_AT ? is_at(&breaks[i], pc) : has_changed(&breaks[i], subject);

        if (is && met == count)
            met = i;
    }
    return met;
}
