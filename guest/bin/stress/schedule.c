/* Time and the scheduler: nobody waits for ever, nobody gets all. */
#include "guest/bin/measure.h"
#include "guest/bin/stress/stress.h"

#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void clock_forward(void)
{
    uint64_t last = measure_now();
    for (int i = 0; i < 10000; i++) {
        uint64_t now = measure_now();
        CHECK(now >= last);
        last = now;
    }
    test_sleep_ms(1);
    CHECK(measure_now() > last);
}

static void sleep_long_enough(void)
{
    const uint64_t lengths[] = {0, 1, 5, 20, 50};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        uint64_t start = measure_now();
        test_sleep_ms(lengths[i]);
        CHECK(measure_now() - start >= lengths[i] * NS_PER_MS);
    }
}

/* Thirty sleep at the same time: together about as long as the one that sleeps longest. */
static void sleep_together(void)
{
    enum { SLEEPERS = 30 };
    uint64_t start = measure_now();
    for (int i = 0; i < SLEEPERS; i++) {
        if (test_fork() == 0) {
            test_sleep_ms(200 + (uint64_t)(i * 7 % SLEEPERS));
            _exit(0);
        }
    }
    for (int i = 0; i < SLEEPERS; i++) {
        int status;
        CHECK(wait(&status) > 0 && status == 0);
    }
    CHECK(measure_now() - start < SLEEPERS * 200 * NS_PER_MS / 2);
}

static void spin(void)
{
    for (volatile int i = 0;; i = i + 1)
        continue;
}

/* More processes than there are processors compute for ever, and the parent still runs. */
static void preempted(void)
{
    enum { SPINNERS = 10 };
    pid_t children[SPINNERS];
    for (int i = 0; i < SPINNERS; i++) {
        children[i] = test_fork();
        if (children[i] == 0)
            spin();
    }
    for (int i = 0; i < 5; i++)
        test_sleep_ms(2);
    for (int i = 0; i < SPINNERS; i++) {
        CHECK(kill(children[i], SIGKILL) == 0);
        test_wait_signal(children[i], SIGKILL);
    }
}

/* Counts until the time has come. */
static uint64_t count_until(uint64_t end)
{
    uint64_t count = 0;
    while (measure_now() < end)
        count++;
    return count;
}

enum { RIVALS = 8 };

/* What rivals share: who has done how much, and whether somebody has done it all. */
struct contest {
    uint32_t ready; /* rivals that are there */
    uint32_t over;
    uint64_t work[RIVALS];
};

/* How much work is about ten time slices of a processor: a tenth of a second of it, at the best
 * speed of a few tries. */
static uint64_t work_of_ten_slices(void)
{
    uint64_t most = 0;
    for (int i = 0; i < 5; i++) {
        uint64_t count = count_until(measure_now() + 20 * NS_PER_MS);
        most = count > most ? count : most;
    }
    return 5 * most;
}

static void compete(struct contest *contest, int self, uint64_t goal)
{
    __atomic_add_fetch(&contest->ready, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&contest->ready, __ATOMIC_SEQ_CST) < RIVALS)
        sched_yield();
    while (!__atomic_load_n(&contest->over, __ATOMIC_RELAXED)) {
        (void)measure_now(); /* the same work as in count_until() */
        if (++contest->work[self] == goal)
            __atomic_store_n(&contest->over, 1, __ATOMIC_RELAXED);
    }
}

/* Processes that compute get about the same: when the first has done its work, none has done less
 * than a fifth of it. Judged by work, and not by time, of which a busy host may take away any. */
static void fair(void)
{
    uint64_t goal = work_of_ten_slices();
    uint64_t least = UINT64_MAX;
    struct contest *contest =
        mmap(NULL, sizeof(*contest), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(contest != MAP_FAILED);
    for (int i = 0; i < RIVALS; i++) {
        if (test_fork() == 0) {
            compete(contest, i, goal);
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        continue;
    for (int i = 0; i < RIVALS; i++)
        least = contest->work[i] < least ? contest->work[i] : least;
    if (least < goal / 5)
        printf("# least %" PRIu64 ", most %" PRIu64 "\n", least, goal);
    CHECK(least >= goal / 5);
}

/* One that sleeps and wakes often is not starved by those that compute. */
static void responsive(void)
{
    enum { SPINNERS = 4, TURNS = 20 };
    pid_t children[SPINNERS];
    for (int i = 0; i < SPINNERS; i++) {
        children[i] = test_fork();
        if (children[i] == 0)
            spin();
    }
    uint64_t start = measure_now();
    for (int i = 0; i < TURNS; i++)
        test_sleep_ms(5);
    uint64_t elapsed = measure_now() - start;
    for (int i = 0; i < SPINNERS; i++) {
        kill(children[i], SIGKILL);
        test_wait_signal(children[i], SIGKILL);
    }
    CHECK(elapsed < TURNS * 200 * NS_PER_MS);
}

static void yields(void)
{
    enum { TURNS = 300 };
    pid_t child = test_fork();
    for (int i = 0; i < TURNS; i++)
        CHECK(sched_yield() == 0);
    if (child == 0)
        _exit(0);
    test_wait_exit(child, 0);
}

/* Work that needs all: processes that fork, exit, sleep, write and compute at the same time. */
static void mixture(void)
{
    enum { WORKERS = 8, TURNS = 25 };
    pid_t workers[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = test_fork();
        if (workers[i] != 0)
            continue;
        for (int j = 0; j < TURNS; j++) {
            int fds[2];
            int number = i * TURNS + j;
            int answer;
            CHECK(pipe(fds) == 0);
            pid_t child = test_fork();
            if (child == 0) {
                if (j % 5 == 0)
                    test_sleep_ms(1);
                test_write(fds[1], &number, sizeof(number));
                _exit(j);
            }
            test_read(fds[0], &answer, sizeof(answer));
            CHECK(answer == number);
            test_wait_exit(child, j);
            close(fds[0]);
            close(fds[1]);
        }
        _exit(0);
    }
    for (int i = 0; i < WORKERS; i++)
        test_wait_exit(workers[i], 0);
}

static const struct test tests[] = {
    {"clock_forward", "the clock goes, and never back", clock_forward},
    {"sleep_long_enough", "nanosleep sleeps as long as it was told, or longer", sleep_long_enough},
    {"sleep_together", "thirty processes sleep at the same time", sleep_together},
    {"preempted", "ten processes that never stop do not stop the others", preempted},
    {"fair", "eight processes that compute get about the same time", fair},
    {"responsive", "one that mostly sleeps gets its turn soon", responsive},
    {"yields", "sched_yield returns", yields},
    {"mixture", "forks, pipes, sleeps and exits all at the same time", mixture},
};

const struct test_group schedule_tests = {tests, sizeof(tests) / sizeof(tests[0])};
