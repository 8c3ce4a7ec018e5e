/*
 * machine.h: boards for tests: the programs of this folder on a host that is all the test's.
 *
 * The host's clock jumps, keys are typed when nobody expects them, and what is printed is kept; all
 * of it by the seed, so a test can have the same host twice, or another one.
 */
#ifndef TRIVIUM_TESTS_BOARD_MACHINE_H
#define TRIVIUM_TESTS_BOARD_MACHINE_H

#include <stddef.h>

#include "emu/board/board.h"
#include "tests/random.h"

struct test_host {
    struct random random;
    uint64_t ticks;    /* of its clock */
    unsigned typing;   /* one look at the console in that many finds a key; 0: none ever does */
    bool asleep;       /* the machine went to sleep without anything that could wake it */
    unsigned asked;    /* how often the host was asked for clock, console or entropy */
    size_t used;       /* bytes of output */
    char output[4096]; /* the first of them, and a NUL */
};

void test_host_init(struct test_host *host, uint64_t seed, unsigned typing);

/* The path of a program of this folder, in `path`. */
#define TEST_PATH 4096
void test_program(char path[TEST_PATH], const char *name);

/* How most tests want it: 1 hart, 16 MiB, firmware, deterministic. The caller changes the rest. */
struct board_config test_config(struct test_host *host, const char *kernel);

/* A board; without one the test program ends, and says why. */
struct board *test_board(const struct board_config *config);

#endif
