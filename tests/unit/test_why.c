/* test_why.c: the sentences of `trivium why` follow from the rows: other numbers, another sentence.
 */
#include "tests/unit/unit_main.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/why.h"

/* An experiment whose rows have been "measured": every value is 1. */
static void begin(struct why *why, const struct why_topic *topic)
{
    *why = (struct why){.topic = topic};
    for (const struct why_lane *lane = topic->lanes; lane->name != NULL; lane++) {
        struct why_row *row = &why->rows[why->row_count++];

        row->lane = lane;
        for (size_t i = 0; i < WHY_COLUMNS_MAX; i++)
            row->values[i] = 1;
    }
}

static struct why_row *row_of(struct why *why, const char *lane)
{
    size_t i = 0;

    while (strcmp(why->rows[i].lane->name, lane) != 0)
        i++;
    return &why->rows[i];
}

static void set(struct why *why, const char *lane, const char *key, double value)
{
    row_of(why, lane)->values[why_column(why->topic, key)] = value;
}

static void expect_said(struct why *why, const char *text)
{
    why->cause_count = 0;
    why->topic->explain(why);
    for (size_t i = 0; i < why->cause_count; i++) {
        if (strstr(why->causes[i], text) != NULL)
            return;
    }
    ck_abort_msg("\"%s\" is not in \"%s\"", text, why->cause_count > 0 ? why->causes[0] : "");
}

START_TEST(faults_are_a_cause_only_if_their_end_is_felt)
{
    struct why why;

    begin(&why, &why_fork);
    set(&why, "kvm", "page_faults", 3);
    set(&why, "kvm", "total_us", 100);
    set(&why, "kvm, batch", "page_faults", 0);
    set(&why, "kvm, batch", "total_us", 60);
    expect_said(&why, "On kvm page faults are a cause");
    set(&why, "kvm, batch", "total_us", 98);
    expect_said(&why, "On kvm page faults are not what the time goes into");
    set(&why, "kvm, batch", "page_faults", 2.9);
    expect_said(&why, "it says nothing of their price");
}
END_TEST

START_TEST(without_kvm_another_machine_shows_the_faults)
{
    struct why why;

    begin(&why, &why_fork);
    snprintf(row_of(&why, "kvm")->reason, WHY_TEXT, "no KVM");
    set(&why, "dbt", "page_faults", 3);
    set(&why, "dbt, batch", "page_faults", 0);
    expect_said(&why, "On dbt page faults are");
}
END_TEST

START_TEST(the_residual_is_said_and_the_largest_part)
{
    struct why why;

    begin(&why, &why_fork);
    set(&why, "native", "total_us", 100);
    set(&why, "native", "switches_us", 25);
    set(&why, "native", "residual_us", 73);
    expect_said(&why, "1.00 switches, 25 %; 73 % are not explained by counts");
    set(&why, "native", "faults_us", 90);
    set(&why, "native", "residual_us", 8);
    expect_said(&why, "1.00 page faults, 90 %; all known parts together explain it, but for 8 %");
    set(&why, "native", "residual_us", -40);
    expect_said(&why, "the counts explain 40 % more than there is");
    set(&why, "native", "faults_us", NAN);
    set(&why, "native", "residual_us", 73);
    expect_said(&why, "switches, 25 %");
}
END_TEST

START_TEST(exits_of_system_calls_and_of_printing)
{
    struct why why;

    begin(&why, &why_exits);
    set(&why, "system calls", "others_per_call", 0);
    expect_said(&why, "answers them inside");
    set(&why, "system calls", "others_per_call", 1);
    expect_said(&why, "they do leave the guest");
    set(&why, "printing, trapped", "console_per_kib", 1024);
    set(&why, "printing, ring", "console_per_kib", 4);
    expect_said(&why, "Devices are what exits are for");
    set(&why, "printing, ring", "console_per_kib", 1000);
    expect_said(&why, "not what they come from");
}
END_TEST

START_TEST(a_limit_that_has_not_bitten_is_no_cause)
{
    struct why why;

    begin(&why, &why_limits);
    set(&why, "--cpus 0.2", "throttled", 16);
    set(&why, "--cpus 2", "throttled", 0);
    expect_said(&why, "--cpus 0.2 bites: the kernel stopped the program in 16 periods");
    expect_said(&why, "--cpus 2 never does");
    set(&why, "--cpus 0.2", "throttled", 0);
    expect_said(&why, "--cpus 0.2 has not bitten");
    set(&why, "--cpus 2", "throttled", 3);
    expect_said(&why, "which it should not");
}
END_TEST

START_TEST(the_guest_kernel_is_the_price_of_a_call_or_it_is_not)
{
    struct why why;

    begin(&why, &why_syscall);
    set(&why, "interp", "instructions", 300);
    set(&why, "interp --user", "instructions", 30);
    expect_said(&why, "the guest kernel's own instructions");
    set(&why, "interp", "instructions", 31);
    expect_said(&why, "the guest kernel's instructions are not its price");
}
END_TEST

START_TEST(a_call_of_a_virtual_machine_stays_within_or_does_not)
{
    struct why why;

    begin(&why, &why_syscall);
    set(&why, "kvm", "exits", 0.01);
    set(&why, "kvm", "null_ns", 90);
    set(&why, "native", "null_ns", 80);
    expect_said(&why, "kvm: 0.01 exits for each system call: its guest's kernel answers");
    expect_said(&why, "A call takes 90.00 ns there, 80.00 natively.");
    set(&why, "kvm", "exits", 2);
    expect_said(&why, "kvm: 2.00 exits for each system call: something outside of the guest");
}
END_TEST

START_TEST(the_least_of_four_is_named)
{
    struct why why;

    begin(&why, &why_smp);
    set(&why, "dbt: 2 on 2", "threads", 2);
    set(&why, "dbt: 2 on 2", "cpus", 2);
    set(&why, "dbt: 2 on 2", "host_cpus", 4);
    expect_said(&why,
                "dbt: 2 on 2: at most 1, by the threads of the host that carry its CPUs; 1.00");
    set(&why, "dbt: 2 on 2", "cpus_used", 1.9);
    expect_said(&why, "1.90 were: not explained");
}
END_TEST

START_TEST(turns_are_taken_on_one_processor)
{
    struct why why;

    begin(&why, &why_smp);
    set(&why, "kvm: 2 on 1", "switches_per_s", 100);
    expect_said(&why, "kvm: 2 on 1: the two threads take turns, 100 switches");
    set(&why, "kvm: 2 on 2", "switches_per_s", 99);
    expect_said(&why, "turns are not what the second CPU saves");
}
END_TEST

START_TEST(a_slow_native_side_hides_the_price_of_emulation)
{
    struct why why;

    begin(&why, &why_mix);
    set(&why, "divide", "interp_slowdown", 0.5);
    set(&why, "divide", "native_ns_per_insn", 5);
    set(&why, "alu", "interp_slowdown", 60);
    set(&why, "alu", "native_ns_per_insn", 0.1);
    expect_said(&why, "interp: divide is x0.50 and alu x60");
    expect_said(&why, "So the cause is the native side");
    set(&why, "divide", "native_ns_per_insn", 0.1);
    set(&why, "alu", "interp_ns_per_insn", 100);
    expect_said(&why, "So the cause is the interpreter");
    set(&why, "call", "dbt_slowdown", 4);
    expect_said(&why, "dbt: call is the dearest, x4.0");
}
END_TEST

START_TEST(a_virtual_machine_computes_and_pages_at_different_prices)
{
    struct why why;

    begin(&why, &why_mix);
    set(&why, "divide", "interp_slowdown", 0.5);
    for (size_t i = 0; i < why.row_count; i++)
        set(&why, why.rows[i].lane->name, "kvm_slowdown", 1.01);
    set(&why, "call", "kvm_slowdown", 1.03);
    set(&why, "syscall", "kvm_slowdown", 900);
    set(&why, "chase-4k", "kvm_slowdown", 1.5);
    set(&why, "chase-4k", "kvm_faults", 4097);
    set(&why, "chase-4k", "kvm_exits", 12);
    expect_said(&why,
                "kvm: computing x1.01 (divide) to x1.03 (call), paging up to x1.50 (chase-4k), "
                "with 4,097 page faults in its run and 12.00 exits");
    set(&why, "touch", "kvm_slowdown", 40);
    expect_said(&why, "paging up to x40 (touch)");
}
END_TEST

START_TEST(rows_that_are_missing_explain_nothing)
{
    struct why why;

    for (size_t i = 0; i < WHY_TOPIC_COUNT; i++) {
        begin(&why, why_topics[i]);
        for (size_t j = 0; j < why.row_count; j++)
            snprintf(why.rows[j].reason, WHY_TEXT, "not here");
        why.topic->explain(&why);
        ck_assert_uint_eq(why.cause_count, 0);
    }
}
END_TEST

START_TEST(a_column_for_each_key_and_no_room_too_small)
{
    for (size_t i = 0; i < WHY_TOPIC_COUNT; i++) {
        const struct why_topic *topic = why_topics[i];
        size_t count = 0;

        for (; topic->columns[count].key != NULL; count++)
            ck_assert_uint_eq(why_column(topic, topic->columns[count].key), count);
        ck_assert_uint_le(count, WHY_COLUMNS_MAX);
        ck_assert_ptr_nonnull(topic->columns[0].group);
        for (count = 0; topic->lanes[count].name != NULL; count++)
            ck_assert_uint_le(strlen(topic->lanes[count].name), 20);
        ck_assert_uint_le(count, WHY_ROWS_MAX);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("why");
    TCase *tests = tcase_create("made-up rows");

    tcase_add_test(tests, faults_are_a_cause_only_if_their_end_is_felt);
    tcase_add_test(tests, without_kvm_another_machine_shows_the_faults);
    tcase_add_test(tests, the_residual_is_said_and_the_largest_part);
    tcase_add_test(tests, exits_of_system_calls_and_of_printing);
    tcase_add_test(tests, a_limit_that_has_not_bitten_is_no_cause);
    tcase_add_test(tests, the_guest_kernel_is_the_price_of_a_call_or_it_is_not);
    tcase_add_test(tests, a_call_of_a_virtual_machine_stays_within_or_does_not);
    tcase_add_test(tests, the_least_of_four_is_named);
    tcase_add_test(tests, turns_are_taken_on_one_processor);
    tcase_add_test(tests, a_slow_native_side_hides_the_price_of_emulation);
    tcase_add_test(tests, a_virtual_machine_computes_and_pages_at_different_prices);
    tcase_add_test(tests, rows_that_are_missing_explain_nothing);
    tcase_add_test(tests, a_column_for_each_key_and_no_room_too_small);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
