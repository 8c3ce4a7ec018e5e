/* stress: what its parts share. One file a subject (processes.c, pipes.c, ...), each with a table
 * of tests; main.c runs every test in a process of its own.
 *
 * A test is an ordinary function. It passes when it returns, fails when a CHECK does not hold or a
 * signal ends its process, and is skipped when it calls test_skip.
 */
#ifndef TRIVIUM_GUEST_BIN_STRESS_STRESS_H
#define TRIVIUM_GUEST_BIN_STRESS_STRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct test {
    const char *name;
    const char *meaning; /* a sentence: what is so when the test passes */
    void (*run)(void);
};

struct test_group {
    const struct test *tests;
    size_t count;
};

extern const struct test_group process_tests;
extern const struct test_group signal_tests;
extern const struct test_group exec_tests;
extern const struct test_group memory_tests;
extern const struct test_group large_tests;
extern const struct test_group pipe_tests;
extern const struct test_group file_tests;
extern const struct test_group folder_tests;
extern const struct test_group pointer_tests;
extern const struct test_group limit_tests;
extern const struct test_group schedule_tests;
extern const struct test_group device_tests;

enum { PAGE = 4096 };

/* How the process of a test ends, besides by signals. */
enum { STATUS_PASSED = 0, STATUS_FAILED = 1, STATUS_SKIPPED = 77, STATUS_KEPT = 78 };

#define CHECK(condition) ((condition) ? (void)0 : test_failed(#condition, __FILE__, __LINE__))

/* Something, in words, is not so. */
#define TEST_FAIL(expected) test_failed(expected, __FILE__, __LINE__)

/* The call must have failed for this reason. */
#define CHECK_ERROR(call, number) test_error((call) < 0, number, #call, __FILE__, __LINE__)

/* Says what did not hold and ends the process: of the test, or a child, whose status then tells. */
_Noreturn void test_failed(const char *condition, const char *file, int line);

/* Ends the test (not a child of it): it cannot tell anything here, for this reason. */
_Noreturn void test_skip(const char *reason);

/* Ends the test (not a child of it), which has passed, and has changed what stays, so that less
 * memory is free afterwards. */
_Noreturn void test_keep(void);

/* See CHECK_ERROR; errno is looked at only if the call failed. */
void test_error(bool failed, int number, const char *call, const char *file, int line);

/* fork that must succeed. */
pid_t test_fork(void);

/* Waits for a child that must end with this status; for one that this signal must end. */
void test_wait_exit(pid_t child, int status);
void test_wait_signal(pid_t child, int number);

/* Runs the function in a child, which must be ended by the signal. */
void test_dies(void (*run)(void), int number);

/* Makes a folder of this process's own and goes there. test_leave_folder goes out and removes it;
 * it must be empty again. */
void test_enter_folder(void);
void test_leave_folder(void);

/* Makes a file of so many bytes from test_byte. */
void test_make_file(const char *path, size_t size);

/* The byte at a place of test data: no short period, so that a shifted copy is not equal. */
unsigned char test_byte(size_t place);

/* Writes or reads all, or fails the test. */
void test_write(int fd, const void *data, size_t size);
void test_read(int fd, void *data, size_t size);

void test_sleep_ms(uint64_t ms);

/* Is this our own kernel? On Linux some tests would do harm or prove nothing. */
bool test_own_kernel(void);

/* What the kernel's /proc/meminfo says behind "NAME:", in KiB. */
uint64_t test_memory_kib(const char *name);

/* The second life of this program, when exec.c executes it anew: "stress --role NAME ARGUMENT...".
 * Returns its exit status. */
int exec_role(int argc, char **argv);

#endif
