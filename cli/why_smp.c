/*
 * why_smp.c: why more processors do not make a program faster.
 *
 * What can be used is the least of four numbers: threads of the program, CPUs that it is given,
 * threads of the host that these CPUs are, CPUs of the host. Each lane has another least one.
 */
#include <errno.h>
#include <math.h>
#include <sched.h>

#include "cli/text.h"
#include "cli/why.h"

static const struct why_column columns[] = {
    {"threads", "threads", "What there is, and the least of it", 0},
    {"cpus", "CPUs", NULL, 0},
    {"host_threads", "carriers", NULL, 0},
    {"host_cpus", "host CPUs", NULL, 0},
    {"least", "least", NULL, 0},
    {"cpus_used", "CPUs used", "What came of it", '#'},
    {"switches_per_s", "switches", NULL, 0},
    {"events_per_s", "events/s", NULL, 0},
    {0},
};

enum { THREADS, CPUS, HOST_THREADS, HOST_CPUS, LEAST, CPUS_USED, SWITCHES, EVENTS };

#define ONE "prime --max-prime 5000 --time 0.7"
#define TWO ONE " --threads 2"

static const struct why_lane lanes[] = {
    {"native: 1", "native", "", ONE},
    {"native: 2", "native", "", TWO},
    {"container: 2 on 1", "container", "--cpus 1", TWO},
    {"kvm: 2 on 1", "kvm", "--cpus 1", TWO},
    {"kvm: 1 on 2", "kvm", "--cpus 2", ONE},
    {"kvm: 2 on 2", "kvm", "--cpus 2", TWO},
    {"dbt: 2 on 1", "dbt", "--cpus 1", TWO},
    {"dbt: 1 on 2", "dbt", "--cpus 2", ONE},
    {"dbt: 2 on 2", "dbt", "--cpus 2", TWO},
    {0},
};

/* What each lane has, in their order: a virtual machine's processors are a thread of the host each
 * (kvm/run.c), an emulated machine's take turns in one (emu/board/run.c). NAN: the host's number.
 */
static const double given[][3] = {
    {1, NAN, 1}, {2, NAN, 2}, {2, 1, 2}, {2, 1, 1}, {1, 2, 2},
    {2, 2, 2},   {2, 1, 1},   {1, 2, 1}, {2, 2, 1},
};
_Static_assert(sizeof given / sizeof *given == sizeof lanes / sizeof *lanes - 1, "one for each");

static int prepare_smp(struct why *why, double *host_cpus, struct err *err)
{
    cpu_set_t set;

    (void)why;
    if (sched_getaffinity(0, sizeof set, &set) < 0)
        return err_sys(err, errno, "cannot read which CPUs may be used (sched_getaffinity)");
    *host_cpus = CPU_COUNT(&set);
    return 0;
}

static int measure_smp(struct why *why, struct why_row *row, double host_cpus, struct err *err)
{
    const double *has = given[row->lane - lanes];
    double *values = row->values;
    struct why_run run;
    int answer = why_run(why, row, true, row->lane->words, &run, err);

    if (answer != 0)
        return answer < 0 ? -1 : 0;
    values[THREADS] = has[0];
    values[CPUS] = isnan(has[1]) ? host_cpus : has[1];
    values[HOST_THREADS] = has[2];
    values[HOST_CPUS] = host_cpus;
    values[LEAST] = fmin(fmin(values[THREADS], values[CPUS]), fmin(has[2], host_cpus));
    values[CPUS_USED] = why_cpus_used(&run);
    values[SWITCHES] = why_counted(&run, "counters.kernel.switches", NULL) /
                       why_counted(&run, "wall_seconds", NULL);
    values[EVENTS] = why_printed(&run, "events per second");
    why_run_fini(&run);
    return 0;
}

/* Two threads on one CPU take turns, and on two they need not. */
static void explain_turns(struct why *why, const char *one, const char *two)
{
    double before = why_value(why, one, "switches_per_s");
    double after = why_value(why, two, "switches_per_s");

    if (isnan(before) || isnan(after))
        return;
    if (before > 2 * after)
        why_say(why,
                "%s: the two threads take turns, %.0f switches of the guest's kernel a second; on "
                "two CPUs there are %.0f.",
                one, before, after);
    else
        why_say(why,
                "%s: %.0f switches of the guest's kernel a second, and %.0f on two CPUs: turns are "
                "not what the second CPU saves.",
                one, before, after);
}

/* Which of the four is the least, if there is one alone, and whether that was kept. */
static void explain_least(struct why *why, const char *lane)
{
    static const struct {
        const char *key, *name;
    } terms[] = {{"threads", "the program's threads"},
                 {"cpus", "the CPUs that it is given"},
                 {"host_threads", "the threads of the host that carry its CPUs"},
                 {"host_cpus", "the CPUs of the host that may be used"}};
    double least = why_value(why, lane, "least"), used = why_value(why, lane, "cpus_used");
    char names[256] = "";
    int length = 0;

    if (isnan(least))
        return;
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        if (why_value(why, lane, terms[i].key) <= least)
            length += snprintf(names + length, sizeof names - (size_t)length, "%s%s",
                               length > 0 ? " and " : "", terms[i].name);
    }
    if (used > least + 0.25)
        why_say(why,
                "%s: no more than %.0f CPUs should be used (%s), and %.2f were: not explained.",
                lane, least, names, used);
    else
        why_say(why, "%s: at most %.0f, by %s; %.2f CPUs were used.", lane, least, names, used);
}

static void explain_smp(struct why *why)
{
    bool has_kvm = !isnan(why_value(why, "kvm: 2 on 2", "least"));

    explain_turns(why, has_kvm ? "kvm: 2 on 1" : "dbt: 2 on 1",
                  has_kvm ? "kvm: 2 on 2" : "dbt: 2 on 2");
    explain_least(why, "kvm: 1 on 2");
    explain_least(why, "kvm: 2 on 2");
    explain_least(why, "dbt: 2 on 2");
}

const struct why_topic why_smp = {
    .name = "smp",
    .question = "Why do more processors not make a program faster?",
    .columns = columns,
    .lanes = lanes,
    .notes = "\"2 on 1\": `prime` with two threads on one CPU. carriers: threads of this host that "
             "execute them; a virtual machine's CPUs are a thread each, those of an emulated "
             "machine take turns in one. CPUs used: processor time over time on the wall, at most "
             "the least of the four. switches: of the guest's kernel to a process, a second; "
             "\"-\": not counted there.",
    .picture = "CPUs used",
    .prepare = prepare_smp,
    .measure = measure_smp,
    .explain = explain_smp,
};
