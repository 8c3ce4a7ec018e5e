/* race_progress.c: one line that is rewritten in place; see race.h. */
#include <math.h>
#include <unistd.h>

#include "cli/race.h"
#include "view/screen.h"

void race_progress_init(struct race_progress *progress, const struct race *race)
{
    *progress = (struct race_progress){
        .shown = !race->plain && race->screen == NULL && isatty(STDERR_FILENO) == 1,
        .race = race,
        .started = race_now(),
        .limit = race->seconds,
    };
    for (size_t i = 0; i < race->contest_count; i++)
        progress->total += (unsigned)race->contests[i].entrant_count * (race->runs + 1);
}

/* ", about 12 s left", once that can be said. */
static void tell_left(char *left, size_t size, const struct race_progress *progress)
{
    double spent = race_now() - progress->started, seconds;

    left[0] = '\0';
    if (progress->done <= 1)
        return;
    seconds = spent / progress->done * (progress->total - progress->done);
    if (progress->limit > 0 && seconds > progress->limit - spent)
        seconds = fmax(progress->limit - spent, 1);
    snprintf(left, size, ", about %.0f s left", seconds);
}

/* Drawn between two runs: while one goes on, nothing else does. */
static void show_on_screen(const struct race *race, size_t contest, size_t entrant, unsigned round,
                           const char *left)
{
    struct grid grid;
    struct err ignored; /* a terminal that is gone does not end the measuring; its signal does */
    int width, height;

    screen_size(race->screen, &width, &height);
    grid_init(&grid, width, height);
    race_live_draw(&grid, race, contest, entrant, round, left);
    screen_show(race->screen, &grid, &ignored);
    grid_fini(&grid);
}

void race_progress_show(struct race_progress *progress, size_t contest, size_t entrant,
                        unsigned round)
{
    const struct race_contest *shown = &progress->race->contests[contest];
    const struct race_lane *lane = shown->entrants[entrant].lane;
    char what[32], left[48];

    tell_left(left, sizeof left, progress);
    if (progress->race->screen != NULL)
        show_on_screen(progress->race, contest, entrant, round, left);
    if (!progress->shown)
        return;
    if (round == 0)
        snprintf(what, sizeof what, "warm-up");
    else
        snprintf(what, sizeof what, "run %u of %u", round, progress->race->runs);
    fprintf(stderr, "\r\033[K%.24s on %s%s%s, %s%s", shown->located.name, lane->name,
            lane->variant[0] == '\0' ? "" : " ", lane->variant, what, left);
    fflush(stderr);
}

void race_progress_add(struct race_progress *progress, unsigned runs)
{
    progress->done += runs;
}

void race_progress_clear(struct race_progress *progress)
{
    if (progress->shown)
        fprintf(stderr, "\r\033[K");
    fflush(stderr);
}
