/*
 * race_range.c: how much slower a way was than native, over all that was measured, in a line; see
 * race.h.
 *
 * What a virtual machine costs is no one number: its programs compute as quickly as natively, and
 * what goes to its kernel, or through its page tables, does not. So its range is one for each kind
 * of work (programs.h), with the counters that tell them apart.
 */
#include <string.h>

#include "cli/race.h"
#include "cli/report.h"
#include "cli/text.h"

#define RANGE_LINE 1024

/* The rows of a lane that were least and most slow; NULL: there are none. */
struct range {
    const struct result_row *least, *most;
};

char *race_row_name(char buffer[TEXT_SIZE], const struct result_row *row)
{
    snprintf(buffer, TEXT_SIZE, "%.24s%s%.20s", row->program, row->measure == NULL ? "" : " ",
             row->measure == NULL ? "" : row->measure);
    text_make_printable(buffer);
    return buffer;
}

/* Of the rows of that lane with that work; WORK_COUNT: with any. */
static struct range range_of(const struct result *result, size_t lane, enum program_work work)
{
    struct range range = {NULL, NULL};

    for (size_t i = lane; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];

        if (!result_same_lane(&result->rows[lane], row) || row->native.speed <= 0 ||
            row->native.to == i ||
            (work != WORK_COUNT && programs_work(row->program, row->measure) != work))
            continue;
        if (range.least == NULL || row->native.speed > range.least->native.speed)
            range.least = row;
        if (range.most == NULL || row->native.speed < range.most->native.speed)
            range.most = row;
    }
    return range;
}

static void append(char line[RANGE_LINE], const char *text)
{
    strncat(line, text, RANGE_LINE - strlen(line) - 1);
}

/* "x0.97 (mix alu) to x1.02 (mix byte)" */
static void append_range(char line[RANGE_LINE], const struct range *range)
{
    char ratio[TEXT_SIZE], name[TEXT_SIZE], text[2 * TEXT_SIZE + 16];

    for (int i = 0; i < (range->least == range->most ? 1 : 2); i++) {
        const struct result_row *row = i == 0 ? range->least : range->most;

        snprintf(text, sizeof text, "%s%s (%s)", i == 0 ? "" : " to ",
                 text_ratio(ratio, 1 / row->native.speed), race_row_name(name, row));
        append(line, text);
    }
}

/* "nested paging", as the kernel's place says it: "on a virtual machine, nested paging". */
static const char *paging_of(const struct result_row *row)
{
    const char *comma = row->kernel.where == NULL ? NULL : strstr(row->kernel.where, ", ");

    return comma == NULL ? NULL : comma + 2;
}

static double count_of(const struct result_row *row, const char *object, const char *name)
{
    const json_t *counters =
        object == NULL ? row->counters : json_object_get(row->counters, object);

    return json_number_value(json_object_get(counters, name));
}

/* What each kind of paging means for who pages. Empty: it is not known. */
static const char *meaning_of(const char *paging)
{
    static const struct {
        const char *paging, *meaning;
    } rows[] = {
        {"nested paging",
         ". Nested paging: a fault stays in the guest, and a miss of the TLB walks "
         "through two kinds of page tables"},
        {"shadow paging", ". Shadow paging: each new entry of a page table is copied by KVM, and a "
                          "miss of the TLB is as natively"},
        {"ring 0 emulated here",
         ". Where ring 0 is emulated, so is the guest's kernel that serves a "
         "fault, and its page tables are shadowed"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (paging != NULL && strcmp(paging, rows[i].paging) == 0)
            return rows[i].meaning;
    }
    return "";
}

/* What the counters say of the row that paging made slowest. */
static void print_paging(FILE *file, const struct result *result, const struct result_row *row)
{
    const struct result_row *native = &result->rows[row->native.to];
    char line[RANGE_LINE], faults[TEXT_SIZE], exits[TEXT_SIZE], host[TEXT_SIZE], name[TEXT_SIZE];

    if (!json_is_object(json_object_get(row->counters, "kernel")))
        return;
    snprintf(
        line, sizeof line,
        "in the counted run of %s its kernel had %s page faults and KVM %s exits; natively the "
        "host's had %s faults%s",
        race_row_name(name, row), text_number(faults, count_of(row, "kernel", "page_faults")),
        text_number(exits, result_exits(row)),
        text_number(host, count_of(native, NULL, "host_page_faults")), meaning_of(paging_of(row)));
    text_make_printable(line);
    fputs("    ", file);
    text_wrap(file, line, 4, 4);
}

/* By kind of work. */
static void print_virtual(FILE *file, const struct result *result, size_t lane, const char *way)
{
    static const char *const names[] = {
        [WORK_COMPUTING] = "computing", [WORK_PAGING] = "paging", [WORK_KERNEL] = "kernel"};
    const struct result_row *first = &result->rows[lane];
    const char *paging = paging_of(first);
    struct range pages = range_of(result, lane, WORK_PAGING);
    char line[RANGE_LINE];
    bool found = false;

    snprintf(line, sizeof line, "%s against native, a different kernel: ", way);
    for (enum program_work work = 0; work < WORK_COUNT; work++) {
        struct range range = range_of(result, lane, work);

        if (range.least == NULL)
            continue;
        append(line, found ? ", " : "");
        append(line, names[work]);
        append(line, " ");
        append_range(line, &range);
        found = true;
    }
    if (paging != NULL) {
        append(line, "; ");
        append(line, paging);
    }
    text_make_printable(line);
    text_wrap(file, line, 0, 4);
    if (pages.most != NULL)
        print_paging(file, result, pages.most);
}

void race_print_range(FILE *file, const struct result *result, size_t lane)
{
    const struct result_row *first = &result->rows[lane];
    struct range range = range_of(result, lane, WORK_COUNT);
    char line[RANGE_LINE], way[RESULT_NAME];

    if (range.least == NULL)
        return;
    result_way(way, first);
    text_make_printable(way);
    if (first->different_kernel && first->mode == NULL) {
        print_virtual(file, result, lane, way);
        return;
    }
    snprintf(line, sizeof line, "%s against native%s: %s", way,
             first->different_kernel ? ", a different kernel" : "",
             range.least == range.most ? "" : "from ");
    append_range(line, &range);
    text_wrap(file, line, 0, 4);
}
