/* contain_stats.c: what a container had, as the kernel told it; see contain.h. */
#include "cli/contain.h"

#include <inttypes.h>

void contain_stats_print(FILE *file, const struct launch *launch)
{
    const struct container_facts *facts = &contain_report(launch)->facts;

    if (!facts->valid)
        return;
    fprintf(file, "  %-16s %20.3f  ms, to the program's first instruction\n", "start",
            facts->start_ms);
    fprintf(file, "  namespaces\n");
    for (unsigned i = 0; i < NAME_COUNT; i++) {
        if (facts->here[i] == facts->inside[i])
            fprintf(file, "    %-14s %10" PRIu64 "  the host's\n", name_rows[i].name,
                    facts->here[i]);
        else
            fprintf(file, "    %-14s %10" PRIu64 " -> %" PRIu64 "\n", name_rows[i].name,
                    facts->here[i], facts->inside[i]);
    }
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

json_t *contain_stats_json(const struct launch *launch)
{
    const struct container_facts *facts = &contain_report(launch)->facts;

    if (!facts->valid)
        return json_null();
    return json_pack("{s:f, s:o}", "start_ms", facts->start_ms, "namespaces", names_json(facts));
}
