/*
 * why_exits.c: what makes a virtual machine come out to Trivium, and what does not.
 */
#include <math.h>

#include "cli/text.h"
#include "cli/why.h"

static const struct why_column columns[] = {
    {"system_calls", "calls", "What the guest did", 0},
    {"page_faults", "faults", NULL, 0},
    {"console_bytes", "printed", NULL, 0},
    {"exits", "exits", "Exits to Trivium", 'x'},
    {"console_exits", "to print", NULL, 0},
    {"other_exits", "others", NULL, 0},
    {"others_per_call", "per call", NULL, 0},
    {"console_per_kib", "per KiB", NULL, 0},
    {0},
};

enum { CALLS, FAULTS, BYTES, EXITS, CONSOLE, OTHERS, PER_CALL, PER_KIB };

static const struct why_lane lanes[] = {
    {"computing", "kvm", "", "prime --max-prime 2000 --events 200"},
    {"system calls", "kvm", "", "mix --time 20 syscall"},
    {"forks", "kvm", "", "fork 1 100"},
    {"printing, trapped", "kvm", "", "stress --list"},
    {"printing, ring", "kvm", "--devices ring", "stress --list"},
    {0},
};

/* An absent device has had no exits. */
static double device_exits(const struct why_run *run, const char *path)
{
    double exits = why_counted(run, path, NULL);

    return isnan(exits) ? 0 : exits;
}

static double console_exits(const struct why_run *run)
{
    return device_exits(run, "counters.devices.uart.exits") +
           device_exits(run, "counters.devices.virtio-console.exits");
}

/* Sets *others to the exits of starting and ending a machine, which are none of the program's. */
static int prepare_exits(struct why *why, double *others, struct err *err)
{
    static const struct why_lane start = {"start", "kvm", "", NULL};
    struct why_row row = {.lane = &start};
    struct why_run run;
    int answer = why_run(why, &row, true, "hello", &run, err);

    if (answer != 0)
        return answer < 0 ? -1 : 0;
    *others = why_counted(&run, "counters.exits", "count") - console_exits(&run);
    why_run_fini(&run);
    return 0;
}

static int measure_exits(struct why *why, struct why_row *row, double start, struct err *err)
{
    struct why_run run;
    double *values = row->values;
    int answer = why_run(why, row, true, row->lane->words, &run, err);

    if (answer != 0)
        return answer < 0 ? -1 : 0;
    values[CALLS] = why_counted(&run, "counters.kernel.system_calls", NULL);
    values[FAULTS] = why_counted(&run, "counters.kernel.page_faults", NULL);
    values[BYTES] = why_counted(&run, "counters.console_bytes", NULL);
    values[EXITS] = why_counted(&run, "counters.exits", "count");
    values[CONSOLE] = console_exits(&run);
    values[OTHERS] = values[EXITS] - values[CONSOLE] - start;
    /* Of a handful of calls, or of a line of text, that would say nothing. */
    if (values[CALLS] >= 1000)
        values[PER_CALL] = values[OTHERS] / values[CALLS];
    if (values[BYTES] >= 1024)
        values[PER_KIB] = values[CONSOLE] * 1024 / values[BYTES];
    why_run_fini(&run);
    return 0;
}

static void explain_exits(struct why *why)
{
    double calls = why_value(why, "system calls", "system_calls");
    double per_call = why_value(why, "system calls", "others_per_call");
    double trapped = why_value(why, "printing, trapped", "console_per_kib");
    double ring = why_value(why, "printing, ring", "console_per_kib");
    char text[2][TEXT_SIZE];

    if (!isnan(per_call))
        why_say(why, "%s system calls came with %.2f exits each: %s",
                text_count(text[0], (uint64_t)calls), per_call,
                per_call < 0.05 ? "the guest's kernel answers them inside."
                                : "they do leave the guest here.");
    if (isnan(trapped) || isnan(ring))
        return;
    if (ring < trapped / 2)
        why_say(why,
                "Devices are what exits are for: a byte to the UART's port is an exit, %s for each "
                "KiB printed; the same text through the ring of a virtio console took %s.",
                text_number(text[0], trapped), text_number(text[1], ring));
    else
        why_say(why,
                "The ring of a virtio console took %s exits for each KiB, the UART %s: the way of "
                "printing is not what they come from.",
                text_number(text[1], ring), text_number(text[0], trapped));
}

const struct why_topic why_exits = {
    .name = "exits",
    .question = "When does a virtual machine leave the processor, and what does not make it?",
    .columns = columns,
    .lanes = lanes,
    .notes =
        "exits: KVM_RUN came back for Trivium to do something; those that KVM handles itself "
        "are not among them, and no counter here tells of them. \"to print\" are those to the "
        "device that prints; \"others\" less those of a machine that only starts and ends; "
        "\"per call\" others for each system call, of those that make 1,000 at least; \"per KiB\" "
        "to print, for each KiB, of those that print as much.",
    .picture = "Exits",
    .prepare = prepare_exits,
    .measure = measure_exits,
    .explain = explain_exits,
};
