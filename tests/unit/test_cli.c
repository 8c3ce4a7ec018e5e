/* test_cli.c: the parts of the command that can be tried without running a program. */
#include "tests/unit/unit_main.h"

#include <stdlib.h>
#include <string.h>

#include "cli/doctor.h"
#include "cli/json.h"
#include "cli/programs.h"
#include "cli/suggest.h"
#include "cli/text.h"

START_TEST(counts_get_thousands_separators)
{
    char buffer[TEXT_SIZE];

    ck_assert_str_eq(text_count(buffer, 0), "0");
    ck_assert_str_eq(text_count(buffer, 999), "999");
    ck_assert_str_eq(text_count(buffer, 1000), "1,000");
    ck_assert_str_eq(text_count(buffer, 123456), "123,456");
    ck_assert_str_eq(text_count(buffer, UINT64_MAX), "18,446,744,073,709,551,615");
}
END_TEST

START_TEST(numbers_have_four_significant_digits)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        {0, "0"},           {0.0123456, "0.0123"}, {0.5, "0.5000"},        {1.23456, "1.235"},
        {9.87654, "9.877"}, {12.3456, "12.35"},    {999.94, "999.9"},      {999.96, "1,000"},
        {1234.5, "1,234"},  {-3.25, "-3.25"},      {1234567, "1,234,567"},
    };
    char buffer[TEXT_SIZE];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_str_eq(text_number(buffer, rows[i].value), rows[i].text);
}
END_TEST

START_TEST(ratios_are_as_precise_as_they_deserve)
{
    char buffer[TEXT_SIZE];

    ck_assert_str_eq(text_ratio(buffer, 1), "x1.00");
    ck_assert_str_eq(text_ratio(buffer, 1.04), "x1.04");
    ck_assert_str_eq(text_ratio(buffer, 0.1), "x0.10");
    ck_assert_str_eq(text_ratio(buffer, 0.0123), "x0.012");
    ck_assert_str_eq(text_ratio(buffer, 1.999), "x2.0");
    ck_assert_str_eq(text_ratio(buffer, 6.86), "x6.9");
    ck_assert_str_eq(text_ratio(buffer, 9.97), "x10");
    ck_assert_str_eq(text_ratio(buffer, 88.3), "x88");
    ck_assert_str_eq(text_ratio(buffer, 9e99), "x9e+99");
    ck_assert_str_eq(text_ratio(buffer, 0), "-");
}
END_TEST

START_TEST(bytes_have_binary_units)
{
    char buffer[TEXT_SIZE];

    ck_assert_str_eq(text_bytes(buffer, 1023), "1023 bytes");
    ck_assert_str_eq(text_bytes(buffer, 1536), "1.5 KiB");
    ck_assert_str_eq(text_bytes(buffer, UINT64_C(256) << 20), "256 MiB");
}
END_TEST

START_TEST(long_lines_are_broken_before_column_80)
{
    char text[400], line[128];
    char *output = NULL;
    size_t size;
    FILE *file = open_memstream(&output, &size);
    FILE *lines;
    size_t words = 0;

    memset(text, 'x', sizeof text);
    for (size_t i = 7; i < sizeof text; i += 8)
        text[i] = ' ';
    text[sizeof text - 1] = '\0';
    text_wrap(file, text, 18, 18);
    fclose(file);
    lines = fmemopen(output, size, "r");
    for (int number = 0; fgets(line, sizeof line, lines) != NULL; number++) {
        size_t start = number == 0 ? 0 : 18;

        ck_assert_uint_le(strlen(line) - 1 + (number == 0 ? 18 : 0), 79);
        ck_assert_uint_eq(strspn(line, " "), start);
        words += (strlen(line) - start) / 8;
    }
    ck_assert_uint_eq(words, 50);
    fclose(lines);
    free(output);
}
END_TEST

START_TEST(a_mistyped_name_finds_the_one_that_was_meant)
{
    static const char *const names[] = {"doctor", "run", "race"};

    ck_assert_str_eq(suggest_nearest("rnu", names, 3), "run");
    ck_assert_str_eq(suggest_nearest("docter", names, 3), "doctor");
    ck_assert_str_eq(suggest_nearest("Race", names, 3), "race");
    ck_assert_ptr_null(suggest_nearest("explain", names, 3));
    ck_assert_ptr_null(suggest_nearest("", names, 0));
}
END_TEST

START_TEST(distances_count_edits)
{
    ck_assert_uint_eq(suggest_distance("", ""), 0);
    ck_assert_uint_eq(suggest_distance("prime", "prime"), 0);
    ck_assert_uint_eq(suggest_distance("prime", "primes"), 1);
    ck_assert_uint_eq(suggest_distance("priem", "prime"), 1);
    ck_assert_uint_eq(suggest_distance("kitten", "sitting"), 3);
    ck_assert_uint_gt(suggest_distance("x", "a name that is much longer than that"), 31);
}
END_TEST

static void check_value(const char *output, const char *label, const char *expected)
{
    size_t length = 0;
    const char *value = programs_value(output, label, &length);

    ck_assert_ptr_nonnull(value);
    ck_assert_uint_eq(length, strlen(expected));
    ck_assert(memcmp(value, expected, length) == 0);
}

START_TEST(a_value_is_found_after_its_label_at_the_start_of_a_line)
{
    const char *output = "Running Sum: 9\n\n  Sum:  42 \nSums: 1\nForks per second: 3.5\nlast: x";
    size_t length;

    check_value(output, "Sum", "42");
    check_value(output, "Forks per second", "3.5");
    check_value(output, "last", "x");
    ck_assert_ptr_null(programs_value(output, "Forks", &length));
    ck_assert_ptr_null(programs_value(output, "None", &length));
    ck_assert_ptr_null(programs_value("", "Sum", &length));
    ck_assert_ptr_null(programs_value("\n\n", "Sum", &length));
}
END_TEST

START_TEST(every_bundled_contestant_has_metrics)
{
    static const char *const names[] = {"prime", "fork", "mix", "syscalls", "anything else"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct program *program = programs_find(names[i]);

        ck_assert_uint_ge(program->metric_count, 1);
        for (size_t metric = 1; metric < program->metric_count; metric++)
            ck_assert_ptr_nonnull(program->metrics[metric].name);
    }
    ck_assert(programs_find("anything else")->whole_output);
}
END_TEST

START_TEST(text_that_is_not_unicode_still_makes_json)
{
    json_t *text = json_text("caf\xc3\xa9"), *bytes = json_text("caf\xe9"), *none = json_text(NULL);

    ck_assert_str_eq(json_string_value(text), "caf\xc3\xa9");
    ck_assert_str_eq(json_string_value(bytes), "caf?");
    ck_assert(json_is_null(none));
    json_decref(text);
    json_decref(bytes);
    json_decref(none);
}
END_TEST

START_TEST(control_characters_are_made_visible)
{
    char text[] = "a\033[2J\nb\x7f";

    text_make_printable(text);
    ck_assert_str_eq(text, "a?[2J?b?");
}
END_TEST

/* A host as most are; each test then changes what it is about. */
static struct doctor *ordinary_host(void)
{
    struct doctor *doctor = calloc(1, sizeof *doctor);

    ck_assert_ptr_nonnull(doctor);
    doctor->host = (struct host){
        .cpus_online = 4,
        .cpus_affinity = 4,
        .memory = UINT64_C(8) << 30,
        .clock_read = 25,
        .randomize = 2,
        .speed = {true, 0.3, 1.5, 0.6, 1.2, 5, 5.5, 8},
    };
    return doctor;
}

/* Is there a finding of that name and level with that text? */
static bool finds(struct doctor *doctor, const char *name, enum doctor_level level,
                  const char *text)
{
    doctor_judge(doctor);
    for (size_t i = 0; i < doctor->finding_count; i++) {
        const struct doctor_finding *finding = &doctor->findings[i];

        if (strcmp(finding->name, name) == 0 && finding->level == level &&
            strstr(finding->text, text) != NULL)
            return true;
    }
    return false;
}

START_TEST(an_ordinary_host_is_well)
{
    struct doctor *doctor = ordinary_host();

    ck_assert(finds(doctor, "virtual", DOCTOR_OK, "no hypervisor"));
    ck_assert(finds(doctor, "speed", DOCTOR_OK, "no emulator beneath us"));
    ck_assert(!finds(doctor, "speed", DOCTOR_NOTE, ""));
    ck_assert(!finds(doctor, "cpu", DOCTOR_NOTE, ""));
    ck_assert(!finds(doctor, "memory", DOCTOR_NOTE, ""));
    ck_assert(!finds(doctor, "clock", DOCTOR_NOTE, ""));
    free(doctor);
}
END_TEST

START_TEST(limits_below_what_is_visible_are_notes)
{
    struct doctor *doctor = ordinary_host();

    doctor->host.limits = (struct host_limits){.cpus = 1.5, .memory = UINT64_C(512) << 20};
    doctor->host.cpus_affinity = 2;
    ck_assert(finds(doctor, "cpu", DOCTOR_NOTE, "2 of the 4"));
    ck_assert(finds(doctor, "cpu", DOCTOR_NOTE, "allows 1.50 CPUs"));
    ck_assert(finds(doctor, "memory", DOCTOR_NOTE, "allows 512 MiB of 8.0 GiB"));
    ck_assert(finds(doctor, "memory", DOCTOR_NOTE, "is little"));
    free(doctor);
}
END_TEST

START_TEST(a_limit_above_what_is_there_is_none)
{
    struct doctor *doctor = ordinary_host();

    doctor->host.limits = (struct host_limits){.cpus = 8, .memory = UINT64_C(64) << 30};
    ck_assert(!finds(doctor, "cpu", DOCTOR_NOTE, ""));
    ck_assert(!finds(doctor, "memory", DOCTOR_NOTE, ""));
    free(doctor);
}
END_TEST

START_TEST(an_emulator_is_seen_by_both_of_its_slow_operations)
{
    struct doctor *doctor = ordinary_host();

    doctor->host.speed.indirect_jump = 4;
    ck_assert(!finds(doctor, "speed", DOCTOR_NOTE, "emulator"));
    doctor->host.speed.float_add = 5;
    ck_assert(finds(doctor, "speed", DOCTOR_NOTE, "emulator is beneath us"));
    free(doctor);
}
END_TEST

START_TEST(a_slow_divider_is_a_note)
{
    struct doctor *doctor = ordinary_host();

    doctor->host.speed.divide_64_small = 25;
    ck_assert(finds(doctor, "speed", DOCTOR_NOTE, "slow 64-bit divider: x5.0"));
    free(doctor);
}
END_TEST

START_TEST(virtual_machines_are_named)
{
    struct doctor *doctor = ordinary_host();

    doctor->host.hypervisor = true;
    strcpy(doctor->host.hypervisor_vendor, "KVMKVMKVM");
    ck_assert(finds(doctor, "virtual", DOCTOR_NOTE, "KVMKVMKVM"));
    strcpy(doctor->host.hypervisor_vendor, "TCGTCGTCGTCG");
    ck_assert(finds(doctor, "virtual", DOCTOR_NOTE, "QEMU's emulation"));
    doctor->host.wsl = true;
    ck_assert(finds(doctor, "system", DOCTOR_NOTE, "Windows"));
    strcpy(doctor->host.container, "docker");
    ck_assert(finds(doctor, "system", DOCTOR_NOTE, "docker"));
    free(doctor);
}
END_TEST

/* The block of a class, of one way that is missing, for that reason; to be freed. */
static char *class_block(const char *reason, const struct doctor_names *names)
{
    struct doctor *doctor = ordinary_host();
    char *block = NULL;
    size_t size;
    FILE *file = open_memstream(&block, &size);

    ck_assert_ptr_nonnull(file);
    doctor->findings[0] = (struct doctor_finding){.name = "way", .level = DOCTOR_NOTE};
    snprintf(doctor->findings[0].text, DOCTOR_TEXT, "kvm: %s", reason);
    snprintf(doctor->findings[0].fix, DOCTOR_TEXT, "ask %s", names->user);
    doctor->finding_count = 1;
    doctor_print_class(file, doctor, names);
    fclose(file);
    free(doctor);
    return block;
}

START_TEST(the_block_of_a_class_says_not_whose_computer_it_is)
{
    const struct doctor_names names = {.user = "ada", .host = "engine"};
    char *block = class_block("no /srv/ada/x: ada@engine.local, adapt, engineer", &names);

    ck_assert_ptr_nonnull(
        strstr(block, "missing: no /srv/USER/x: USER@HOST.local, adapt, engineer\n"));
    ck_assert_ptr_nonnull(strstr(block, "try: ask USER\n"));
    free(block);
}
END_TEST

START_TEST(a_long_name_is_rather_cut_than_told)
{
    const struct doctor_names names = {.user = "a", .host = "b"};
    char reason[DOCTOR_TEXT] = "", *block;

    for (size_t i = 0; i + 8 < sizeof reason; i += 2)
        memcpy(reason + i, i % 4 == 0 ? "a " : "b ", 3);
    block = class_block(reason, &names);
    ck_assert_ptr_null(strstr(block, " a "));
    ck_assert_ptr_null(strstr(block, " b "));
    ck_assert_ptr_nonnull(strstr(block, "USER HOST"));
    ck_assert_ptr_nonnull(strstr(block, "\nhash          "));
    free(block);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("cli");
    TCase *text = tcase_create("text"), *names = tcase_create("names");
    TCase *doctor = tcase_create("doctor");

    tcase_add_test(text, counts_get_thousands_separators);
    tcase_add_test(text, numbers_have_four_significant_digits);
    tcase_add_test(text, ratios_are_as_precise_as_they_deserve);
    tcase_add_test(text, bytes_have_binary_units);
    tcase_add_test(text, long_lines_are_broken_before_column_80);
    tcase_add_test(text, text_that_is_not_unicode_still_makes_json);
    tcase_add_test(text, control_characters_are_made_visible);
    suite_add_tcase(suite, text);
    tcase_add_test(names, a_mistyped_name_finds_the_one_that_was_meant);
    tcase_add_test(names, distances_count_edits);
    tcase_add_test(names, a_value_is_found_after_its_label_at_the_start_of_a_line);
    tcase_add_test(names, every_bundled_contestant_has_metrics);
    suite_add_tcase(suite, names);
    tcase_add_test(doctor, an_ordinary_host_is_well);
    tcase_add_test(doctor, limits_below_what_is_visible_are_notes);
    tcase_add_test(doctor, a_limit_above_what_is_there_is_none);
    tcase_add_test(doctor, an_emulator_is_seen_by_both_of_its_slow_operations);
    tcase_add_test(doctor, a_slow_divider_is_a_note);
    tcase_add_test(doctor, virtual_machines_are_named);
    tcase_add_test(doctor, the_block_of_a_class_says_not_whose_computer_it_is);
    tcase_add_test(doctor, a_long_name_is_rather_cut_than_told);
    suite_add_tcase(suite, doctor);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
