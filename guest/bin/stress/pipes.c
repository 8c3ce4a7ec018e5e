/* Pipes: order, ends, blocking, atomicity. */
#include "guest/bin/stress/stress.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void open_pipe(int fds[2])
{
    CHECK(pipe(fds) == 0);
}

static void pipe_bytes(void)
{
    int fds[2];
    char text[16];
    open_pipe(fds);
    CHECK(write(fds[1], "hello, ", 7) == 7);
    CHECK(write(fds[1], "pipe", 4) == 4);
    CHECK(read(fds[0], text, 3) == 3);
    CHECK(read(fds[0], text + 3, sizeof(text) - 3) == 8); /* what is there, not all that is asked */
    CHECK(memcmp(text, "hello, pipe", 11) == 0);
    CHECK(write(fds[1], "", 0) == 0);
    CHECK(read(fds[0], text, 0) == 0);
}

static void pipe_end(void)
{
    int fds[2];
    char byte;
    open_pipe(fds);
    int copy = dup2(fds[1], 20);
    CHECK(copy == 20);
    pid_t child = test_fork();
    if (child == 0) {
        close(fds[0]);
        close(copy);
        test_sleep_ms(20);
        test_write(fds[1], "z", 1);
        _exit(0);
    }
    close(fds[1]);
    test_read(fds[0], &byte, 1);
    test_wait_exit(child, 0);
    test_write(copy, "c", 1);
    close(copy);
    test_read(fds[0], &byte, 1); /* what was written is read before the end */
    CHECK(byte == 'c');
    CHECK(read(fds[0], &byte, 1) == 0);
    CHECK(read(fds[0], &byte, 1) == 0);
}

static void write_broken(void)
{
    int fds[2];
    open_pipe(fds);
    close(fds[0]);
    CHECK(write(fds[1], "x", 1) < 0);
}

static void pipe_broken(void)
{
    int fds[2];
    test_dies(write_broken, SIGPIPE);
    signal(SIGPIPE, SIG_IGN);
    open_pipe(fds);
    test_write(fds[1], "lost", 4);
    close(fds[0]);
    CHECK_ERROR(write(fds[1], "x", 1), EPIPE);
    CHECK(write(fds[1], "", 0) == 0);
}

/* A writer that waits for room learns that nobody will read any more. */
static void pipe_breaks(void)
{
    static char data[PAGE];
    int fds[2];
    signal(SIGPIPE, SIG_IGN);
    open_pipe(fds);
    pid_t child = test_fork();
    if (child == 0) {
        close(fds[0]);
        while (write(fds[1], data, sizeof(data)) > 0)
            continue;
        _exit(errno == EPIPE ? 0 : STATUS_FAILED);
    }
    close(fds[1]);
    test_sleep_ms(50);
    close(fds[0]);
    test_wait_exit(child, 0);
}

static void pipe_large(void)
{
    enum { SIZE = 300 * 1000 + 7 };
    static unsigned char data[SIZE];
    int fds[2];
    open_pipe(fds);
    pid_t child = test_fork();
    if (child == 0) {
        close(fds[0]);
        for (size_t i = 0; i < SIZE; i++)
            data[i] = test_byte(i);
        _exit(write(fds[1], data, SIZE) == SIZE ? 0 : STATUS_FAILED);
    }
    close(fds[1]);
    size_t done = 0;
    for (size_t wanted = 1; done < SIZE; wanted = wanted * 3 % 10007 + 1) {
        ssize_t count = read(fds[0], data, wanted);
        CHECK(count > 0 && (size_t)count <= wanted);
        for (ssize_t i = 0; i < count; i++)
            CHECK(data[i] == test_byte(done + (size_t)i));
        done += (size_t)count;
    }
    CHECK(read(fds[0], data, 1) == 0);
    test_wait_exit(child, 0);
}

enum { WRITERS = 4, RECORDS = 60, RECORD = 700 };

/* Writes of up to PIPE_BUF (4096) bytes arrive in one piece, whoever else writes. */
static void pipe_atomic(void)
{
    int fds[2];
    char record[RECORD];
    int seen[WRITERS] = {0};
    pid_t writers[WRITERS];
    open_pipe(fds);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = test_fork();
        if (writers[i] == 0) {
            memset(record, 'a' + i, sizeof(record));
            for (int j = 0; j < RECORDS; j++)
                CHECK(write(fds[1], record, sizeof(record)) == sizeof(record));
            _exit(0);
        }
    }
    close(fds[1]);
    for (int i = 0; i < WRITERS * RECORDS; i++) {
        test_read(fds[0], record, sizeof(record));
        for (size_t j = 1; j < sizeof(record); j++)
            CHECK(record[j] == record[0]);
        CHECK(record[0] >= 'a' && record[0] < 'a' + WRITERS);
        seen[record[0] - 'a']++;
    }
    CHECK(read(fds[0], record, 1) == 0);
    for (int i = 0; i < WRITERS; i++) {
        CHECK(seen[i] == RECORDS);
        test_wait_exit(writers[i], 0);
    }
}

/* Many readers: each byte reaches exactly one. */
static void pipe_readers(void)
{
    enum { READERS = 3, BYTES = 999 };
    int fds[2];
    pid_t readers[READERS];
    int total = 0;
    int counts[2];
    open_pipe(fds);
    open_pipe(counts);
    for (int i = 0; i < READERS; i++) {
        readers[i] = test_fork();
        if (readers[i] == 0) {
            char byte;
            int count = 0;
            close(fds[1]);
            while (read(fds[0], &byte, 1) == 1)
                count++;
            test_write(counts[1], &count, sizeof(count));
            _exit(0);
        }
    }
    for (int i = 0; i < BYTES; i++)
        test_write(fds[1], "x", 1);
    close(fds[1]);
    for (int i = 0; i < READERS; i++) {
        int count;
        test_read(counts[0], &count, sizeof(count));
        total += count;
        test_wait_exit(readers[i], 0);
    }
    CHECK(total == BYTES);
}

static void pipe_refuses(void)
{
    int fds[2];
    char byte;
    struct stat file;
    open_pipe(fds);
    CHECK_ERROR(read(fds[1], &byte, 1), EBADF);
    CHECK_ERROR(write(fds[0], "x", 1), EBADF);
    CHECK_ERROR(lseek(fds[0], 0, SEEK_SET), ESPIPE);
    CHECK(fstat(fds[0], &file) == 0 && (file.st_mode & S_IFMT) == S_IFIFO);
    CHECK(!isatty(fds[0]));
}

/* Process N hands on what it gets from process N - 1. */
static void pipe_chain(void)
{
    enum { LINKS = 10 };
    int input;
    int fds[2];
    char byte;
    open_pipe(fds);
    test_write(fds[1], "chain", 5);
    close(fds[1]);
    input = fds[0];
    for (int i = 0; i < LINKS; i++) {
        open_pipe(fds);
        if (test_fork() == 0) {
            close(fds[0]);
            while (read(input, &byte, 1) == 1)
                test_write(fds[1], &byte, 1);
            _exit(0);
        }
        close(input);
        close(fds[1]);
        input = fds[0];
    }
    char text[6];
    test_read(input, text, 5);
    CHECK(memcmp(text, "chain", 5) == 0);
    CHECK(read(input, text, 1) == 0);
    while (wait(NULL) > 0)
        continue;
}

static void pipe_round_trips(void)
{
    int to[2];
    int from[2];
    open_pipe(to);
    open_pipe(from);
    pid_t child = test_fork();
    if (child == 0) {
        int number;
        close(to[1]);
        while (read(to[0], &number, sizeof(number)) == sizeof(number)) {
            number++;
            test_write(from[1], &number, sizeof(number));
        }
        _exit(0);
    }
    for (int i = 0; i < 500; i++) {
        int number = i;
        test_write(to[1], &number, sizeof(number));
        test_read(from[0], &number, sizeof(number));
        CHECK(number == i + 1);
    }
    close(to[1]);
    test_wait_exit(child, 0);
}

static const struct test tests[] = {
    {"pipe_bytes", "a pipe gives out in order what was put in", pipe_bytes},
    {"pipe_end", "a pipe ends when its last writer has closed it", pipe_end},
    {"pipe_broken", "writing where nobody reads is SIGPIPE, or EPIPE", pipe_broken},
    {"pipe_breaks", "also for one who has already waited to write", pipe_breaks},
    {"pipe_large", "300 KB go through a pipe in odd portions", pipe_large},
    {"pipe_atomic", "records of four writers stay whole", pipe_atomic},
    {"pipe_readers", "each byte reaches one of three readers", pipe_readers},
    {"pipe_refuses", "the ends of a pipe are for one direction, and have no place", pipe_refuses},
    {"pipe_chain", "bytes pass through a chain of ten processes", pipe_chain},
    {"pipe_round_trips", "two processes answer each other 500 times", pipe_round_trips},
};

const struct test_group pipe_tests = {tests, sizeof(tests) / sizeof(tests[0])};
