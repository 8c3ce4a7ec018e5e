/* race_progress.c: one line that is rewritten in place; see race.h. */
#include <math.h>
#include <unistd.h>

#include "cli/race.h"

void race_progress_init(struct race_progress *progress, const struct race *race)
{
    *progress = (struct race_progress){
        .shown = !race->plain && isatty(STDERR_FILENO) == 1,
        .started = race_now(),
        .limit = race->seconds,
    };
    for (size_t i = 0; i < race->contest_count; i++)
        progress->total += (unsigned)race->contests[i].entrant_count * (race->runs + 1);
}

void race_progress_show(struct race_progress *progress, const char *program,
                        const struct race_lane *lane, unsigned round, unsigned rounds)
{
    char what[32], left[48] = "";
    double spent = race_now() - progress->started;

    if (!progress->shown)
        return;
    if (round == 0)
        snprintf(what, sizeof what, "warm-up");
    else
        snprintf(what, sizeof what, "run %u of %u", round, rounds);
    if (progress->done > 1) {
        double seconds = spent / progress->done * (progress->total - progress->done);

        if (progress->limit > 0 && seconds > progress->limit - spent)
            seconds = fmax(progress->limit - spent, 1);
        snprintf(left, sizeof left, ", about %.0f s left", seconds);
    }
    fprintf(stderr, "\r\033[K%.24s on %s%s%s, %s%s", program, lane->name,
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
