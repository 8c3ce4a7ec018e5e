/* loop.c: see loop.h. */
#include "view/loop.h"

#include <stdlib.h>
#include <time.h>

static double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Up to the next note, and what stands behind it stays for the next time. */
static int perform_script(struct loop *loop, struct err *err)
{
    enum script_result result = SCRIPT_DONE;
    char *output = NULL;
    size_t size;
    FILE *file;

    if (loop->script == NULL)
        return 0;
    file = open_memstream(&output, &size); /* the screen shows what comes of it */
    if (file == NULL)
        err_die_oom();
    while (result == SCRIPT_DONE)
        result = script_next(loop->scene, loop->script, file, err);
    fclose(file);
    free(output);
    if (result == SCRIPT_END)
        loop->script = NULL;
    return result == SCRIPT_WRONG ? -1 : 0;
}

static int show(struct loop *loop, struct grid *grid, struct err *err)
{
    struct scene *scene = loop->scene;
    int width, height;

    if (scene->scale != 0)
        screen_scale(loop->screen, scene->scale);
    scene->scale = 0;
    loop->screen->theme = scene->theme;
    screen_size(loop->screen, &width, &height);
    if (width != grid->width || height != grid->height)
        grid_resize(grid, width, height);
    if (loop->script != NULL) {
        loop->script->width = width;
        loop->script->height = height;
    }
    scene->ops->draw(scene->owner, grid);
    if (loop->cast != NULL)
        cast_frame(loop->cast, grid, scene->theme, seconds_now());
    return screen_show(loop->screen, grid, err);
}

/* False: it ends. *answer: -1 if the script was wrong. */
static bool take(struct loop *loop, const struct screen_event *event, const struct grid *grid,
                 int *answer, struct err *err)
{
    struct scene *scene = loop->scene;

    switch (event->kind) {
    case SCREEN_NONE: scene->ops->tick(scene->owner); return true;
    case SCREEN_MOUSE:
        scene->ops->mouse(scene->owner, &event->mouse, grid->width, grid->height);
        return true;
    case SCREEN_KEY:
        if (scene->ops->lead != NULL && scene->ops->lead(scene->owner, event->key))
            return true;
        if (event->key == KEY_ENTER && !scene->typing) {
            *answer = perform_script(loop, err);
            return *answer == 0;
        }
        return scene_key(scene, event->key);
    case SCREEN_CHANGED: return true;
    case SCREEN_END: *answer = event->signal; return false;
    }
    return true;
}

int loop_run(struct loop *loop, struct err *err)
{
    struct screen_event event;
    struct grid grid;
    int answer = perform_script(loop, err);
    bool goes_on = answer == 0;

    grid_init(&grid, 1, 1);
    screen_mouse(loop->screen);
    while (goes_on) {
        answer = show(loop, &grid, err);
        if (answer < 0)
            break;
        screen_wait(loop->screen, loop->scene->playing ? 1 / scene_speed(loop->scene) : -1, &event);
        goes_on = take(loop, &event, &grid, &answer, err);
    }
    grid_fini(&grid);
    return answer;
}
