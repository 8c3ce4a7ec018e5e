/* contain_stats.c: what a container had, as the kernel told it; see contain.h. */
#include "cli/contain.h"

#include <inttypes.h>

#include "cli/text.h"

/* Claimed, enforced, and what it did. */
static void print_limits(FILE *file, const struct limit_report limits[CONTROL_COUNT])
{
    fprintf(file, "  limits\n");
    for (unsigned i = 0; i < CONTROL_COUNT; i++) {
        const struct limit_report *limit = &limits[i];

        if (limit->set)
            fprintf(file, "    %-14s %s; enforced: %s\n%s%s%s", control_names[i], limit->claimed,
                    limit->enforced, limit->did[0] == '\0' ? "" : "                   ", limit->did,
                    limit->did[0] == '\0' ? "" : "\n");
        else
            fprintf(file, "    %-14s none%s%s\n", control_names[i],
                    limit->reason[0] == '\0' ? "" : ": ", limit->reason);
    }
}

/* What it had given up. */
static void print_hardening(FILE *file, const struct hardening *hardening)
{
    char names[512];

    harden_names(names, sizeof names, hardening->bounding);
    fprintf(file, "  rights           ");
    text_wrap(file, names, 19, 19);
    fprintf(file, "  %-16s %s\n", "no new rights", hardening->no_new_privs ? "yes" : "no");
    fprintf(file, "  %-16s %d\n", "call filters", hardening->filters);
}

void contain_stats_print(FILE *file, const struct launch *launch)
{
    const struct container_facts *facts = &contain_report(launch)->facts;

    if (!facts->valid)
        return;
    fprintf(file, "  %-16s %20.3f  ms, for its control groups\n", "preparation",
            contain_report(launch)->prepare_ms);
    fprintf(file, "  %-16s %20.3f  ms, to the program's first instruction\n", "start",
            facts->start_ms);
    print_limits(file, contain_report(launch)->limits);
    fprintf(file, "  namespaces\n");
    for (unsigned i = 0; i < NAME_COUNT; i++) {
        if (i == NAME_TIME && facts->here[i] == facts->inside[i])
            continue; /* on request only */
        if (facts->here[i] == facts->inside[i])
            fprintf(file, "    %-14s %10" PRIu64 "  the host's\n", name_rows[i].name,
                    facts->here[i]);
        else
            fprintf(file, "    %-14s %10" PRIu64 " -> %" PRIu64 "\n", name_rows[i].name,
                    facts->here[i], facts->inside[i]);
    }
    print_hardening(file, &facts->hardening);
}

static json_t *hardening_json(const struct hardening *hardening)
{
    char names[512];

    harden_names(names, sizeof names, hardening->bounding);
    return json_pack("{s:s, s:b, s:i}", "rights", names, "no_new_privs",
                     (int)hardening->no_new_privs, "filters", hardening->filters);
}

static json_t *names_json(const struct container_facts *facts)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < NAME_COUNT; i++)
        json_object_set_new(object, name_rows[i].name,
                            json_pack("{s:I, s:I}", "here", (json_int_t)facts->here[i], "inside",
                                      (json_int_t)facts->inside[i]));
    return object;
}

static json_t *limits_json(const struct limit_report limits[CONTROL_COUNT])
{
    json_t *object = json_object();

    for (unsigned i = 0; i < CONTROL_COUNT; i++) {
        const struct limit_report *limit = &limits[i];

        json_object_set_new(object, control_names[i],
                            limit->set
                                ? json_pack("{s:s, s:s, s:s, s:I}", "claimed", limit->claimed,
                                            "enforced", limit->enforced, "did", limit->did, "bites",
                                            (json_int_t)limit->bites)
                                : json_null());
    }
    return object;
}

json_t *contain_stats_json(const struct launch *launch)
{
    const struct container_facts *facts = &contain_report(launch)->facts;

    if (!facts->valid)
        return json_null();
    return json_pack("{s:f, s:f, s:o, s:o, s:b, s:o}", "prepare_ms",
                     contain_report(launch)->prepare_ms, "start_ms", facts->start_ms, "namespaces",
                     names_json(facts), "limits", limits_json(contain_report(launch)->limits),
                     "out_of_memory", (int)contain_report(launch)->out_of_memory, "hardening",
                     hardening_json(&facts->hardening));
}
