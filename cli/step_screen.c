/* step_screen.c: see step_screen.h. */
#include "cli/step_screen.h"
#include "cli/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/status.h"
#include "stepper/tour.h"
#include "view/loop.h"
#include "view/raster.h"

#define STOP_SECONDS   15.0 /* for each stop of the tour, in such a recording */
#define SCRIPT_SECONDS 1.0  /* between two lines of a script, in a recording without a screen */

/* Pixels for each of a glyph's: from the back of a room they must be 24 high at least. */
static int scale_of(const struct step_screen_options *wanted)
{
    return wanted->projector ? 2 : 1;
}

/* Nothing but files comes of it. */
static bool is_silent(const struct step_screen_options *wanted)
{
    return wanted->frame || wanted->screenshot != NULL ||
           (wanted->record != NULL && !wanted->tui && !wanted->gui);
}

void step_screen_choose(struct step_screen_options *wanted)
{
    bool chosen = wanted->plain || wanted->tui || wanted->gui || is_silent(wanted);

    if (chosen)
        return;
    wanted->tui = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
    wanted->plain = !wanted->tui;
}

int step_screen_check(const struct step_screen_options *wanted, struct err *err)
{
    return wanted->gui ? screen_window_check(err) : 0;
}

static int open_script(struct script *script, const struct step_screen_options *wanted,
                       struct err *err)
{
    *script = (struct script){
        .file = stdin, .name = "standard input", .width = wanted->width, .height = wanted->height};
    if (wanted->script == NULL)
        return 0;
    script->name = wanted->script;
    script->stop_at_error = true;
    script->file = fopen(wanted->script, "re");
    if (script->file == NULL)
        return err_sys(err, errno, "cannot read the script %s", wanted->script);
    return 0;
}

static void close_script(struct script *script)
{
    if (script->file != stdin)
        fclose(script->file);
}

/* Where a key would be pressed on a screen. False: it is enough. */
static bool ask_plain(unsigned *stop, unsigned count)
{
    char line[16];

    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1)
        return (*stop)++ < count;
    fputs("Enter: the next stop. b: the stop before. q: enough. ", stdout);
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL || line[0] == 'q')
        return false;
    if (line[0] != 'b')
        return (*stop)++ < count;
    *stop -= *stop > 1;
    return true;
}

/* The note of each stop, then what its commands write. */
static int run_plain_tour(struct stepper *stepper, struct tour *tour)
{
    unsigned stop = 1, missing = 0;

    do {
        char *text = NULL;
        size_t size;
        FILE *file = open_memstream(&text, &size);

        if (file == NULL)
            err_die_oom();
        missing += !tour_show(tour, stepper, stop, file);
        fclose(file);
        printf("%s\n%s\n", stepper->scene.note, text);
        free(text);
    } while (ask_plain(&stop, tour->count));
    return missing > 0 ? STATUS_UNEQUAL : EXIT_SUCCESS;
}

/* Lines in, lines out. */
static int run_plain(struct scene *scene, struct script *script, struct err *err)
{
    enum script_result result = SCRIPT_DONE;

    script->prompt = script->file == stdin && isatty(STDIN_FILENO) == 1;
    script->echo = !script->prompt;
    scene->ops->start(scene->owner, stdout);
    while (result != SCRIPT_END && result != SCRIPT_QUIT) {
        struct err wrong = {0};

        result = script_next(scene, script, stdout, &wrong);
        fflush(stdout);
        if (result != SCRIPT_WRONG)
            continue;
        if (script->stop_at_error) {
            *err = wrong;
            return -1;
        }
        printf("  error: %s\n", wrong.text);
    }
    return EXIT_SUCCESS;
}

/* To where it is wanted, if it is. */
static int write_screenshot(const struct step_screen_options *wanted, const struct grid *grid,
                            const struct scene *scene, struct err *err)
{
    struct output_file output;

    if (wanted->screenshot == NULL)
        return 0;
    if (output_open(&output, wanted->screenshot, err) < 0)
        return -1;
    raster_write_png(output.file, grid, scene->theme, scale_of(wanted));
    return output_commit(&output, err);
}

/* The script's lines, then the screen as it is: printed, as a picture, or as a recording. */
static int run_silent(struct scene *scene, const struct step_screen_options *wanted,
                      struct script *script, struct cast *cast, struct err *err)
{
    enum script_result result = SCRIPT_DONE;
    FILE *nowhere = fopen("/dev/null", "we"); /* what the commands say is not asked for */
    struct grid grid;
    double seconds = 0;
    int answer;

    if (nowhere == NULL)
        return err_sys(err, errno, "cannot open /dev/null");
    script->frames = stdout;
    grid_init(&grid, script->width, script->height);
    while (result == SCRIPT_DONE || result == SCRIPT_NOTE) {
        if (grid.width != script->width || grid.height != script->height)
            grid_resize(&grid, script->width, script->height);
        scene->ops->draw(scene->owner, &grid);
        if (cast != NULL)
            cast_frame(cast, &grid, scene->theme, seconds);
        seconds += SCRIPT_SECONDS;
        result = wanted->script == NULL ? SCRIPT_END : script_next(scene, script, nowhere, err);
    }
    fclose(nowhere);
    answer = result == SCRIPT_WRONG ? -1 : write_screenshot(wanted, &grid, scene, err);
    if (answer == 0 && wanted->frame)
        grid_print(stdout, &grid, !screen_takes_utf8());
    grid_fini(&grid);
    return answer;
}

/* Each stop's screen is printed or recorded; a picture is of the last. */
static int run_silent_tour(struct stepper *stepper, const struct step_screen_options *wanted,
                           struct tour *tour, struct cast *cast, struct err *err)
{
    FILE *nowhere = fopen("/dev/null", "we");
    unsigned missing = 0;
    struct grid grid;
    int answer;

    if (nowhere == NULL)
        return err_sys(err, errno, "cannot open /dev/null");
    tour->script.width = wanted->width;
    tour->script.height = wanted->height;
    grid_init(&grid, wanted->width, wanted->height);
    for (unsigned stop = 1; stop <= tour->count; stop++) {
        missing += !tour_show(tour, stepper, stop, nowhere);
        stepper->scene.ops->draw(stepper, &grid);
        if (cast != NULL)
            cast_frame(cast, &grid, stepper->scene.theme, stop * STOP_SECONDS);
        if (wanted->frame)
            grid_print(stdout, &grid, !screen_takes_utf8());
    }
    fclose(nowhere);
    answer = write_screenshot(wanted, &grid, &stepper->scene, err);
    grid_fini(&grid);
    return answer == 0 && missing > 0 ? STATUS_UNEQUAL : answer;
}

static struct screen *open_screen(const struct step_screen_options *wanted, enum theme theme,
                                  struct err *err)
{
    struct screen *screen;

    if (wanted->gui)
        return screen_window("trivium step", wanted->width, wanted->height, scale_of(wanted), theme,
                             err);
    screen = screen_terminal(theme, err);
    if (screen == NULL)
        err_hint(err, "run it in a terminal, or with --gui; --plain needs neither");
    return screen;
}

static int run_on_screen(struct scene *scene, const struct step_screen_options *wanted,
                         struct script *script, struct cast *cast, struct err *err)
{
    struct loop loop = {.scene = scene,
                        .screen = open_screen(wanted, scene->theme, err),
                        .script = wanted->script != NULL ? script : NULL,
                        .cast = cast};
    int answer;

    if (loop.screen == NULL)
        return -1;
    if (scene->ops->lead != NULL) /* to the first stop of a tour */
        scene->ops->lead(scene->owner, KEY_ENTER);
    answer = loop_run(&loop, err);
    screen_free(loop.screen);
    return answer > 0 ? STATUS_SIGNAL + answer : answer;
}

static int run(struct scene *scene, const struct step_screen_options *wanted, struct script *script,
               struct tour *tour, struct err *err)
{
    struct output_file output = {.file = NULL};
    struct cast cast = {0}, *recording = wanted->record != NULL ? &cast : NULL;
    int answer;

    if (wanted->record != NULL) {
        if (output_open(&output, wanted->record, err) < 0)
            return -1;
        cast_init(&cast, output.file);
    }
    if (wanted->tui || wanted->gui)
        answer = run_on_screen(scene, wanted, script, recording, err);
    else if (tour != NULL)
        answer = run_silent_tour(scene->owner, wanted, tour, recording, err);
    else
        answer = run_silent(scene, wanted, script, recording, err);
    if (wanted->record == NULL)
        return answer;
    cast_fini(&cast);
    if (answer < 0) {
        output_abandon(&output);
        return -1;
    }
    return output_commit(&output, err) < 0 ? -1 : answer;
}

int step_screen_run(struct scene *scene, const struct step_screen_options *wanted, struct err *err)
{
    struct script script;
    int answer;

    if (open_script(&script, wanted, err) < 0)
        return -1;
    scene->theme = wanted->theme;
    answer =
        wanted->plain ? run_plain(scene, &script, err) : run(scene, wanted, &script, NULL, err);
    close_script(&script);
    return answer;
}

int step_screen_tour(struct stepper *stepper, const struct step_screen_options *wanted,
                     struct err *err)
{
    struct tour tour;
    int answer;

    stepper->scene.theme = wanted->theme;
    tour_init(&tour, stepper);
    answer = wanted->plain ? run_plain_tour(stepper, &tour)
                           : run(&stepper->scene, wanted, NULL, &tour, err);
    tour_fini(&tour);
    return answer;
}

enum option_key {
    KEY_PLAIN = 512,
    KEY_TUI,
    KEY_GUI,
    KEY_PROJECTOR,
    KEY_THEME,
    KEY_SCRIPT,
    KEY_FRAME,
    KEY_SCREENSHOT,
    KEY_SCREEN,
    KEY_RECORD,
    KEY_KEYS,
    KEY_TOUR,
};

static const struct argp_option options[] = {
    {NULL, 0, NULL, 0, "How it is shown:", 1},
    {"tui", KEY_TUI, NULL, 0, "On the terminal (the default where there is one)", 1},
    {"gui", KEY_GUI, NULL, 0, "In a window", 1},
    {"plain", KEY_PLAIN, NULL, 0,
     "As lines of text, for screen readers and scripts (the default without a terminal)", 1},
    {"projector", KEY_PROJECTOR, NULL, 0,
     "In a window with letters twice as large, in the light theme, for a lecture", 1},
    {"theme", KEY_THEME, "THEME", 0, "dark (the default) or light", 1},
    {"script", KEY_SCRIPT, "FILE", 0,
     "Take commands and keys from FILE, and end at the first that is wrong; on a screen Enter goes "
     "on to its next note. With --plain, without FILE, they are taken from standard input; `help' "
     "lists them",
     1},
    {"frame", KEY_FRAME, NULL, 0, "Print the screen as text, when the script is done", 1},
    {"screenshot", KEY_SCREENSHOT, "FILE", 0, "Write it as a PNG", 1},
    {"screen", KEY_SCREEN, "COLUMNSxLINES", 0, "The size of a frame (80x24), or of the window", 1},
    {"record", KEY_RECORD, "FILE", 0,
     "Write what is shown as a recording of a terminal (asciicast 2)", 1},
    {"tour", KEY_TOUR, NULL, 0,
     "A guided tour: ten stops through the program prime, from its bytes to chained host code. Enter "
     "is the next stop, b the one before. With --frame, the screen of each stop",
     1},
    {"keys", KEY_KEYS, NULL, 0, "List the keys, and end", 1},
    {0},
};

static void take_theme(struct step_screen_options *chosen, const char *text,
                       struct argp_state *state)
{
    chosen->has_theme = true;
    if (strcmp(text, "dark") == 0)
        chosen->theme = THEME_DARK;
    else if (strcmp(text, "light") == 0)
        chosen->theme = THEME_LIGHT;
    else
        argp_error(state, "--theme is dark or light, not '%s'", text);
}

static void complete(struct step_screen_options *chosen, struct argp_state *state)
{
    if (chosen->plain + chosen->tui + chosen->gui > 1)
        argp_error(state, "--plain, --tui and --gui (or --projector) exclude each other");
    if ((chosen->frame || chosen->screenshot != NULL) &&
        (chosen->plain || chosen->tui || (chosen->gui && !chosen->projector)))
        argp_error(state, "--frame and --screenshot need no screen, and are not shown on one");
    if (chosen->frame || chosen->screenshot != NULL)
        chosen->gui = false; /* a projector's letters, in a file */
    if (chosen->tour && chosen->script != NULL)
        argp_error(state, "--tour is a script of its own; it takes no other");
    if (chosen->plain && chosen->record != NULL)
        argp_error(state, "--record is of a screen, not of lines");
    if (chosen->projector && !chosen->has_theme)
        chosen->theme = THEME_LIGHT;
    if (chosen->width > 0)
        return;
    /* 1280 by 800 pixels, or the terminal that everybody has. */
    chosen->width = chosen->gui && !chosen->projector ? 160 : 80;
    chosen->height = chosen->gui && !chosen->projector ? 50 : chosen->projector ? 25 : 24;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct step_screen_options *chosen = state->input;

    switch (key) {
    case KEY_PLAIN: chosen->plain = true; return 0;
    case KEY_TUI: chosen->tui = true; return 0;
    case KEY_GUI: chosen->gui = true; return 0;
    case KEY_PROJECTOR: chosen->projector = chosen->gui = true; return 0;
    case KEY_THEME: take_theme(chosen, arg, state); return 0;
    case KEY_SCRIPT: chosen->script = arg; return 0;
    case KEY_TOUR: chosen->tour = true; return 0;
    case KEY_FRAME: chosen->frame = true; return 0;
    case KEY_SCREENSHOT: chosen->screenshot = arg; return 0;
    case KEY_SCREEN:
        option_cells(state, "--screen", arg, &chosen->width, &chosen->height);
        return 0;
    case KEY_RECORD: chosen->record = arg; return 0;
    case KEY_KEYS: chosen->keys = true; return 0;
    case ARGP_KEY_END: complete(chosen, state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp step_screen_argp = {.options = options, .parser = parse_option};
