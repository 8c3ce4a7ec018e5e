/*
 * why_mix.c: why one kind of work is a hundred times slower under emulation and another five times.
 *
 * `mix` repeats batches of operations and looks at the clock behind each. So what a long run
 * executes beyond a run of one batch, divided by how many more looks there were, is a batch.
 *
 * The virtual machine is there for the other half of the question: what computes is as quick in it
 * as natively, what pages is not, and by how much depends on how KVM translates addresses.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/programs.h"
#include "cli/text.h"
#include "cli/ways.h"
#include "cli/why.h"

static const struct why_column columns[] = {
    {"instructions", "insns", "For one operation: guest instructions, and nanoseconds", 0},
    {"native_ns", "native", NULL, 0},
    {"interp_ns", "interp", NULL, 0},
    {"dbt_ns", "dbt", NULL, 0},
    {"kvm_ns", "kvm", NULL, 0},
    {"native_ns_per_insn", "native", "For one guest instruction: nanoseconds", 0},
    {"interp_ns_per_insn", "interp", NULL, 0},
    {"dbt_ns_per_insn", "dbt", NULL, 0},
    {"interp_slowdown", "interp", "How many times the native time that is", '#'},
    {"dbt_slowdown", "dbt", NULL, 0},
    {"kvm_slowdown", "kvm", NULL, 0},
    {"kvm_faults", "kvm", "In one whole run: page faults, and exits to KVM", 0},
    {"kvm_exits", "exits", NULL, 0},
    {0},
};

/* A run of more than one batch is tried for, from the short one to the long one. */
enum { SHORT_MS = 40, LONG_MS = 64 * SHORT_MS };

enum {
    INSTRUCTIONS,
    NATIVE,
    INTERP,
    DBT,
    KVM,
    NATIVE_EACH,
    INTERP_EACH,
    DBT_EACH,
    INTERP_X,
    DBT_X,
    KVM_X,
    KVM_FAULTS,
    KVM_EXITS,
};

/* The working set of a chase: 4,096 small pages, more than a TLB has entries for. */
#define MIX "mix --size 16"

static const struct why_lane lanes[] = {
    {"divide", "interp", "--user", "divide"},
    {"alu", "interp", "--user", "alu"},
    {"byte", "interp", "--user", "byte"},
    {"memory", "interp", "--user", "memory"},
    {"call", "interp", "--user", "call"},
    {"indirect", "interp", "--user", "indirect"},
    {"syscall", "interp", "--user", "syscall"},
    {"chase-2m", "interp", "--user", "chase-2m"},
    {"chase-4k", "interp", "--user", "chase-4k"},
    {"touch", "interp", "--user", "touch"},
    {0},
};

/* The same kernel in another way. */
static const struct why_lane native = {"native", "native", "", NULL};
static const struct why_lane dbt = {"dbt", "dbt", "--user", NULL};
static const struct why_lane kvm = {"kvm", "kvm", "", NULL};

/* How many operations of the kernel a batch has, as `mix --list` says. As why_run(). */
static int read_batch(struct why *why, struct why_row *row, double *operations, struct err *err)
{
    const char *kernel = row->lane->words;
    struct why_run run;
    int answer = why_run(why, row, false, "mix --list", &run, err);

    if (answer != 0)
        return answer;
    *operations = NAN;
    for (const char *line = run.output; line != NULL && *line != '\0';) {
        const char *end = strchr(line, '\n');
        const char *number = strstr(line, "; ");

        if (strncmp(line, kernel, strlen(kernel)) == 0 && line[strlen(kernel)] == ' ' &&
            number != NULL)
            *operations = strtod(number + 2, NULL);
        line = end == NULL ? NULL : end + 1;
    }
    why_run_fini(&run);
    return 0;
}

static int count(struct why *why, struct why_row *row, const char *words, double *instructions,
                 double *looks, struct err *err)
{
    struct why_run run;
    int answer = why_run(why, row, true, words, &run, err);

    if (answer != 0)
        return answer;
    *instructions = why_counted(&run, "counters.instructions", NULL);
    *looks = why_counted(&run, "counters.system_calls.clock_gettime", NULL);
    why_run_fini(&run);
    return 0;
}

/* The guest instructions of one operation. As why_run(). */
static int count_instructions(struct why *why, struct why_row *row, struct err *err)
{
    double operations, one = 0, many = 0, looks_one = 0, looks_many = 0;
    char words[64];
    int answer = read_batch(why, row, &operations, err);

    snprintf(words, sizeof words, MIX " --time 0 %s", row->lane->words);
    if (answer == 0)
        answer = count(why, row, words, &one, &looks_one, err);
    /* Where the host is slow, or busy, one batch may take longer than that. */
    for (int ms = SHORT_MS; answer == 0 && !(looks_many > looks_one) && ms <= LONG_MS; ms *= 4) {
        snprintf(words, sizeof words, MIX " --time %d %s", ms, row->lane->words);
        answer = count(why, row, words, &many, &looks_many, err);
    }
    if (answer == 0 && looks_many > looks_one)
        row->values[INSTRUCTIONS] = (many - one) / (looks_many - looks_one) / operations;
    return answer;
}

/* Sets *ns to the time of one operation, on another lane if one is given. As why_run(). */
static int take_time(struct why *why, struct why_row *row, const struct why_lane *lane, double *ns,
                     struct err *err)
{
    struct why_row other = {.lane = lane};
    char words[64], label[64];
    double rate = NAN;
    int answer;

    snprintf(words, sizeof words, MIX " --time 20 %s", row->lane->words);
    snprintf(label, sizeof label, "%s rate", row->lane->words);
    answer = why_median(why, &other, words, label, 3, &rate, err);
    if (answer != 0) /* that way is not here: its columns stay empty */
        return answer < 0 ? -1 : 0;
    /* Millions a second, but what goes to the kernel in thousands. */
    *ns = 1e3 / rate *
          (strcmp(row->lane->words, "syscall") == 0 || strcmp(row->lane->words, "touch") == 0 ? 1e3
                                                                                              : 1);
    return 0;
}

/* What the virtual machine counts in a run. -1: all is over. */
static int count_paging(struct why *why, struct why_row *row, struct err *err)
{
    struct why_row other = {.lane = &kvm};
    struct why_run run;
    char words[64];
    int answer;

    snprintf(words, sizeof words, MIX " --time 20 %s", row->lane->words);
    answer = why_run(why, &other, true, words, &run, err);
    if (answer != 0)
        return answer < 0 ? -1 : 0;
    row->values[KVM_FAULTS] = why_counted(&run, "counters.kernel.page_faults", NULL);
    row->values[KVM_EXITS] = why_counted(&run, "counters.exits", "count");
    why_run_fini(&run);
    return 0;
}

static int measure_mix(struct why *why, struct why_row *row, double shared, struct err *err)
{
    double *values = row->values;
    int answer = count_instructions(why, row, err);

    (void)shared;
    if (answer != 0)
        return answer < 0 ? -1 : 0;
    if (take_time(why, row, &native, &values[NATIVE], err) < 0 ||
        take_time(why, row, row->lane, &values[INTERP], err) < 0 ||
        take_time(why, row, &dbt, &values[DBT], err) < 0 ||
        take_time(why, row, &kvm, &values[KVM], err) < 0 || count_paging(why, row, err) < 0)
        return -1;
    for (size_t i = 0; i <= DBT - NATIVE; i++)
        values[NATIVE_EACH + i] = values[NATIVE + i] / values[INSTRUCTIONS];
    values[INTERP_X] = values[INTERP] / values[NATIVE];
    values[DBT_X] = values[DBT] / values[NATIVE];
    values[KVM_X] = values[KVM] / values[NATIVE];
    return 0;
}

/* The lane with the least (sign 1) or most (-1) of that column; NULL: none has a number. */
static const char *extreme(const struct why *why, const char *key, double sign)
{
    const char *found = NULL;
    double least = INFINITY;

    for (size_t i = 0; i < why->row_count; i++) {
        double value = sign * why_value(why, why->rows[i].lane->name, key);

        if (value < least) {
            least = value;
            found = why->rows[i].lane->name;
        }
    }
    return found;
}

/* The range of a virtual machine: what computes, and what pages. */
static void explain_kvm(struct why *why)
{
    const char *remark = ways_find("kvm", &(struct err){0})->remark();
    const char *least = NULL, *most = NULL, *paging = NULL;
    char text[5][TEXT_SIZE];

    for (size_t i = 0; i < why->row_count; i++) {
        const char *name = why->rows[i].lane->name;
        enum program_work work = programs_work("mix", name);
        double slowdown = why_value(why, name, "kvm_slowdown");

        if (work == WORK_COMPUTING && isfinite(slowdown)) {
            if (least == NULL || slowdown < why_value(why, least, "kvm_slowdown"))
                least = name;
            if (most == NULL || slowdown > why_value(why, most, "kvm_slowdown"))
                most = name;
        } else if (work == WORK_PAGING && isfinite(slowdown) &&
                   (paging == NULL || slowdown > why_value(why, paging, "kvm_slowdown"))) {
            paging = name;
        }
    }
    if (least == NULL || paging == NULL)
        return;
    why_say(why,
            "kvm: computing %s (%s) to %s (%s), paging up to %s (%s), with %s page faults in its "
            "run and %s exits%s%s.",
            text_ratio(text[0], why_value(why, least, "kvm_slowdown")), least,
            text_ratio(text[1], why_value(why, most, "kvm_slowdown")), most,
            text_ratio(text[2], why_value(why, paging, "kvm_slowdown")), paging,
            text_number(text[3], why_value(why, paging, "kvm_faults")),
            text_number(text[4], why_value(why, paging, "kvm_exits")), remark == NULL ? "" : "; ",
            remark == NULL ? "" : remark);
}

static void explain_mix(struct why *why)
{
    const char *low = extreme(why, "interp_slowdown", 1),
               *high = extreme(why, "interp_slowdown", -1);
    double interp_low, interp_high, native_low, native_high;
    char text[6][TEXT_SIZE];

    if (low == NULL || low == high)
        return;
    interp_low = why_value(why, low, "interp_ns_per_insn");
    interp_high = why_value(why, high, "interp_ns_per_insn");
    native_low = why_value(why, low, "native_ns_per_insn");
    native_high = why_value(why, high, "native_ns_per_insn");
    why_say(why,
            "interp: %s is %s and %s %s. For each of their %.2f and %.2f instructions the "
            "interpreter takes %s and %s ns, the processor itself %.3f and %.3f.",
            low, text_ratio(text[0], why_value(why, low, "interp_slowdown")), high,
            text_ratio(text[1], why_value(why, high, "interp_slowdown")),
            why_value(why, low, "instructions"), why_value(why, high, "instructions"),
            text_number(text[2], interp_low), text_number(text[3], interp_high), native_low,
            native_high);
    if (native_low / native_high > interp_high / interp_low)
        why_say(why,
                "So the cause is the native side: what takes long there anyway hides the price "
                "of emulation, and what is quick shows it.");
    else
        why_say(why,
                "So the cause is the interpreter: some instructions cost it more than others.");
    high = extreme(why, "dbt_slowdown", -1);
    if (high != NULL)
        why_say(why, "dbt: %s is the dearest, %s, at %s ns for each of its %.2f instructions.",
                high, text_ratio(text[4], why_value(why, high, "dbt_slowdown")),
                text_number(text[5], why_value(why, high, "dbt_ns_per_insn")),
                why_value(why, high, "instructions"));
    explain_kvm(why);
}

const struct why_topic why_mix = {
    .name = "mix",
    .question = "Why is one kind of work x5 under emulation and another x100?",
    .columns = columns,
    .lanes = lanes,
    .notes =
        "Each row is a kernel of `mix` (`mix --list` says what an operation is), emulated with "
        "--user, so that no kernel differs. insns: rv64 instructions that were executed for "
        "one operation, its part of the loop included; times for one instruction take "
        "those of native by the same number, whatever x86-64 instructions it executes. chase-2m and "
        "chase-4k follow pointers through 16 MiB in large and in small pages; kvm runs our kernel, "
        "so syscall and touch are other work there.",
    .picture = "How many times slower the interpreter is",
    .measure = measure_mix,
    .explain = explain_mix,
};
