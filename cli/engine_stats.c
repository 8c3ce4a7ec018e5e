/* engine_stats.c: see engine_stats.h. */
#include "cli/engine_stats.h"

#include <string.h>

#include "cli/text.h"

/* The count of that name; 0: the engine has none. */
static uint64_t count_of(const struct engine *engine, const uint64_t *counts, const char *name)
{
    for (unsigned i = 0; engine->counters[i].name != NULL; i++) {
        if (strcmp(engine->counters[i].name, name) == 0)
            return counts[i];
    }
    return 0;
}

static bool has_counted(const struct engine *engine, const uint64_t *counts)
{
    if (engine->counters == NULL)
        return false;
    for (unsigned i = 0; engine->counters[i].name != NULL; i++) {
        if (counts[i] != 0)
            return true;
    }
    return false;
}

static bool is_time(const char *name)
{
    size_t length = strlen(name);

    return length > 3 && strcmp(name + length - 3, "_ns") == 0;
}

static void print_number(FILE *file, const char *what, double number, const char *unit)
{
    char text[TEXT_SIZE];

    fprintf(file, "    %-50s %14s%s\n", what, text_number(text, number), unit);
}

void engine_stats_print(FILE *file, const struct engine *engine, const uint64_t *counts,
                        double wall)
{
    char text[TEXT_SIZE];
    uint64_t guest;

    if (!has_counted(engine, counts))
        return;
    fprintf(file, "  the engine %s\n", engine->name);
    for (unsigned i = 0; engine->counters[i].name != NULL; i++) {
        const struct engine_counter *counter = &engine->counters[i];

        if (is_time(counter->name))
            print_number(file, counter->meaning, (double)counts[i] / 1e6, " ms");
        else
            fprintf(file, "    %-50s %14s\n", counter->meaning, text_count(text, counts[i]));
    }
    guest = count_of(engine, counts, "insns");
    if (count_of(engine, counts, "host_insns") > 0 && guest > 0)
        print_number(file, "host instructions for one of the guest",
                     (double)count_of(engine, counts, "host_insns") / (double)guest, "");
    if (count_of(engine, counts, "translate_ns") > 0)
        print_number(file, "time for all the rest",
                     1e3 * wall - (double)count_of(engine, counts, "translate_ns") / 1e6, " ms");
}

json_t *engine_stats_json(const struct engine *engine, const uint64_t *counts)
{
    json_t *object;

    if (engine == NULL || !has_counted(engine, counts))
        return json_null();
    object = json_object();
    for (unsigned i = 0; engine->counters[i].name != NULL; i++)
        json_object_set_new(object, engine->counters[i].name, json_integer((json_int_t)counts[i]));
    return object;
}
