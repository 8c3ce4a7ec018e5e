/*
 * race_replay.c: a result played on a screen, or one frame of it as text; see race_view.h.
 *
 * Frames are counted through all scenes: RACE_FRAMES + 1 of each, and one of the ladder.
 */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "cli/output.h"
#include "cli/race_view.h"
#include "cli/status.h"
#include "view/raster.h"

#define FRAME_SECONDS 0.1
#define SCENE_SECONDS 2.5 /* at its end, before the next */

static size_t frame_count(const struct result *result)
{
    return (race_view_scenes(result) - 1) * (RACE_FRAMES + 1) + 1;
}

/* Pixels for each of a glyph's: from the back of a room they must be 24 high at least. */
static int scale_of(const struct race_screen_options *wanted)
{
    return wanted->projector ? 2 : 1;
}

static int write_screenshot(const struct grid *grid, const struct race_screen_options *wanted,
                            struct err *err)
{
    struct output_file output;

    if (output_open(&output, wanted->screenshot, err) < 0)
        return -1;
    raster_write_png(output.file, grid, wanted->light ? THEME_LIGHT : THEME_DARK, scale_of(wanted));
    return output_commit(&output, err);
}

/* Draws frame N into a grid of that size and prints it. */
static int print_frame(const struct result *result, const struct race_screen_options *wanted,
                       struct err *err)
{
    size_t count = frame_count(result), number = count - 1;
    struct race_look look = {0};
    int answer = EXIT_SUCCESS;
    struct grid grid;
    char *end;

    if (strcmp(wanted->frame, "last") != 0) {
        errno = 0;
        number = strtoul(wanted->frame, &end, 10);
        if (wanted->frame[0] < '0' || wanted->frame[0] > '9' || *end != '\0' || errno != 0 ||
            number >= count) {
            err_set(err, "there is no frame %.40s", wanted->frame);
            err_hint(err, "0 to %zu, or last", count - 1);
            return -1;
        }
    }
    look.scene = number / (RACE_FRAMES + 1);
    look.frame = (unsigned)(number % (RACE_FRAMES + 1));
    grid_init(&grid, wanted->width, wanted->height);
    race_view_draw(&grid, result, &look);
    if (wanted->screenshot != NULL)
        answer = write_screenshot(&grid, wanted, err);
    else
        grid_print(stdout, &grid, !screen_takes_utf8());
    grid_fini(&grid);
    return answer;
}

static void go_to(struct race_look *look, size_t scenes, size_t scene)
{
    if (scene >= scenes)
        return;
    *look = (struct race_look){.scene = scene, .playing = scene + 1 < scenes};
}

static void move(struct race_look *look, size_t scenes, int frames)
{
    int frame = (int)look->frame + frames;

    look->playing = false;
    if (look->scene + 1 < scenes)
        look->frame = frame < 0 ? 0 : frame > RACE_FRAMES ? RACE_FRAMES : (unsigned)frame;
}

/* What a key does. False: quit. */
static bool take_key(struct race_look *look, struct screen *screen, size_t scenes, uint32_t key)
{
    switch (key) {
    case 'q':
    case KEY_ESCAPE: return false;
    case ' ':
        if (!look->playing && look->frame == RACE_FRAMES)
            look->frame = 0;
        look->playing = !look->playing && look->scene + 1 < scenes;
        return true;
    case KEY_LEFT: move(look, scenes, -1); return true;
    case KEY_RIGHT: move(look, scenes, 1); return true;
    case KEY_HOME: move(look, scenes, -RACE_FRAMES); return true;
    case KEY_END: move(look, scenes, RACE_FRAMES); return true;
    case KEY_UP: look->top -= look->top > 0; return true;
    case KEY_DOWN: look->top++; return true;
    case 'n': go_to(look, scenes, look->scene + 1); return true;
    case 'p': go_to(look, scenes, look->scene - 1); return true;
    case 't': screen->theme = screen->theme == THEME_DARK ? THEME_LIGHT : THEME_DARK; return true;
    case '+': screen_scale(screen, 1); return true;
    case '-': screen_scale(screen, -1); return true;
    case 'h':
    case '?': look->help = !look->help; return true;
    default: return true;
    }
}

/* A tenth of a second has passed, or a scene's end was looked at. */
static void advance(struct race_look *look, size_t scenes)
{
    if (look->frame < RACE_FRAMES)
        look->frame++;
    else
        go_to(look, scenes, look->scene + 1);
}

static double patience(const struct race_look *look)
{
    if (!look->playing || look->help)
        return -1;
    return look->frame < RACE_FRAMES ? FRAME_SECONDS : SCENE_SECONDS;
}

static int play(const struct result *result, struct screen *screen, struct err *err)
{
    size_t scenes = race_view_scenes(result);
    struct race_look look = {.playing = scenes > 1};
    struct screen_event event = {.kind = SCREEN_NONE};
    struct grid grid;
    int width, height, answer = EXIT_SUCCESS;

    grid_init(&grid, 1, 1);
    for (;;) {
        screen_size(screen, &width, &height);
        if (width != grid.width || height != grid.height)
            grid_resize(&grid, width, height);
        race_view_draw(&grid, result, &look);
        answer = screen_show(screen, &grid, err);
        if (answer < 0)
            break;
        screen_wait(screen, patience(&look), &event);
        if (event.kind == SCREEN_END && event.signal != 0)
            answer = STATUS_SIGNAL + event.signal;
        if (event.kind == SCREEN_END ||
            (event.kind == SCREEN_KEY && !take_key(&look, screen, scenes, event.key)))
            break;
        if (event.kind == SCREEN_NONE)
            advance(&look, scenes);
    }
    grid_fini(&grid);
    return answer;
}

int race_replay(const struct result *result, const struct race_screen_options *wanted,
                struct screen *screen, struct err *err)
{
    if (wanted->frame != NULL)
        return print_frame(result, wanted, err);
    return play(result, screen, err);
}

struct screen *race_screen_open(const struct race_screen_options *wanted, struct err *err)
{
    enum theme theme = wanted->light ? THEME_LIGHT : THEME_DARK;
    struct screen *screen;

    if (wanted->gui)
        return screen_window("trivium race", wanted->width, wanted->height, scale_of(wanted), theme,
                             err);
    screen = screen_terminal(theme, err);
    if (screen == NULL)
        err_hint(err, "run it in a terminal, or with --gui; --frame last prints a frame as text");
    return screen;
}

enum option_key {
    KEY_LIVE = 512,
    KEY_GUI,
    KEY_PROJECTOR,
    KEY_LIGHT,
    KEY_REPLAY,
    KEY_FRAME,
    KEY_SCREEN,
    KEY_SCREENSHOT,
};

static const struct argp_option options[] = {
    {NULL, 0, NULL, 0, "As a picture:", 1},
    {"live", KEY_LIVE, NULL, 0,
     "Show on the terminal what is being measured, then the race again, all ways in step", 1},
    {"gui", KEY_GUI, NULL, 0,
     "The same, but the race again in a window, which opens when all is measured: it would "
     "disturb",
     1},
    {"projector", KEY_PROJECTOR, NULL, 0,
     "A window with letters twice as large, in the light theme, for a lecture", 1},
    {"light", KEY_LIGHT, NULL, 0, "Dark letters on a light ground", 1},
    {"replay", KEY_REPLAY, "FILE", 0, "Measure nothing: play a result file of --json", 1},
    {"frame", KEY_FRAME, "N", 0,
     "Print that frame of --replay as text: 51 for each measure, and the last for all; or `last'",
     1},
    {"screenshot", KEY_SCREENSHOT, "FILE", 0, "Write the picture of --frame as a PNG instead", 1},
    {"screen", KEY_SCREEN, "COLUMNSxLINES", 0, "The size of --frame (80x24), or of the window", 1},
    {0},
};

static void complete(struct race_screen_options *chosen, struct argp_state *state)
{
    if (chosen->frame != NULL && chosen->replay == NULL)
        argp_error(state, "--frame is a frame of --replay FILE");
    if (chosen->screenshot != NULL && chosen->frame == NULL)
        argp_error(state, "--screenshot is of a --frame");
    if (chosen->live && chosen->gui)
        argp_error(state, "--live is on the terminal, --gui and --projector in a window");
    if (chosen->width > 0)
        return;
    /* 1280 by 800 pixels, or the terminal that everybody has. */
    chosen->width = chosen->gui && !chosen->projector ? 160 : 80;
    chosen->height = chosen->gui ? (chosen->projector ? 25 : 50) : 24;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct race_screen_options *chosen = state->input;

    switch (key) {
    case KEY_LIVE: chosen->live = true; return 0;
    case KEY_PROJECTOR: chosen->projector = chosen->light = chosen->gui = true; return 0;
    case KEY_GUI: chosen->gui = true; return 0;
    case KEY_LIGHT: chosen->light = true; return 0;
    case KEY_REPLAY: chosen->replay = arg; return 0;
    case KEY_FRAME: chosen->frame = arg; return 0;
    case KEY_SCREENSHOT: chosen->screenshot = arg; return 0;
    case KEY_SCREEN:
        option_cells(state, "--screen", arg, &chosen->width, &chosen->height);
        return 0;
    case ARGP_KEY_END: complete(chosen, state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp race_screen_argp = {.options = options, .parser = parse_option};
