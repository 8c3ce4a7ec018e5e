/*
 * why_limits.c: when a limit of a container's CPU time bites.
 */
#include <math.h>

#include "cli/text.h"
#include "cli/why.h"

static const struct why_column columns[] = {
    {"cpus_used", "CPUs used", "What was claimed is on the left; what came of it:", '#'},
    {"throttled", "throttled", NULL, 0},
    {"events_per_s", "events/s", NULL, 0},
    {0},
};

enum { CPUS_USED, THROTTLED, EVENTS };

#define ONE  "prime --max-prime 5000 --time 1"
#define TWO  ONE " --threads 2"
#define LONG "prime --max-prime 5000 --time 2" /* 20 periods in which it may be throttled */

static const struct why_lane lanes[] = {
    {"no limit", "container", "", ONE},
    {"--cpus 2", "container", "--cpus 2", ONE},
    {"--cpus 0.5", "container", "--cpus 0.5", ONE},
    {"--cpus 0.2", "container", "--cpus 0.2", LONG},
    {"2 threads", "container", "", TWO},
    {"2 threads, --cpus 1", "container", "--cpus 1", TWO},
    {0},
};

static int measure_limits(struct why *why, struct why_row *row, double shared, struct err *err)
{
    struct why_run run;
    double *values = row->values;
    int answer = why_run(why, row, true, row->lane->words, &run, err);

    (void)shared;
    if (answer != 0)
        return answer < 0 ? -1 : 0;
    values[CPUS_USED] = why_cpus_used(&run);
    values[THROTTLED] = why_counted(&run, "counters.limits.cpu.bites", NULL);
    values[EVENTS] = why_printed(&run, "events per second");
    why_run_fini(&run);
    return 0;
}

static void explain_limits(struct why *why)
{
    double low = why_value(why, "--cpus 0.2", "throttled");
    double high = why_value(why, "--cpus 2", "throttled");
    char text[2][TEXT_SIZE];

    if (isnan(low) || isnan(high))
        return;
    if (low > 0)
        why_say(why,
                "--cpus 0.2 bites: the kernel stopped the program in %.0f periods (nr_throttled), "
                "and it made %s events a second instead of %s.",
                low, text_number(text[0], why_value(why, "--cpus 0.2", "events_per_s")),
                text_number(text[1], why_value(why, "no limit", "events_per_s")));
    else
        why_say(why, "--cpus 0.2 has not bitten: nr_throttled is 0, so it is not the cause of "
                     "whatever is slow here.");
    if (high == 0)
        why_say(why,
                "--cpus 2 never does: nr_throttled is 0, because one thread uses %.2f of a CPU and "
                "can use no more than one. A limit above what is used anyway changes nothing.",
                why_value(why, "--cpus 2", "cpus_used"));
    else
        why_say(why, "--cpus 2 has throttled one thread in %.0f periods, which it should not.",
                high);
}

const struct why_topic why_limits = {
    .name = "limits",
    .question = "Why does a limit of CPU time change nothing, or everything?",
    .columns = columns,
    .lanes = lanes,
    .notes = "All run `prime`, with one thread unless it says two. CPUs used: processor time over "
             "time on the wall. throttled: periods in which the kernel stopped the container's "
             "processes until the next one (nr_throttled of its control group); \"-\": there is no "
             "limit. A limit is a share of time: what a program is told of the number of "
             "processors stays as it was.",
    .picture = "CPUs used",
    .measure = measure_limits,
    .explain = explain_limits,
};
