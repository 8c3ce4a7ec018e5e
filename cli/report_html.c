/*
 * report_html.c: a result as one page, which needs no network, no script and no second file; see
 * report.h.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/escape.h"
#include "cli/race.h"
#include "cli/report.h"
#include "cli/text.h"

static const char page_style[] =
    "*{box-sizing:border-box}body{margin:0 auto;max-width:840px;padding:1.2rem;"
    "font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}"
    "h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.2rem;margin:2rem 0 .3rem;"
    "border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:1.2rem 0 .3rem}"
    "svg.figure{max-width:100%;height:auto;display:block}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;font-size:.86rem;margin:.5rem 0}"
    "th,td{text-align:left;padding:.18rem .5rem;border-bottom:1px solid var(--line);"
    "vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
    "td.n,td:first-child{white-space:nowrap}th.n{max-width:9rem}caption{text-align:left;color:var(--soft)}"
    "code,pre{font:.86rem ui-monospace,monospace;overflow-wrap:anywhere}"
    "pre{white-space:pre-wrap;border:1px solid var(--line);padding:.5rem}"
    ".warn{border-left:5px solid #d55e00;padding:.3rem .8rem;margin:.6rem 0}"
    ".soft{color:var(--soft);font-size:.9rem}summary{cursor:pointer;margin:.4rem 0}"
    "tr.why td{color:var(--soft);font-size:.8rem}"
    "tr.other td:first-child{border-left:4px double var(--ink)}"
    "@media print{body{max-width:none;padding:0;font-size:11pt}h2,h3{break-after:avoid}"
    "svg,table,tr,.warn{break-inside:avoid}.bar,.hatch{print-color-adjust:exact;"
    "-webkit-print-color-adjust:exact}}";

/* <TAG CLASS>text</TAG> */
static void cell(FILE *file, const char *tag, const char *class, const char *text)
{
    fprintf(file, "<%s%s%s%s>", tag, class == NULL ? "" : " class=\"", class == NULL ? "" : class,
            class == NULL ? "" : "\"");
    escape_xml(file, text);
    fprintf(file, "</%s>", tag);
}

static void number_cell(FILE *file, double number)
{
    char text[TEXT_SIZE];

    cell(file, "td", "n", text_number(text, number));
}

static void begin(FILE *file, const struct result *result)
{
    char command[REPORT_COMMAND];

    fprintf(
        file,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'; img-src data:\"/>\n<link rel=\"icon\" href=\"data:,\"/>\n<title>");
    if (result->row_count > 0)
        escape_xml(file, report_command(command, &result->rows[0]));
    fprintf(file,
            "%s: what each way costs</title>\n<style>%s%s</style>\n</head>\n<body>\n"
            "<h1>What each way of running costs</h1>\n",
            result->row_count == 0 ? "nothing" : "", report_style, page_style);
}

static void write_summary(FILE *file, const struct result *result)
{
    fputs("<p>", file);
    report_origin(file, result);
    fprintf(file, " %zu runs each, in turns, after one to warm up, which is dropped. ",
            result->runs);
    if (json_is_null(result->cpus))
        fputs("Not pinned: the ways need not have had the same processors.", file);
    else
        fprintf(file,
                json_array_size(result->cpus) == 1 ? "All ways on the same CPU."
                                                   : "All ways on the same %zu CPUs.",
                json_array_size(result->cpus));
    fputs(
        "</p>\n<p class=\"soft\">Slowdown: the median against that of the first way on the "
        "same kernel, or, of a rung such as --dbt=-chain, the same way without that option; x2.0 is half "
        "as fast. Bars begin at x1; a dot is a sample (hollow: of the run to "
        "warm up, which is in no number), the bracket the "
        "95 % bootstrap interval of the ratio. Hatched: on another kernel, where the same "
        "program makes other work behind its system calls; a ratio across kernels says so.</p>\n",
        file);
}

static void write_warnings(FILE *file, const struct result *result)
{
    char text[REPORT_COMMAND];
    size_t noisy = 0, measured = 0;

    for (size_t i = 0; i < result->row_count; i++) {
        noisy += result->rows[i].noisy;
        measured += result->rows[i].used > 0;
    }
    if (result->interrupted)
        fputs("<p class=\"warn\"><b>Interrupted:</b> these results are incomplete.</p>\n", file);
    for (size_t i = 0; i < result->step_count; i++) {
        fputs("<p class=\"warn\"><b>Drift:</b> ", file);
        escape_xml(file, report_step(text, result, i));
        fputs(".</p>\n", file);
    }
    if (report_crowded(text, result) != NULL) {
        fputs("<p class=\"warn\"><b>Crowded CPU:</b> ", file);
        escape_xml(file, text);
        fputs(".</p>\n", file);
    }
    if (noisy > 0)
        fprintf(file,
                "<p class=\"warn\"><b>Noisy host:</b> %zu of %zu medians have an interval of more "
                "than &#177;%.0f %%; they are marked ~. More runs, or a quieter host.</p>\n",
                noisy, measured, RESULT_NOISY * 100);
}

static void write_row(FILE *file, const struct result_row *row)
{
    const double *samples = row->samples + row->first_used;
    char way[RESULT_NAME], ratio[REPORT_RATIO], interval[2 * REPORT_RATIO];

    fprintf(file, "<tr%s>", row->different_kernel ? " class=\"other\"" : "");
    cell(file, "td", NULL, result_way(way, row));
    cell(file, "td", NULL, row->kernel.name);
    if (row->used == 0) {
        fprintf(file, "<td colspan=\"8\"><b>%s</b> ", result_status_names[row->status]);
        escape_xml(file, row->reason);
        fputs("</td></tr>\n", file);
        return;
    }
    number_cell(file, row->summary.median);
    fprintf(file, "<td>%s</td>", row->noisy ? "~" : "");
    number_cell(file, row->summary.min);
    number_cell(file, row->summary.max);
    number_cell(file, stats_quantile(samples, row->used, 0.75) -
                          stats_quantile(samples, row->used, 0.25));
    if (row->status != RESULT_OK) {
        fprintf(file, "<td colspan=\"3\"><b>%s</b> ", result_status_names[row->status]);
        escape_xml(file, row->reason);
        fputs("</td></tr>\n", file);
        return;
    }
    cell(file, "td", "n", report_slowdown(ratio, result_shown(row)));
    cell(file, "td", "n", report_interval(interval, result_shown(row)));
    fputs("<td class=\"n\">", file);
    if (row->different_kernel)
        escape_xml(file, report_slowdown(ratio, &row->native));
    fputs("</td></tr>\n", file);
    if (row->explained.has_ratio) {
        fputs("<tr class=\"why\"><td></td><td colspan=\"9\">", file);
        escape_xml(file, row->explained.sentence);
        fputs("</td></tr>\n", file);
    }
}

static void write_measure(FILE *file, const struct result *result, size_t first, size_t end,
                          unsigned number)
{
    const struct result_row *row = &result->rows[first];

    if (row->measure != NULL)
        cell(file, "h3", NULL, row->measure);
    fputc('\n', file);
    report_figure(file, result, first, end, number);
    fputs("<div class=\"wide\"><table><caption>", file);
    escape_xml(file, row->unit == NULL ? "no unit" : row->unit);
    fprintf(file,
            ", %s is better</caption><thead><tr><th>way</th><th>kernel</th>"
            "<th class=\"n\">median</th><th></th><th class=\"n\">min</th><th class=\"n\">max</th>"
            "<th class=\"n\"><abbr title=\"between the quartiles\">IQR</abbr></th>"
            "<th class=\"n\">slowdown</th><th class=\"n\">95 %%</th>"
            "<th class=\"n\">across kernels, against native</th></tr></thead><tbody>\n",
            row->more ? "more" : "less");
    for (size_t i = first; i < end; i++)
        write_row(file, &result->rows[i]);
    fputs("</tbody></table></div>\n", file);
}

static void write_programs(FILE *file, const struct result *result)
{
    char command[REPORT_COMMAND];
    unsigned number = 1;

    for (size_t first = 0, end; first < result->row_count; first = end) {
        end = report_measure_end(result, first);
        if (first == 0 || !result_same_command(&result->rows[first - 1], &result->rows[first]))
            cell(file, "h2", NULL, report_command(command, &result->rows[first]));
        write_measure(file, result, first, end, number++);
    }
}

/* Counters and hashes are of a program in a way, not of each of its measures. */
static bool is_first_of_entry(const struct result *result, size_t row)
{
    for (size_t i = 0; i < row; i++) {
        if (result->rows[i].entry == result->rows[row].entry)
            return false;
    }
    return true;
}

/* A counter that is a number or a text; `prefix` is the object that it is a member of. */
static void write_counter(FILE *file, const char *prefix, const char *name, const json_t *value)
{
    char full[160], text[TEXT_SIZE];

    if (!json_is_number(value) && !json_is_string(value))
        return;
    snprintf(full, sizeof full, "%.70s%s%.70s", prefix, prefix[0] == '\0' ? "" : " ", name);
    fputs("<tr>", file);
    cell(file, "td", NULL, full);
    cell(file, "td", "n",
         json_is_string(value) ? json_string_value(value)
                               : text_number(text, json_number_value(value)));
    fputs("</tr>\n", file);
}

/* Those that are objects are told member by member, one level deep. */
static void write_entry_counters(FILE *file, json_t *counters)
{
    for (void *i = json_object_iter(counters); i != NULL; i = json_object_iter_next(counters, i)) {
        const char *name = json_object_iter_key(i);
        json_t *value = json_object_iter_value(i);

        if (!json_is_object(value)) {
            write_counter(file, "", name, value);
            continue;
        }
        for (void *j = json_object_iter(value); j != NULL; j = json_object_iter_next(value, j))
            write_counter(file, name, json_object_iter_key(j), json_object_iter_value(j));
    }
}

static void write_counters(FILE *file, const struct result *result)
{
    char command[REPORT_COMMAND], way[RESULT_NAME];

    fputs("<h2>What explains it: counters of the run to warm up</h2>\n<p class=\"soft\">", file);
    escape_xml(file, report_explained);
    fputs("</p>\n", file);
    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];

        if (!json_is_object(row->counters) || !is_first_of_entry(result, i))
            continue;
        fputs("<details><summary>", file);
        escape_xml(file, report_command(command, row));
        fputs(" on ", file);
        escape_xml(file, result_way(way, row));
        fputs("</summary>\n<table><tbody>\n", file);
        write_entry_counters(file, row->counters);
        fputs("</tbody></table></details>\n", file);
    }
}

static void write_executions(FILE *file, const struct result *result)
{
    fputs("<h2>Every run</h2>\n<details><summary>In the order in which they happened, by two "
          "clocks (seconds)</summary><div class=\"wide\"><table><thead><tr><th>run</th>"
          "<th>program</th><th>way</th><th class=\"n\">round</th><th class=\"n\">start</th>"
          "<th class=\"n\">outside</th><th class=\"n\">inside</th><th class=\"n\">user</th>"
          "<th class=\"n\">system</th><th class=\"n\">loop</th></tr></thead><tbody>\n",
          file);
    for (size_t i = 0; i < result->execution_count; i++) {
        const struct result_execution *execution = &result->executions[i];
        const struct result_row *row = NULL;
        char way[RESULT_NAME];

        for (size_t j = 0; j < result->row_count && row == NULL; j++) {
            if (result->rows[j].entry == execution->entry)
                row = &result->rows[j];
        }
        fprintf(file, "<tr><td class=\"n\">%zu</td>", i);
        cell(file, "td", NULL, row == NULL ? "" : row->program);
        cell(file, "td", NULL, row == NULL ? "" : result_way(way, row));
        fprintf(file, "<td class=\"n\">%s%zu</td>", execution->round == 0 ? "warm-up " : "",
                execution->round);
        number_cell(file, execution->start);
        number_cell(file, execution->outside);
        number_cell(file, execution->inside);
        number_cell(file, execution->user);
        number_cell(file, execution->system);
        number_cell(file, execution->loop_wall);
        fputs("</tr>\n", file);
    }
    fputs("</tbody></table></div></details>\n", file);
}

static void write_doctor(FILE *file, const struct result *result)
{
    const json_t *findings = json_object_get(result->host, "findings"), *finding;
    size_t i;

    fputs("<h2>The host, as the doctor found it</h2>\n<div class=\"wide\"><table><tbody>\n", file);
    json_array_foreach(findings, i, finding)
    {
        const char *fix = json_string_value(json_object_get(finding, "fix"));

        fputs("<tr>", file);
        cell(file, "td", NULL, json_string_value(json_object_get(finding, "name")));
        cell(file, "td", NULL, json_string_value(json_object_get(finding, "level")));
        fputs("<td>", file);
        escape_xml(file, json_string_value(json_object_get(finding, "text")));
        if (fix != NULL) {
            fputs("<br/>Try: ", file);
            escape_xml(file, fix);
        }
        fputs("</td></tr>\n", file);
    }
    fputs("</tbody></table></div>\n", file);
}

static void write_hash(FILE *file, const char *what, const char *name, const char *hash)
{
    if (hash == NULL)
        return;
    fputs("<tr>", file);
    cell(file, "td", NULL, what);
    cell(file, "td", NULL, name);
    fputs("<td>", file);
    cell(file, "code", NULL, hash);
    fputs("</td></tr>\n", file);
}

static void write_hashes(FILE *file, const struct result *result)
{
    char command[REPORT_COMMAND], way[RESULT_NAME], what[REPORT_COMMAND + RESULT_NAME + 8];

    fputs("<h2>What exactly was run</h2>\n<div class=\"wide\"><table><caption>SHA-256"
          "</caption><tbody>\n",
          file);
    write_hash(file, "trivium", result->version, result->trivium_sha256);
    for (size_t i = 0; i < result->row_count; i++) {
        const struct result_row *row = &result->rows[i];

        if (!is_first_of_entry(result, i))
            continue;
        snprintf(what, sizeof what, "%s on %s", report_command(command, row), result_way(way, row));
        write_hash(file, what, "program", row->binary_sha256);
        write_hash(file, what, "kernel", row->kernel.sha256);
        write_hash(file, what, "initrd", row->kernel.initrd_sha256);
    }
    fputs("</tbody></table></div>\n", file);
}

static void write_end(FILE *file, const struct result *result)
{
    char *line = report_command_line(result);

    fputs("<h2>Again</h2>\n<p>This was measured by</p>\n<pre>", file);
    escape_xml(file, line);
    free(line);
    fputs("</pre>\n<p>With the result file, <code>trivium reproduce FILE</code> measures it again "
          "and says whether it came out the same; <code>trivium check FILE</code> says whether its "
          "numbers can be true.</p>\n</body>\n</html>\n",
          file);
}

/* What the table says below its rows: from where to where each way is slower than native. */
static void write_ranges(FILE *file, const struct result *result)
{
    size_t lanes[REPORT_LANES_MAX], count = report_lanes(result, lanes);

    fputs("<ul class=\"soft\">\n", file);
    for (size_t i = 0; i < count; i++) {
        char *text = NULL;
        size_t size;
        FILE *line = open_memstream(&text, &size);

        if (line == NULL)
            err_die_oom();
        race_print_range(line, result, lanes[i]);
        if (fclose(line) != 0)
            err_die_oom();
        if (size > 0) {
            fputs("<li>", file);
            escape_xml(file, text);
            fputs("</li>\n", file);
        }
        free(text);
    }
    fputs("</ul>\n", file);
}

void report_html(FILE *file, const struct result *result)
{
    begin(file, result);
    write_summary(file, result);
    write_warnings(file, result);
    if (result->row_count > 0) {
        fputs("<h2>The ladder</h2>\n<p class=\"soft\">Each way over all programs and measures: a "
              "dot for each, the bar to the middle one.</p>\n",
              file);
        report_ladder(file, result, 0);
        write_ranges(file, result);
    }
    write_programs(file, result);
    write_counters(file, result);
    write_executions(file, result);
    write_doctor(file, result);
    write_hashes(file, result);
    write_end(file, result);
}
