/* machine.c: a host of the test's own for boards; see machine.h. */
#include "tests/board/machine.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t host_clock(void *owner)
{
    struct test_host *host = owner;

    host->asked++;
    host->ticks += random_below(&host->random, 40);
    return host->ticks;
}

static bool host_console(void *owner, uint16_t *typed)
{
    struct test_host *host = owner;

    host->asked++;
    if (host->typing == 0 || random_below(&host->random, host->typing) != 0)
        return false;
    *typed = (uint16_t)('a' + random_below(&host->random, 26));
    return true;
}

static uint64_t host_entropy(void *owner)
{
    struct test_host *host = owner;

    host->asked++;
    return random_next(&host->random);
}

static void host_output(void *owner, uint8_t byte)
{
    struct test_host *host = owner;

    if (host->used < sizeof host->output - 1)
        host->output[host->used] = (char)byte;
    host->used++;
}

static bool host_wait(void *owner, uint64_t nanoseconds)
{
    struct test_host *host = owner;

    if (nanoseconds == UINT64_MAX) {
        host->asleep = true;
        return host->typing != 0;
    }
    host->ticks += nanoseconds / 100;
    return true;
}

static bool host_quit(void *owner)
{
    (void)owner;
    return false;
}

void test_host_init(struct test_host *host, uint64_t seed, unsigned typing)
{
    *host = (struct test_host){.random = {.state = seed}, .typing = typing};
}

void test_program(char path[TEST_PATH], const char *name)
{
    ssize_t length = readlink("/proc/self/exe", path, TEST_PATH - 64);

    if (length <= 0)
        abort(); /* there is always one */
    path[length] = '\0';
    /* .../tests/unit/test_NAME -> .../tests/board/name */
    *strrchr(path, '/') = '\0';
    *strrchr(path, '/') = '\0';
    strncat(path, "/board/", 8);
    strncat(path, name, 32);
}

struct board_config test_config(struct test_host *host, const char *kernel)
{
    return (struct board_config){
        .engine = &engine_interp,
        .harts = 1,
        .memory = 16 << 20,
        .kernel = kernel,
        .bootargs = "",
        .firmware = FIRMWARE_SBI,
        .deterministic = true,
        .host = {.sources = {.clock = host_clock,
                             .console = host_console,
                             .entropy = host_entropy,
                             .owner = host},
                 .output = host_output,
                 .wait = host_wait,
                 .quit = host_quit,
                 .owner = host},
    };
}

struct board *test_board(const struct board_config *config)
{
    struct err err = {0};
    struct board *board = board_new(config, &err);

    if (board == NULL) {
        err_print(&err, stdout);
        exit(EXIT_FAILURE);
    }
    return board;
}
