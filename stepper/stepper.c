/* stepper.c: see stepper.h. */
#include "stepper/stepper.h"
#include "stepper/run.h"

#include <stdlib.h>
#include <string.h>

const char *level_title(enum level level)
{
    static const char *const titles[LEVEL_COUNT] = {
        "instruction", "IR operation", "host instruction", "phase", "block", "event"};

    return titles[level];
}

/* 64 instructions have 64 signs. */
char insn_letter(unsigned insn)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+* ";

    _Static_assert(sizeof letters == IR_INSNS_MAX + 2, "a sign for each, and a blank");

    return letters[insn < IR_INSNS_MAX ? insn : IR_INSNS_MAX];
}

/* The pane that a phase has something to show in. */
static enum pane pane_of(const struct phase *phase)
{
    switch (phase->kind) {
    case PHASE_HOMES: return PANE_HOMES;
    case PHASE_EMIT: return PANE_HOST;
    case PHASE_LIFT:
    case PHASE_PASS: return PANE_IR;
    }
    return PANE_IR;
}

/* The guest instruction that the next host instruction is of: as the listing says, which knows
 * whose the ways out are that stand behind the block. */
static unsigned insn_of_host(const struct stepper *stepper)
{
    const struct step *step = stepper->step;
    const struct block_text *text = &stepper->block;
    uint32_t pc = (uint32_t)step->trace.states[step->host].pc;

    for (unsigned i = 0; i < text->count; i++) {
        if (text->lines[i].offset == pc && text->lines[i].insn != BLOCK_TEXT_NO_INSN)
            return text->lines[i].insn;
    }
    return dbt_insn_at(step->subject->machine, step->number, pc);
}

static void choose_pane(struct stepper *stepper)
{
    const struct step *step = stepper->step;
    enum level level = stepper->look.level;

    if (level == LEVEL_OP || level == LEVEL_PHASE)
        scene_choose(&stepper->scene, pane_of(&stepper->block.kept->phases[step->phase].phase));
    if (level == LEVEL_HOST)
        scene_choose(&stepper->scene, PANE_HOST);
}

void stepper_follow(struct stepper *stepper)
{
    struct step *step = stepper->step;
    const struct ir_block *lifted = block_text_lifted(&stepper->block);
    struct look *look = &stepper->look;

    look->selected = 0;
    stepper->scene.hover = -1;
    memset(stepper->scene.scroll, 0, sizeof stepper->scene.scroll);
    if (lifted == NULL)
        return;
    look->selected = step_done_in_block(step);
    if (stepper_view(&stepper->scene) == VIEW_TRANSLATE)
        choose_pane(stepper);
    if (look->level == LEVEL_OP)
        look->selected = lifted->ops[step->op].insn;
    if (look->level == LEVEL_HOST && step->trace.states != NULL)
        look->selected = insn_of_host(stepper);
    if (look->selected >= lifted->insn_count)
        look->selected = lifted->insn_count - 1;
}

const struct pass *stepper_left_out(const struct stepper *stepper)
{
    unsigned left_out = dbt_left_out(stepper->step->subject->machine);

    for (size_t i = 0; i < pass_count; i++) {
        if ((left_out >> i & 1) != 0)
            return &passes[i];
    }
    return NULL;
}

void stepper_begin(struct stepper *stepper)
{
    const struct ir_block *lifted = block_text_lifted(&stepper->block);
    struct step *step = stepper->step;

    stepper->moved = (struct moved){.any = true, .from = step_position(step)};
    if (lifted != NULL && step_done_in_block(step) < lifted->insn_count)
        stepper->moved.insn = lifted->insns[step_done_in_block(step)];
}

void stepper_end(struct stepper *stepper)
{
    uint64_t position = step_position(stepper->step);

    stepper->moved.back = position < stepper->moved.from;
    if (position > stepper->furthest)
        stepper->furthest = position;
    block_text_update(&stepper->block, stepper->step);
    processes_update(stepper->processes);
    stepper_follow(stepper);
}

enum view stepper_view(const struct scene *scene)
{
    return scene->ops == &stepper_scenes[VIEW_RUN] ? VIEW_RUN : VIEW_TRANSLATE;
}

void stepper_set_view(struct stepper *stepper, enum view view)
{
    struct scene *scene = &stepper->scene;
    enum view was = stepper_view(scene);

    if (view == was)
        return;
    stepper->look.left[was].focus = scene->focus;
    memcpy(stepper->look.left[was].chosen, scene->chosen, sizeof scene->chosen);
    scene->ops = &stepper_scenes[view];
    scene->focus = stepper->look.left[view].focus;
    memcpy(scene->chosen, stepper->look.left[view].chosen, sizeof scene->chosen);
    memset(scene->scroll, 0, sizeof scene->scroll);
    scene->zoomed = false;
    scene->hover = -1;
}

void stepper_look_afresh(struct stepper *stepper)
{
    stepper->look = (struct look){.process = LIFE_NONE, .kind = EVENT_KIND_COUNT};
    stepper->scene.ops = &stepper_scenes[VIEW_TRANSLATE];
    scene_afresh(&stepper->scene);
    stepper->scene.focus = PANE_GUEST;
    stepper->look.left[VIEW_RUN].focus = RUN_CONSOLE;
    stepper_follow(stepper);
}

void stepper_init(struct stepper *stepper, struct step *step)
{
    *stepper = (struct stepper){
        .step = step,
        .command = "",
        .kind = "",
        .again = "",
        .sha256 = "",
        .processes = malloc(sizeof *stepper->processes),
        .furthest = step_position(step),
    };
    if (stepper->processes == NULL)
        err_die_oom();
    processes_init(stepper->processes, step);
    scene_init(&stepper->scene, &stepper_scenes[VIEW_TRANSLATE], stepper);
    block_text_update(&stepper->block, step);
    stepper_look_afresh(stepper);
}

void stepper_fini(struct stepper *stepper)
{
    block_text_fini(&stepper->block);
    processes_fini(stepper->processes);
    free(stepper->processes);
}
