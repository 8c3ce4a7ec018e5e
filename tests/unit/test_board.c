/*
 * test_board.c: the machine as a whole: programs run to their end, and the contract that the same
 * start and the same input give the same run, however it is cut, saved, restored and replayed.
 */
#include "emu/board/board.h"
#include "emu/board/snapshot.h"
#include "tests/board/machine.h"
#include "tests/unit/unit_main.h"

#include <string.h>
#include <unistd.h>

enum { MEMORY_SMALL = 4 << 20, STEPS = 1000000 };

/* What one run came to. */
struct result {
    uint64_t trace, state;
};

static struct result run_contract(unsigned harts, uint64_t step, uint64_t cut)
{
    char path[TEST_PATH];
    struct test_host host;
    struct board_config config;
    struct board *board;
    struct result result;
    int status;

    test_host_init(&host, 1, 0);
    test_program(path, "contract");
    config = test_config(&host, path);
    config.harts = harts;
    board = test_board(&config);
    board->tracing = true;
    for (uint64_t until = 0; until < step;) {
        until = step - until < cut ? step : until + cut;
        ck_assert_int_eq(board_run(board, until, &status), BOARD_STEPS);
        ck_assert_uint_eq(board_step(board), until);
    }
    result = (struct result){.trace = board->trace, .state = snapshot_hash(board)};
    board_free(board);
    return result;
}

START_TEST(a_program_prints_through_the_firmware_and_its_status_becomes_the_machines)
{
    char path[TEST_PATH];
    struct test_host host;
    struct board_config config;
    struct board *board;
    int status = -1;

    test_host_init(&host, 1, 0);
    test_program(path, "hello");
    config = test_config(&host, path);
    board = test_board(&config);
    ck_assert_int_eq(board_run(board, STEPS, &status), BOARD_POWER_OFF);
    ck_assert_int_eq(status, 42);
    ck_assert_str_eq(host.output, "hello, board\n");
    board_free(board);
}
END_TEST

START_TEST(without_firmware_a_program_starts_in_m_mode_and_ends_through_tohost)
{
    char path[TEST_PATH];
    struct test_host host;
    struct board_config config;
    struct board *board;
    int status = -1;

    test_host_init(&host, 1, 0);
    test_program(path, "tohost");
    config = test_config(&host, path);
    config.firmware = FIRMWARE_NONE;
    config.harts = 2;
    board = test_board(&config);
    ck_assert_int_eq(board_run(board, STEPS, &status), BOARD_POWER_OFF);
    ck_assert_int_eq(status, 9);
    board_free(board);
}
END_TEST

START_TEST(two_deterministic_runs_give_the_same_trace_and_the_same_state)
{
    static const unsigned harts[] = {1, 4};

    for (unsigned i = 0; i < 2; i++) {
        struct result first = run_contract(harts[i], STEPS, STEPS);
        struct result second = run_contract(harts[i], STEPS, STEPS);

        ck_assert_uint_eq(first.trace, second.trace);
        ck_assert_uint_eq(first.state, second.state);
        /* The hashes see a difference where there is one. */
        second = run_contract(harts[i], STEPS + 1, STEPS + 1);
        ck_assert_uint_ne(first.state, second.state);
    }
}
END_TEST

START_TEST(a_run_does_not_depend_on_where_it_is_interrupted)
{
    for (unsigned harts = 1; harts <= 4; harts += 3) {
        struct result whole = run_contract(harts, 300000, 300000);
        struct result cut = run_contract(harts, 300000, 777);

        ck_assert_uint_eq(whole.state, cut.state);
        ck_assert_uint_eq(whole.trace, cut.trace);
    }
}
END_TEST

START_TEST(every_hart_of_the_contract_program_is_at_work)
{
    char path[TEST_PATH];
    struct test_host host;
    struct board_config config;
    struct board *board;
    int status;

    test_host_init(&host, 1, 0);
    test_program(path, "contract");
    config = test_config(&host, path);
    config.harts = 4;
    config.count_rows = true;
    board = test_board(&config);
    ck_assert_int_eq(board_run(board, STEPS, &status), BOARD_STEPS);
    for (unsigned i = 0; i < 4; i++)
        ck_assert_uint_gt(board->harts[i].x[9], 1000); /* s1: its rounds */
    ck_assert_uint_gt(board->events.interrupts[INTERRUPT_S_TIMER], 10);
    ck_assert_uint_gt(board->events.interrupts[INTERRUPT_S_SOFTWARE], 10);
    board_free(board);
}
END_TEST

/* Runs to N, saves, runs on, goes back and runs on again. */
static void run_twice_from_a_snapshot(struct board *board, uint64_t start, uint64_t steps)
{
    struct snapshot *snapshot;
    struct result first;
    uint64_t saved;
    int status;

    ck_assert_int_eq(board_run(board, start, &status), BOARD_STEPS);
    saved = snapshot_hash(board);
    snapshot = snapshot_new(board);
    ck_assert_int_eq(board_run(board, start + steps, &status), BOARD_STEPS);
    first = (struct result){.trace = board->trace, .state = snapshot_hash(board)};
    ck_assert_uint_ne(first.state, saved);
    snapshot_load(snapshot, board);
    ck_assert_uint_eq(snapshot_hash(board), saved);
    ck_assert_int_eq(board_run(board, start + steps, &status), BOARD_STEPS);
    ck_assert_uint_eq(board->trace, first.trace);
    ck_assert_uint_eq(snapshot_hash(board), first.state);
    ck_assert(!board->input.diverged);
    snapshot_free(snapshot);
}

START_TEST(a_restored_machine_lives_the_same_history_again)
{
    for (unsigned harts = 1; harts <= 4; harts += 3) {
        char path[TEST_PATH];
        struct test_host host;
        struct board_config config;
        struct board *board;

        test_host_init(&host, 1, 0);
        test_program(path, "contract");
        config = test_config(&host, path);
        config.harts = harts;
        board = test_board(&config);
        board->tracing = true;
        run_twice_from_a_snapshot(board, 123457, STEPS);
        board_free(board);
    }
}
END_TEST

START_TEST(a_restored_machine_gets_the_same_keys_and_the_same_times_again)
{
    char path[TEST_PATH];
    struct test_host host;
    struct board_config config;
    struct board *board;

    test_host_init(&host, 1, 7);
    test_program(path, "contract");
    config = test_config(&host, path);
    config.harts = 3;
    config.deterministic = false;
    config.recording = true;
    board = test_board(&config);
    board->tracing = true;
    run_twice_from_a_snapshot(board, 123457, STEPS);
    ck_assert_uint_gt(host.used, 0); /* the program has echoed some keys */
    board_free(board);
}
END_TEST

START_TEST(logged_input_replays_on_another_board_without_its_host)
{
    char path[TEST_PATH];
    struct test_host live, dead;
    struct board_config config;
    struct board *first, *second;
    int status;

    test_program(path, "contract");
    test_host_init(&live, 3, 5);
    config = test_config(&live, path);
    config.harts = 2;
    config.deterministic = false;
    config.recording = true;
    first = test_board(&config);
    ck_assert_int_eq(board_run(first, STEPS, &status), BOARD_STEPS);

    test_host_init(&dead, 4, 5);
    config = test_config(&dead, path);
    config.harts = 2;
    config.deterministic = false;
    config.input = first->input.events;
    config.input_count = first->input.count;
    config.input_known = STEPS;
    second = test_board(&config);
    ck_assert_int_eq(board_run(second, STEPS, &status), BOARD_STEPS);
    ck_assert(!second->input.diverged);
    ck_assert_uint_eq(dead.asked, 0);
    ck_assert_uint_eq(snapshot_hash(first), snapshot_hash(second));
    ck_assert_str_eq(live.output, dead.output);
    ck_assert_uint_gt(live.used, 0);
    board_free(first);
    board_free(second);
}
END_TEST

START_TEST(a_machine_of_which_nothing_can_come_any_more_says_so)
{
    char path[TEST_PATH];
    struct test_host host;
    struct board_config config;
    struct board *board;
    int status;

    test_host_init(&host, 1, 0);
    test_program(path, "hello");
    config = test_config(&host, path);
    board = test_board(&config);
    board->schedule.waiting[0] = 1;
    ck_assert_int_eq(board_run(board, STEPS, &status), BOARD_STUCK);
    ck_assert(host.asleep);
    board_free(board);
}
END_TEST

START_TEST(a_guest_that_only_traps_gets_to_its_step_too)
{
    char path[TEST_PATH];
    struct test_host host;
    struct board_config config;
    struct board *board;
    int status;

    test_host_init(&host, 1, 0);
    test_program(path, "hello");
    config = test_config(&host, path);
    board = test_board(&config);
    board->harts[0].pc = 0x1000; /* nothing is there, nor at stvec */
    board->harts[0].stvec = 0x2000;
    ck_assert_int_eq(board_run(board, 5000, &status), BOARD_STEPS);
    ck_assert_uint_eq(board_step(board), 5000);
    ck_assert_uint_eq(board->harts[0].instret, 0);
    board_free(board);
}
END_TEST

START_TEST(what_was_written_to_the_disk_is_undone_by_going_back)
{
    char path[TEST_PATH], disk[] = "/tmp/trivium-test-disk-XXXXXX", text[8] = "";
    struct test_host host;
    struct board_config config;
    struct snapshot *snapshot;
    struct board *board;
    uint64_t before;
    int fd = mkstemp(disk);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, 10000 / 512 * 512), 0);
    ck_assert_int_eq(pwrite(fd, "before", 6, 5000), 6);
    test_host_init(&host, 1, 0);
    test_program(path, "contract");
    config = test_config(&host, path);
    config.disk = disk;
    board = test_board(&config);
    before = snapshot_hash(board);
    snapshot = snapshot_new(board);
    ck_assert(disk_write(&board->disk, 5000, "after!", 6));
    ck_assert_uint_ne(snapshot_hash(board), before);
    snapshot_load(snapshot, board);
    ck_assert_uint_eq(snapshot_hash(board), before);
    ck_assert(disk_read(&board->disk, 5000, text, 6));
    ck_assert_str_eq(text, "before");
    ck_assert_int_eq(pread(fd, text, 6, 5000), 6); /* the image was never touched */
    ck_assert_str_eq(text, "before");
    snapshot_free(snapshot);
    board_free(board);
    close(fd);
    unlink(disk);
}
END_TEST

/* A file of these bytes as a kernel or an initrd: board_new() must refuse, and name the file. */
static void expect_refusal(const void *bytes, size_t size, bool as_initrd, const char *reason)
{
    char good[TEST_PATH], path[] = "/tmp/trivium-test-kernel-XXXXXX";
    struct test_host host;
    struct board_config config;
    struct err err = {0};
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
    ck_assert_int_eq(as_initrd ? ftruncate(fd, MEMORY_SMALL) : 0, 0);
    test_host_init(&host, 1, 0);
    test_program(good, "hello");
    config = test_config(&host, as_initrd ? good : path);
    config.initrd = as_initrd ? path : NULL;
    config.memory = MEMORY_SMALL;
    ck_assert_ptr_null(board_new(&config, &err));
    ck_assert_msg(strstr(err.text, path) != NULL && strstr(err.text, reason) != NULL, "%s",
                  err.text);
    close(fd);
    unlink(path);
}

START_TEST(malformed_kernels_and_initrds_are_refused_with_a_reason)
{
    static const uint8_t magic[] = {'R', 'S', 'C', 5};
    uint8_t image[64] = {0};
    const uint64_t far = UINT64_MAX - 100, huge = UINT64_C(1) << 40, odd = 0x200002;

    expect_refusal("", 0, false, "empty");
    expect_refusal("\177ELF", 4, false, "");
    expect_refusal("\177ELF\2\1\1and nonsense", 19, false, "");
    memcpy(image + 56, magic, sizeof magic);
    memcpy(image + 8, &far, 8); /* text_offset */
    expect_refusal(image, sizeof image, false, "fit");
    memcpy(image + 8, &odd, 8);
    expect_refusal(image, sizeof image, false, "fit");
    memset(image + 8, 0, 8);
    memcpy(image + 16, &huge, 8); /* image_size */
    expect_refusal(image, sizeof image, false, "fit");
    expect_refusal("", 0, true, "fit");
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("board");
    TCase *programs = tcase_create("programs");
    TCase *contract = tcase_create("contract");
    TCase *files = tcase_create("files");

    tcase_set_timeout(contract, 120);
    tcase_add_test(programs,
                   a_program_prints_through_the_firmware_and_its_status_becomes_the_machines);
    tcase_add_test(programs, without_firmware_a_program_starts_in_m_mode_and_ends_through_tohost);
    tcase_add_test(programs, a_machine_of_which_nothing_can_come_any_more_says_so);
    tcase_add_test(programs, a_guest_that_only_traps_gets_to_its_step_too);
    tcase_add_test(contract, every_hart_of_the_contract_program_is_at_work);
    tcase_add_test(contract, two_deterministic_runs_give_the_same_trace_and_the_same_state);
    tcase_add_test(contract, a_run_does_not_depend_on_where_it_is_interrupted);
    tcase_add_test(contract, a_restored_machine_lives_the_same_history_again);
    tcase_add_test(contract, a_restored_machine_gets_the_same_keys_and_the_same_times_again);
    tcase_add_test(contract, logged_input_replays_on_another_board_without_its_host);
    tcase_add_test(contract, what_was_written_to_the_disk_is_undone_by_going_back);
    tcase_add_test(files, malformed_kernels_and_initrds_are_refused_with_a_reason);
    suite_add_tcase(suite, programs);
    suite_add_tcase(suite, contract);
    suite_add_tcase(suite, files);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
