/* limits.c: setting limits and looking what they did; see limits.h. */
#include "ctr/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define QUOTA_LOW 1000 /* the least that the kernel takes */

/* Sets one limit in its group; fills `claimed`. */
typedef int set_limit(const struct limits *limits, const struct group *group,
                      struct limit_report *report, struct steps *steps, struct err *err);

static int set_cpu(const struct limits *limits, const struct group *group,
                   struct limit_report *report, struct steps *steps, struct err *err)
{
    double quota = limits->cpus * LIMITS_PERIOD;
    char text[64];

    snprintf(report->claimed, LIMIT_TEXT, "%g CPUs", limits->cpus);
    //@lab 10.5 so much time in each period
    if (group->version == 1) {
        snprintf(text, sizeof text, "%d", LIMITS_PERIOD);
        if (group_write(group, STEP_GROUP_LIMIT, "cpu.cfs_period_us", text, steps, err) < 0)
            return -1;
        step_end(steps, "time is given out anew every %d ms", LIMITS_PERIOD / 1000);
    }
    snprintf(text, sizeof text, group->version == 1 ? "%.0f" : "%.0f %d",
             quota < QUOTA_LOW ? QUOTA_LOW : quota, LIMITS_PERIOD);
    if (group_write(group, STEP_GROUP_LIMIT, group->version == 1 ? "cpu.cfs_quota_us" : "cpu.max",
                    text, steps, err) < 0)
        return -1;
    //| (void)group;
    //| (void)steps;
    //| (void)err;
    //| (void)quota;
    //| (void)text;
    //| lab_todo("10.5");
    //@end
    step_end(steps, "who has used its share stands still for the rest of the period");
    return 0;
}

/* Is there any swap on this host? */
static bool has_swap(void)
{
    char line[256];
    FILE *file = fopen("/proc/swaps", "re");
    int lines = 0;

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        lines++;
    if (file != NULL)
        fclose(file);
    return lines > 1;
}

static int set_memory(const struct limits *limits, const struct group *group,
                      struct limit_report *report, struct steps *steps, struct err *err)
{
    const char *swap = group->version == 1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max";
    char text[32], now[64];
    bool limited;

    //@lab 10.6 so much memory, and no more by swapping
    snprintf(text, sizeof text, "%" PRIu64, limits->memory);
    if (group_write(group, STEP_GROUP_LIMIT,
                    group->version == 1 ? "memory.limit_in_bytes" : "memory.max", text, steps,
                    err) < 0)
        return -1;
    step_end(steps, "page number %" PRIu64 " is refused", limits->memory / 4096 + 1);
    limited = group_read(group, swap, now, sizeof now);
    if (limited) {
        if (group_write(group, STEP_GROUP_LIMIT, swap, group->version == 1 ? text : "0", steps,
                        err) < 0)
            return -1;
        step_end(steps, "and none is got by swapping others out");
    }
    if (group->version == 2) {
        if (group_write(group, STEP_GROUP_LIMIT, "memory.oom.group", "1", steps, err) < 0)
            return -1;
        step_end(steps, "who is out of memory is killed as a whole");
    }
    //| (void)steps;
    //| (void)err;
    //| (void)swap;
    //| (void)text;
    //| (void)now;
    //| lab_todo("10.6");
    //@end
    snprintf(report->claimed, LIMIT_TEXT, "%" PRIu64 " KiB%s", limits->memory / 1024,
             limited      ? " with swap"
             : has_swap() ? "; swap is NOT limited: this kernel does not count it"
                          : "; there is no swap");
    return 0;
}

static int set_pids(const struct limits *limits, const struct group *group,
                    struct limit_report *report, struct steps *steps, struct err *err)
{
    char text[32];

    snprintf(text, sizeof text, "%" PRIu64, limits->pids == 0 ? LIMITS_PIDS : limits->pids);
    snprintf(report->claimed, LIMIT_TEXT, "%s processes", text);
    if (group_write(group, STEP_GROUP_LIMIT, "pids.max", text, steps, err) < 0)
        return -1;
    step_end(steps, "one more is EAGAIN for fork");
    return 0;
}

static int set_cpuset(const struct limits *limits, const struct group *group,
                      struct limit_report *report, struct steps *steps, struct err *err)
{
    snprintf(report->claimed, LIMIT_TEXT, "processors %s", limits->cpuset);
    if (group_write(group, STEP_GROUP_LIMIT, "cpuset.cpus", limits->cpuset, steps, err) < 0) {
        err_wrap(err, "cannot limit cpuset");
        return err_hint(err, "processors that are online and ours: taskset -cp $$ lists them");
    }
    step_end(steps, "no other processor runs it");
    return 0;
}

static void verify_cpu(const struct group *group, struct limit_report *report)
{
    const char *time = group->version == 1 ? "throttled_time" : "throttled_usec";
    long long periods = group_number(group, "cpu.stat", "nr_periods");

    group_read(group, group->version == 1 ? "cpu.cfs_quota_us" : "cpu.max", report->enforced,
               LIMIT_TEXT - 32);
    strncat(report->enforced, group->version == 1 ? " us in 100000" : " us", 20);
    report->bites = group_number(group, "cpu.stat", "nr_throttled");
    snprintf(report->did, LIMIT_TEXT, "throttled in %lld of %lld periods, for %.3f s",
             report->bites, periods,
             (double)group_number(group, "cpu.stat", time) / (group->version == 1 ? 1e9 : 1e6));
}

static void verify_memory(const struct group *group, struct limit_report *report)
{
    bool old = group->version == 1;
    char peak[64];

    group_read(group, old ? "memory.limit_in_bytes" : "memory.max", report->enforced,
               LIMIT_TEXT - 8);
    strncat(report->enforced, " bytes", 7);
    report->bites = group_number(group, old ? "memory.oom_control" : "memory.events", "oom_kill");
    if (!group_read(group, old ? "memory.max_usage_in_bytes" : "memory.peak", peak, sizeof peak))
        snprintf(peak, sizeof peak, "unknown");
    snprintf(report->did, LIMIT_TEXT, "peak %.30s bytes; %lld killed for memory", peak,
             report->bites);
}

static void verify_pids(const struct group *group, struct limit_report *report)
{
    group_read(group, "pids.max", report->enforced, LIMIT_TEXT - 16);
    strncat(report->enforced, " processes", 11);
    report->bites = group_number(group, "pids.events", "max");
    snprintf(report->did, LIMIT_TEXT, "%lld forks refused", report->bites);
}

static void verify_cpuset(const struct group *group, struct limit_report *report)
{
    if (!group_read(group, "cpuset.cpus.effective", report->enforced, LIMIT_TEXT))
        group_read(group, "cpuset.effective_cpus", report->enforced, LIMIT_TEXT);
}

static const struct {
    set_limit *set;
    void (*verify)(const struct group *group, struct limit_report *report);
} rows[CONTROL_COUNT] = {
    [CONTROL_CPU] = {set_cpu, verify_cpu},
    [CONTROL_MEMORY] = {set_memory, verify_memory},
    [CONTROL_PIDS] = {set_pids, verify_pids},
    [CONTROL_CPUSET] = {set_cpuset, verify_cpuset},
};

int limits_write(const struct limits *limits, enum control control, const struct group *group,
                 struct limit_report *report, struct steps *steps, struct err *err)
{
    return rows[control].set(limits, group, report, steps, err);
}

static int set_one(const struct limits *limits, enum control control, struct groups *groups,
                   struct limit_report *report, struct steps *steps, struct err *err)
{
    if (groups_add(groups, control, steps, err) < 0)
        return -1;
    return limits_write(limits, control, groups_find(groups, control), report, steps, err);
}

int limits_set(const struct limits *limits, struct groups *groups,
               struct limit_report reports[CONTROL_COUNT], struct steps *steps, struct err *err)
{
    groups_init(groups);
    reports[CONTROL_CPU].asked = limits->cpus > 0;
    reports[CONTROL_MEMORY].asked = limits->memory > 0;
    reports[CONTROL_PIDS].asked = limits->pids > 0;
    reports[CONTROL_CPUSET].asked = limits->cpuset != NULL;
    for (unsigned i = 0; i < CONTROL_COUNT; i++) {
        if (!reports[i].asked && i != CONTROL_PIDS)
            continue;
        if (set_one(limits, (enum control)i, groups, &reports[i], steps, err) == 0) {
            reports[i].set = true;
        } else if (reports[i].asked) {
            groups_remove(groups, steps);
            return -1;
        } else {
            snprintf(reports[i].reason, sizeof reports[i].reason, "%.500s", err->text);
            groups->of[i] = -1;
            *err = (struct err){0};
        }
    }
    return 0;
}

void limits_verify(const struct groups *groups, struct limit_report reports[CONTROL_COUNT])
{
    for (unsigned i = 0; i < CONTROL_COUNT; i++) {
        const struct group *group = groups_find(groups, (enum control)i);

        if (group != NULL && reports[i].set)
            rows[i].verify(group, &reports[i]);
    }
}

long long limits_used(enum control control, const struct group *group)
{
    const char *file = control == CONTROL_PIDS ? "pids.current"
                       : control == CONTROL_MEMORY
                           ? (group->version == 1 ? "memory.usage_in_bytes" : "memory.current")
                           : NULL;
    char text[32];

    if (control == CONTROL_CPU)
        return group_number(group, "cpu.stat", "nr_throttled");
    return file != NULL && group_read(group, file, text, sizeof text) && text[0] != '\0'
               ? strtoll(text, NULL, 10)
               : -1;
}

int limits_watch_memory(const struct groups *groups)
{
    const struct group *group = groups_find(groups, CONTROL_MEMORY);
    char text[32];
    int event, control, file;

    if (group == NULL || group->version == 2)
        return -1;
    event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    control = openat(group->fd, "memory.oom_control", O_RDONLY | O_CLOEXEC);
    file = openat(group->fd, "cgroup.event_control", O_WRONLY | O_CLOEXEC);
    snprintf(text, sizeof text, "%d %d", event, control);
    if (event >= 0 && (file < 0 || write(file, text, strlen(text)) < 0)) {
        close(event);
        event = -1;
    }
    if (file >= 0)
        close(file);
    if (control >= 0)
        close(control);
    return event;
}
