/* move.c: see move.h. */
#include "stepper/move.h"

/* Says what the result does not show by itself. */
static enum step_result done(struct stepper *stepper, enum step_result result, bool back)
{
    stepper_end(stepper);
    if (result == STEP_NOWHERE)
        scene_say(&stepper->scene, back ? "This is the start: there is nothing before it."
                                        : "There is nothing in that direction.");
    if (result == STEP_LIMIT)
        scene_say(&stepper->scene, "Nothing has stopped it so far; the same key goes on.");
    return result;
}

/* Behind the last phase the block is executed; before the first the block before is looked at. */
static enum step_result move_in_phases(struct stepper *stepper, bool back, struct err *err)
{
    struct step *step = stepper->step;
    enum level level = stepper->look.level;
    enum step_result result = level == LEVEL_OP ? step_op(step, back) : step_phase(step, back);

    if (result != STEP_NOWHERE)
        return done(stepper, result, back);
    result = back ? step_block_back(step, err) : step_block(step, err);
    if (result == STEP_DONE && back) {
        while (step_phase(step, false) == STEP_DONE)
            continue;
        if (level == LEVEL_OP && step_kept(step) != NULL)
            step->op = step->kept->phases[step->phase].block.op_count - 1;
    }
    return done(stepper, result, back);
}

/* There is a trace of host instructions of a block that was made: of another it is made first. */
static enum step_result move_in_host(struct stepper *stepper, bool back, struct err *err)
{
    struct step *step = stepper->step;
    bool had = step->trace.states != NULL;
    enum step_result result = step_host(step, back && had, err);

    if (result != STEP_NOWHERE)
        return done(stepper, result, back);
    if (had && back)
        result = step_block_back(step, err);
    else if (had)
        result = step_block(step, err);
    else
        result = back ? step_insns_back(step, 1, err) : step_insns(step, 1, err);
    if (result == STEP_DONE && step_kept(step) != NULL && step->is_made)
        result = step_host(step, false, err);
    while (result == STEP_DONE && back && step->host + 1 < step->trace.count)
        result = step_host(step, false, err);
    return done(stepper, result, back);
}

enum step_result move_level(struct stepper *stepper, bool back, struct err *err)
{
    struct step *step = stepper->step;
    enum level level = stepper->look.level;
    enum step_result result = STEP_NOWHERE;

    stepper_begin(stepper);
    switch (level) {
    case LEVEL_INSN:
        result = back ? step_insns_back(step, 1, err) : step_insns(step, 1, err);
        break;
    case LEVEL_BLOCK: result = back ? step_block_back(step, err) : step_block(step, err); break;
    case LEVEL_EVENT: return move_event(stepper, back, err);
    case LEVEL_OP:
    case LEVEL_PHASE: return move_in_phases(stepper, back, err);
    case LEVEL_HOST: return move_in_host(stepper, back, err);
    case LEVEL_COUNT: break;
    }
    return done(stepper, result, back);
}

enum step_result move_block_back(struct stepper *stepper, struct err *err)
{
    stepper_begin(stepper);
    return done(stepper, step_block_back(stepper->step, err), true);
}

enum step_result move_run(struct stepper *stepper, bool back, struct err *err)
{
    stepper_begin(stepper);
    return done(stepper, back ? step_run_back(stepper->step, err) : step_run(stepper->step, err),
                back);
}

enum step_result move_event(struct stepper *stepper, bool back, struct err *err)
{
    unsigned kind = stepper->look.kind;
    unsigned kinds = kind == EVENT_KIND_COUNT ? (1U << EVENT_KIND_COUNT) - 1 : 1U << kind;

    stepper_begin(stepper);
    if (stepper_view(&stepper->scene) == VIEW_RUN && kind == EVENT_KIND_COUNT) {
        int life = stepper->look.process != LIFE_NONE ? stepper->look.process : LIFE_ANY;

        return done(stepper, processes_step(stepper->processes, life, back, err), back);
    }
    return done(stepper,
                back ? step_event_back(stepper->step, kinds, err)
                     : step_event(stepper->step, kinds, err),
                back);
}

enum step_result move_to(struct stepper *stepper, uint64_t position, struct err *err)
{
    stepper_begin(stepper);
    return done(stepper, step_go(stepper->step, position, err), false);
}
