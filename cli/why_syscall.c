/*
 * why_syscall.c: a system call that does nothing, in each way.
 *
 * `mix syscall` makes 1,000 of them and more in whole batches; `fork 1 1` makes next to none. What
 * the first counts beyond the second, for each system call, is the call's.
 */
#include <math.h>

#include "cli/text.h"
#include "cli/ways.h"
#include "cli/why.h"

static const struct why_column columns[] = {
    {"null_ns", "ns", "A system call that does nothing", '#'},
    {"instructions", "insns", NULL, 0},
    {"exits", "exits", NULL, 0},
    {0},
};

enum { NULL_NS, INSTRUCTIONS, EXITS };

static const struct why_lane lanes[] = {
    {"native", "native", "", NULL},     {"container", "container", "", NULL},
    {"kvm", "kvm", "", NULL},           {"interp --user", "interp", "--user", NULL},
    {"interp", "interp", "", NULL},     {"threaded --user", "threaded", "--user", NULL},
    {"threaded", "threaded", "", NULL}, {"dbt --user", "dbt", "--user", NULL},
    {"dbt", "dbt", "", NULL},           {0},
};

struct counted {
    double calls, instructions, exits;
};

static int count(struct why *why, struct why_row *row, const char *words, struct counted *counted,
                 struct err *err)
{
    struct why_run run;
    int answer = why_run(why, row, true, words, &run, err);

    if (answer != 0)
        return answer;
    counted->calls = why_counted(&run, "counters.kernel.system_calls", NULL);
    if (isnan(counted->calls))
        counted->calls = why_counted(&run, "counters.system_calls", NULL);
    counted->instructions = why_counted(&run, "counters.instructions", NULL);
    counted->exits = why_counted(&run, "counters.exits", "count");
    why_run_fini(&run);
    return 0;
}

static int measure_syscall(struct why *why, struct why_row *row, double shared, struct err *err)
{
    struct counted with, without;
    double calls;
    int answer =
        why_median(why, row, "syscalls --time 20", "getppid", 3, &row->values[NULL_NS], err);

    (void)shared;
    if (answer == 0)
        answer = count(why, row, "fork 1 1", &without, err);
    if (answer == 0)
        answer = count(why, row, "mix --time 20 syscall", &with, err);
    if (answer != 0)
        return answer < 0 ? -1 : 0;
    calls = with.calls - without.calls;
    row->values[INSTRUCTIONS] = (with.instructions - without.instructions) / calls;
    row->values[EXITS] = (with.exits - without.exits) / calls;
    return 0;
}

static void explain_kvm(struct why *why)
{
    double exits = why_value(why, "kvm", "exits"), kvm = why_value(why, "kvm", "null_ns");
    double native = why_value(why, "native", "null_ns");
    const struct way *way = ways_find("kvm", &(struct err){0});
    /* The one thing that no row has: what the probe knows of this host's KVM. */
    const char *remark =
        way != NULL && way->remark != NULL && kvm > 2 * native ? way->remark() : NULL;
    char text[2][TEXT_SIZE];

    if (isnan(exits) || isnan(native))
        return;
    why_say(why,
            "kvm: %.2f exits for each system call: %s A call takes %s ns there, %s natively%s%s.",
            fmax(exits, 0),
            exits < 0.05 ? "its guest's kernel answers, and no program outside is asked."
                         : "something outside of the guest has to answer.",
            text_number(text[0], kvm), text_number(text[1], native),
            remark == NULL ? "" : "; this host's KVM makes the difference: ",
            remark == NULL ? "" : remark);
}

static void explain_engine(struct why *why, const char *engine, const char *user)
{
    double machine = why_value(why, engine, "instructions");
    double process = why_value(why, user, "instructions");

    if (isnan(machine) || isnan(process))
        return;
    why_say(why,
            "%s: a call executes %.0f guest instructions on a machine, where the bundled kernel "
            "answers, and %.0f with --user, where this host's kernel does: %s.",
            engine, machine, process,
            machine > 2 * process ? "the guest kernel's own instructions, emulated, are its price"
                                  : "the guest kernel's instructions are not its price");
}

static void explain_syscall(struct why *why)
{
    explain_kvm(why);
    explain_engine(why, "interp", "interp --user");
}

const struct why_topic why_syscall = {
    .name = "syscall",
    .question = "Why does a system call cost more in one way than in another?",
    .columns = columns,
    .lanes = lanes,
    .notes =
        "insns: guest instructions executed for each call, program and kernel; exits: from the "
        "virtual machine to Trivium for each call. \"-\": nobody counts it there. native, "
        "container and --user ask this host's kernel, the others the bundled one.",
    .picture = "Nanoseconds for a system call that does nothing",
    .measure = measure_syscall,
    .explain = explain_syscall,
};
