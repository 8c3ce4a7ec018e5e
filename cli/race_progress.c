/* race_progress.c: one line that is rewritten in place; see race.h. */
#include <time.h>
#include <unistd.h>

#include "cli/race.h"

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void race_progress_init(struct race_progress *progress, const struct race *race)
{
    *progress = (struct race_progress){
        .shown = !race->plain && isatty(STDERR_FILENO) == 1,
        .started = now(),
    };
    for (size_t i = 0; i < race->contest_count; i++)
        progress->total += (unsigned)race->contests[i].entrant_count * (race->runs + 1);
}

void race_progress_show(struct race_progress *progress, const char *program, const char *way,
                        unsigned round, unsigned rounds)
{
    char what[32], left[48] = "";
    double spent = now() - progress->started;

    if (!progress->shown)
        return;
    if (round == 0)
        snprintf(what, sizeof what, "warm-up");
    else
        snprintf(what, sizeof what, "run %u of %u", round, rounds);
    if (progress->done > 1)
        snprintf(left, sizeof left, ", about %.0f s left",
                 spent / progress->done * (progress->total - progress->done));
    fprintf(stderr, "\r\033[K%.24s on %s, %s%s", program, way, what, left);
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
