/* tour.c: see tour.h. */
#include "stepper/tour.h"

#include <stdlib.h>
#include <string.h>

#include "stepper/control.h"

enum { WIDTH = 160, HEIGHT = 50 }; /* with all panes */

static const char *const lines[] = {
#include "tour.inc"
};

char **tour_command(struct tour_command *command)
{
    char *rest = command->text;
    size_t count = 0;

    snprintf(command->text, sizeof command->text, "prime --max-prime 30 --events 1");
    do
        command->words[count++] = strsep(&rest, " ");
    while (rest != NULL && count + 1 < TOUR_WORDS);
    command->words[count] = NULL;
    return command->words;
}

/* What stands behind `word` in a line that begins with it; else NULL. */
static const char *behind(const char *line, const char *word)
{
    size_t length = strlen(word);

    return strncmp(line, word, length) == 0 && line[length] == ' ' ? line + length + 1 : NULL;
}

static FILE *open_text(char **text, size_t *size)
{
    FILE *file = open_memstream(text, size);

    if (file == NULL)
        err_die_oom();
    return file;
}

void tour_init(struct tour *tour, struct stepper *stepper)
{
    size_t size;
    FILE *file;

    *tour = (struct tour){.script = {.name = "the tour", .width = WIDTH, .height = HEIGHT}};
    stepper->tour = tour;
    file = open_text(&tour->text, &size);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        fputs(lines[i], file);
        tour->count += behind(lines[i], "stop") != NULL;
    }
    fclose(file);
    tour->script.file = fmemopen(tour->text, size, "r");
    if (tour->script.file == NULL)
        err_die_oom();
}

void tour_fini(struct tour *tour)
{
    fclose(tour->script.file);
    free(tour->text);
}

static void start_again(struct tour *tour, struct stepper *stepper, FILE *nowhere)
{
    struct err ignored = {0};

    control_command(stepper, "delete all", nowhere, &ignored);
    control_command(stepper, "goto 0", nowhere, &ignored);
    rewind(tour->script.file);
    tour->script.number = 0;
}

static void remember(struct tour *tour, const struct stepper *stepper, unsigned stop)
{
    tour->stop = stop;
    tour->position = step_position(stepper->step);
    tour->phase = stepper->step->phase;
    tour->op = stepper->step->op;
    tour->host = stepper->step->host;
    tour->level = stepper->look.level;
}

/* One line of the stop `at`. What leads there is silent, up to the note. False: the stop cannot be
 * shown, and its note says why. */
static bool perform(struct tour *tour, struct stepper *stepper, const char *line, unsigned at,
                    const char *title, FILE *out, FILE *nowhere)
{
    const char *note = behind(line, "note");
    struct err err = {0};

    if (note != NULL) {
        snprintf(stepper->scene.note, sizeof stepper->scene.note, "Stop %u of %u: %s. %s", at,
                 tour->count, title, note);
        return true;
    }
    if (script_line(&stepper->scene, &tour->script, line,
                    stepper->scene.note[0] != '\0' ? out : nowhere, &err) != SCRIPT_WRONG)
        return true;
    snprintf(stepper->scene.note, sizeof stepper->scene.note,
             "Stop %u of %u: %s. This stop cannot be shown with this translator on this host: "
             "%.200s. So what it would tell is left out.",
             at, tour->count, title, err.text);
    return false;
}

bool tour_show(struct tour *tour, struct stepper *stepper, unsigned stop, FILE *out)
{
    char title[TOUR_TITLE] = "", *line, *text;
    unsigned at = 0;
    bool shown = true;
    size_t size;
    FILE *nowhere = open_text(&text, &size);

    start_again(tour, stepper, nowhere);
    while (at <= stop && (line = script_read_line(&tour->script)) != NULL) {
        const char *next = behind(line, "stop");

        if (next != NULL && at++ < stop) {
            snprintf(title, sizeof title, "%s", next);
            stepper_look_afresh(stepper);
            shown = true;
        } else if (next == NULL && shown) {
            shown = perform(tour, stepper, line, at, title, at == stop ? out : nowhere, nowhere);
        }
        free(line);
    }
    fclose(nowhere);
    free(text);
    remember(tour, stepper, stop);
    return shown;
}

static bool is_at_stop(const struct tour *tour, const struct stepper *stepper)
{
    const struct step *step = stepper->step;

    return step_position(step) == tour->position && step->phase == tour->phase &&
           step->op == tour->op && step->host == tour->host && stepper->look.level == tour->level;
}

bool tour_key(struct tour *tour, struct stepper *stepper, uint32_t key)
{
    bool back = key == 'b' && is_at_stop(tour, stepper);
    char *text;
    size_t size;
    FILE *nowhere;

    if (stepper->scene.typing || (key != KEY_ENTER && !back))
        return false;
    if (back && tour->stop <= 1) {
        scene_say(&stepper->scene, "This is the first stop. Enter goes on to the next.");
        return true;
    }
    if (!back && tour->stop >= tour->count) {
        scene_say(&stepper->scene,
                  "This is the last stop. b is the stop before it, space goes on in the "
                  "program, q ends.");
        return true;
    }
    nowhere = open_text(&text, &size);
    tour_show(tour, stepper, back ? tour->stop - 1 : tour->stop + 1, nowhere);
    fclose(nowhere);
    free(text);
    return true;
}
