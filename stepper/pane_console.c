/* pane_console.c: what was written up to here, and what of it the last move has added: the console
 * of the view Run, and the pane OUTPUT of the other one. */
#include "stepper/panes.h"
#include "stepper/run.h"
#include "view/console.h"

size_t output_end(const struct step *step)
{
    size_t from = 0, to = step->written_count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (step->written[middle].position <= step_position(step))
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static char byte_at(const void *owner, size_t at)
{
    const struct stepper *stepper = owner;

    return stepper->step->written[at].byte;
}

static bool is_fresh(const void *owner, size_t at)
{
    const struct stepper *stepper = owner;

    return stepper->moved.any && !stepper->moved.back &&
           stepper->step->written[at].position > stepper->moved.from;
}

void pane_output_draw(struct area area, const struct stepper *stepper)
{
    const struct console_text text = {
        .owner = stepper, .byte = byte_at, .end = output_end(stepper->step)};

    if (text.end == 0)
        area_wrap(area, 0, ROLE_DIM, "The program has written nothing so far.");
    else
        console_draw(area, &text, 0);
}

void run_console_draw(struct area area, const struct stepper *stepper)
{
    const struct console_text text = {.owner = stepper,
                                      .byte = byte_at,
                                      .end = output_end(stepper->step),
                                      .is_fresh = is_fresh,
                                      .is_terminal = true};

    if (text.end == 0)
        area_wrap(area, 0, ROLE_DIM, "Nothing has been written to the console so far.");
    else /* scrolled up is into the past */
        console_draw(area, &text, -stepper->scene.scroll[RUN_CONSOLE]);
}
