/* virtual_stats.c: what a virtual machine did, for --stats and --json; see machine.h. */
#include <string.h>

#include "cli/machine.h"
#include "cli/text.h"

/* "exit 7", where it has no name. */
static const char *reason_name(char text[TEXT_SIZE], unsigned reason)
{
    const char *name = exit_name(reason);

    if (name != NULL)
        return name;
    snprintf(text, TEXT_SIZE, reason == EXIT_REASONS_MAX - 1 ? "others" : "exit %u", reason);
    return text;
}

static uint64_t sum_exits(const struct exit_counts *exits)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < EXIT_REASONS_MAX; i++)
        sum += exits->reasons[i].count;
    return sum;
}

static void print_count(FILE *file, const char *name, uint64_t count)
{
    char number[TEXT_SIZE];

    fprintf(file, "  %-34s %14s\n", name, text_count(number, count));
}

/* "  NAME   COUNT  of NS ns each". */
static void print_exits(FILE *file, const char *name, const struct exit_count *exit)
{
    char count[TEXT_SIZE], each[TEXT_SIZE];

    if (exit->count > 0)
        fprintf(file, "  %-34s %14s  of %s ns each\n", name, text_count(count, exit->count),
                text_number(each, (double)exit->ns / (double)exit->count));
}

/* Where nothing is, and where that was first. */
static void print_unclaimed(FILE *file, const struct exit_counts *exits)
{
    char count[TEXT_SIZE];

    if (exits->unclaimed == 0)
        return;
    fprintf(file, "  %-34s %14s  the first at %s 0x%llx\n", "accesses where no device is",
            text_count(count, exits->unclaimed), exits->stray_is_port ? "port" : "gpa",
            (unsigned long long)exits->stray);
}

void virtual_stats_print(FILE *file, const struct machine_totals *totals)
{
    const struct exit_counts *exits = &totals->exits;
    char name[TEXT_SIZE + 16], text[TEXT_SIZE];

    print_count(file, "exits to Trivium", sum_exits(exits));
    for (unsigned i = 0; i < EXIT_REASONS_MAX; i++) {
        snprintf(name, sizeof name, "  %s", reason_name(text, i));
        print_exits(file, name, &exits->reasons[i]);
    }
    print_count(file, "KVM_RUN interrupted", exits->interrupted);
    print_unclaimed(file, exits);
    for (unsigned i = 0; i < totals->device_count; i++) {
        snprintf(name, sizeof name, "exits to %s", totals->devices[i].name);
        print_exits(file, name, &totals->devices[i].exits);
        snprintf(name, sizeof name, "accesses to %s", totals->devices[i].name);
        print_count(file, name, totals->devices[i].loads + totals->devices[i].stores);
    }
    fprintf(file, "  %-34s %14.6f  s\n", "time in KVM_RUN, all processors",
            (double)exits->guest_ns * 1e-9);
    fprintf(file, "  %-34s %14.6f  s\n", "time in Trivium", (double)exits->host_ns * 1e-9);
}

json_t *virtual_stats_json(const struct machine_totals *totals)
{
    const struct exit_counts *exits = &totals->exits;
    json_t *reasons = json_object(), *devices = json_object();
    char text[TEXT_SIZE];

    for (unsigned i = 0; i < EXIT_REASONS_MAX; i++) {
        const struct exit_count *exit = &exits->reasons[i];

        if (exit->count > 0)
            json_object_set_new(reasons, reason_name(text, i),
                                json_pack("{s:I, s:I}", "count", (json_int_t)exit->count, "ns",
                                          (json_int_t)exit->ns));
    }
    for (unsigned i = 0; i < totals->device_count; i++)
        json_object_set_new(devices, totals->devices[i].name,
                            json_pack("{s:I, s:I, s:I, s:I}", "loads",
                                      (json_int_t)totals->devices[i].loads, "stores",
                                      (json_int_t)totals->devices[i].stores, "exits",
                                      (json_int_t)totals->devices[i].exits.count, "ns",
                                      (json_int_t)totals->devices[i].exits.ns));
    return json_pack("{s:I, s:o, s:I, s:I, s:o, s:I, s:I}", "console_bytes",
                     (json_int_t)totals->console_bytes, "exits", reasons, "interrupted",
                     (json_int_t)exits->interrupted, "unclaimed", (json_int_t)exits->unclaimed,
                     "devices", devices, "guest_ns", (json_int_t)exits->guest_ns, "host_ns",
                     (json_int_t)exits->host_ns);
}
