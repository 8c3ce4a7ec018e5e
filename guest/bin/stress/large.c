/* Large pages: memory that a program has advised to come 2 MiB at a time. What is in it must be as
 * in any other memory, whatever parts of it are shared, protected or unmapped.
 *
 * How much really lies in large pages only our own kernel has to tell exactly; Linux may have none
 * left, or join small ones at any moment.
 */
#include "guest/bin/proc.h"
#include "guest/bin/stress/stress.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    RW = PROT_READ | PROT_WRITE,
    PRIVATE = MAP_PRIVATE | MAP_ANONYMOUS,
    LARGE = 512 * PAGE,
    PARTS = 512,
};

/* Room for so many large pages, which is asked for as such, and nothing around it. */
static char *map_large(size_t count)
{
    size_t size = (count + 1) * LARGE;
    char *memory = mmap(NULL, size, RW, PRIVATE, -1, 0);
    CHECK(memory != MAP_FAILED);
    size_t skip = (LARGE - (uintptr_t)memory % LARGE) % LARGE;
    if (skip > 0)
        CHECK(munmap(memory, skip) == 0);
    CHECK(munmap(memory + skip + count * LARGE, LARGE - skip) == 0);
    CHECK(madvise(memory + skip, count * LARGE, MADV_HUGEPAGE) == 0);
    return memory + skip;
}

/* So many large pages does this process have, says the kernel. */
static void check_count(int64_t count)
{
    if (test_own_kernel())
        CHECK(proc_large_kib() == count * (LARGE / 1024));
}

/* The first and the last byte of each page. */
static void fill(char *memory, size_t pages, char byte)
{
    for (size_t i = 0; i < pages; i++)
        memory[i * PAGE] = memory[i * PAGE + PAGE - 1] = byte;
}

static bool is_filled(const char *memory, size_t pages, char byte)
{
    for (size_t i = 0; i < pages; i++) {
        if (memory[i * PAGE] != byte || memory[i * PAGE + PAGE - 1] != byte)
            return false;
    }
    return true;
}

static void large_given(void)
{
    char *memory = map_large(2);
    check_count(0);
    for (size_t i = 0; i < LARGE; i++)
        CHECK(memory[i] == 0);
    check_count(1);
    fill(memory, 2 * PARTS, 'g');
    check_count(2);
    CHECK(is_filled(memory, 2 * PARTS, 'g'));
    CHECK(munmap(memory, LARGE) == 0);
    check_count(1);
    CHECK(is_filled(memory + LARGE, PARTS, 'g'));
    CHECK(mmap(memory, LARGE, RW, PRIVATE | MAP_FIXED, -1, 0) == memory);
    CHECK(is_filled(memory, PARTS, 0));
    check_count(1); /* that was not asked for */
    CHECK(munmap(memory, 2 * LARGE) == 0);
    check_count(0);
}

/* Not where there is no room for all of one, or a part of it is there already. */
static void large_not(void)
{
    char *memory = map_large(3);
    CHECK(munmap(memory, PAGE) == 0);
    CHECK(munmap(memory + 3 * LARGE - PAGE, PAGE) == 0);
    CHECK(madvise(memory + LARGE, LARGE, MADV_NOHUGEPAGE) == 0);
    memory[LARGE] = 1;
    CHECK(madvise(memory + LARGE, LARGE, MADV_HUGEPAGE) == 0);
    fill(memory + PAGE, 3 * PARTS - 2, 'n');
    check_count(0);
    CHECK(is_filled(memory + PAGE, 3 * PARTS - 2, 'n'));
    CHECK(munmap(memory, 3 * LARGE) == 0);
}

static void large_refused(void)
{
    char *memory = map_large(1);
    CHECK_ERROR(madvise(memory + 1, PAGE, MADV_HUGEPAGE), EINVAL);
    CHECK_ERROR(madvise(memory, PAGE, 12345), EINVAL);
    CHECK_ERROR(madvise(memory, 2 * LARGE, MADV_HUGEPAGE), ENOMEM);
    CHECK_ERROR(madvise(NULL, PAGE, MADV_HUGEPAGE), ENOMEM);
    CHECK(madvise(memory, 0, MADV_HUGEPAGE) == 0);
    CHECK(munmap(memory, LARGE) == 0);
}

static void large_fork(void)
{
    char *memory = map_large(2);
    fill(memory, 2 * PARTS, 'p');
    pid_t child = test_fork();
    if (child == 0) {
        check_count(2);
        CHECK(is_filled(memory, 2 * PARTS, 'p'));
        fill(memory + 3 * PAGE, 1, 'c');
        check_count(1); /* it is cut up, rather than copied as a whole */
        CHECK(is_filled(memory, 3, 'p') && is_filled(memory + 3 * PAGE, 1, 'c'));
        CHECK(is_filled(memory + 4 * PAGE, 2 * PARTS - 4, 'p'));
        pid_t grandchild = test_fork();
        if (grandchild == 0) {
            fill(memory, 2 * PARTS, 'g');
            _exit(is_filled(memory, 2 * PARTS, 'g') ? 0 : STATUS_FAILED);
        }
        test_wait_exit(grandchild, 0);
        CHECK(is_filled(memory + 3 * PAGE, 1, 'c') && is_filled(memory + LARGE, PARTS, 'p'));
        _exit(0);
    }
    test_wait_exit(child, 0);
    CHECK(is_filled(memory, 2 * PARTS, 'p'));
    fill(memory, 2 * PARTS, 'q'); /* nobody else has it any more */
    check_count(2);
    CHECK(munmap(memory, 2 * LARGE) == 0);
}

/* Both write while both live. */
static void large_fork_both(void)
{
    int gate[2];
    char byte;
    char *memory = map_large(1);
    fill(memory, PARTS, 'a');
    CHECK(pipe(gate) == 0);
    pid_t child = test_fork();
    if (child == 0) {
        fill(memory, 10, 'c');
        test_read(gate[0], &byte, 1);
        CHECK(is_filled(memory, 10, 'c'));
        _exit(is_filled(memory + 10 * PAGE, PARTS - 10, 'a') ? 0 : STATUS_FAILED);
    }
    fill(memory + 5 * PAGE, PARTS - 5, 'b');
    CHECK(is_filled(memory, 5, 'a') && is_filled(memory + 5 * PAGE, PARTS - 5, 'b'));
    CHECK(munmap(memory + 20 * PAGE, PAGE) == 0);
    test_write(gate[1], "g", 1);
    test_wait_exit(child, 0);
    CHECK(munmap(memory, LARGE) == 0);
}

static char *victim; /* of those that must die */

static void write_victim(void)
{
    *(volatile char *)victim = 1;
}

static void large_hole(void)
{
    char *memory = map_large(2);
    fill(memory, 2 * PARTS, 'h');
    victim = memory + 100 * PAGE;
    CHECK(munmap(victim, PAGE) == 0);
    check_count(1);
    CHECK(is_filled(memory, 100, 'h') && is_filled(victim + PAGE, 2 * PARTS - 101, 'h'));
    test_dies(write_victim, SIGSEGV);
    CHECK(munmap(memory + LARGE - PAGE, 2 * PAGE) == 0); /* of two of them */
    check_count(0);
    CHECK(is_filled(memory + LARGE + PAGE, PARTS - 1, 'h'));
    CHECK(mmap(victim, PAGE, RW, PRIVATE | MAP_FIXED, -1, 0) == victim);
    CHECK(is_filled(victim, 1, 0) && is_filled(victim + PAGE, PARTS - 102, 'h'));
    CHECK(munmap(memory, 2 * LARGE) == 0);
}

static void large_protect(void)
{
    char *memory = map_large(2);
    fill(memory, 2 * PARTS, 'p');
    victim = memory + LARGE + 7 * PAGE;
    CHECK(mprotect(memory, 2 * LARGE, PROT_READ) == 0);
    check_count(2); /* all of both: no reason to cut them up */
    CHECK(is_filled(memory, 2 * PARTS, 'p'));
    test_dies(write_victim, SIGSEGV);
    CHECK(mprotect(memory, 2 * LARGE, PROT_NONE) == 0);
    test_dies(write_victim, SIGSEGV);
    CHECK(mprotect(memory, 2 * LARGE, RW) == 0);
    check_count(2);
    CHECK(is_filled(memory, 2 * PARTS, 'p'));
    fill(memory, PARTS, 'q');
    CHECK(mprotect(victim, PAGE, PROT_READ) == 0);
    check_count(1);
    test_dies(write_victim, SIGSEGV);
    fill(victim + PAGE, 1, 'r');
    CHECK(is_filled(memory, PARTS, 'q') && is_filled(memory + LARGE, 8, 'p'));
    CHECK(mprotect(memory, 2 * LARGE, RW) == 0);
    fill(victim, 1, 's');
    CHECK(is_filled(victim, 1, 's') && is_filled(victim + PAGE, 1, 'r'));
    CHECK(munmap(memory, 2 * LARGE) == 0);
}

/* The kernel reads and writes across the border of two, one of which is shared. */
static void large_kernel(void)
{
    enum { BYTES = 3 * PAGE };
    int fds[2];
    static char expected[BYTES];
    char *memory = map_large(2);
    char *border = memory + LARGE - BYTES / 2;
    for (size_t i = 0; i < BYTES; i++)
        expected[i] = border[i] = (char)test_byte(i);
    CHECK(pipe(fds) == 0);
    pid_t child = test_fork();
    if (child == 0) {
        test_write(fds[1], border, BYTES);
        _exit(0);
    }
    memset(border, 0, BYTES);
    test_read(fds[0], border, BYTES);
    test_wait_exit(child, 0);
    CHECK(memcmp(border, expected, BYTES) == 0);
    CHECK(is_filled(memory, PARTS - 2, 0) && is_filled(memory + LARGE + 2 * PAGE, PARTS - 2, 0));
    CHECK(munmap(memory, 2 * LARGE) == 0);
}

static void large_no_longer(void)
{
    char *memory = map_large(2);
    fill(memory, 2 * PARTS, 'l');
    CHECK(madvise(memory + LARGE, PAGE, MADV_NOHUGEPAGE) == 0);
    check_count(1);
    CHECK(is_filled(memory, 2 * PARTS, 'l'));
    CHECK(madvise(memory, 2 * LARGE, MADV_NOHUGEPAGE) == 0);
    check_count(0);
    CHECK(is_filled(memory, 2 * PARTS, 'l'));
    CHECK(munmap(memory, 2 * LARGE) == 0);
}

/* Takes all memory, in large pages as far as they are to be had. Returns whether that is most. */
static bool take_all(void)
{
    size_t total = 0;
    for (size_t size = (size_t)128 * LARGE; size >= LARGE; size /= 2) {
        char *memory = mmap(NULL, size, RW, PRIVATE, -1, 0);
        if (memory == MAP_FAILED)
            continue;
        CHECK(madvise(memory, size, MADV_HUGEPAGE) == 0);
        for (size_t i = 0; i < size; i += LARGE)
            memory[i] = 1;
        total += size;
        size *= 2;
    }
    return total > 4 * LARGE && (uint64_t)proc_large_kib() * 1024 > total / 2;
}

/* When all was in large pages, single ones come out of them, and what is then in pieces does as
 * well where large ones are asked for. */
static void large_all(void)
{
    enum { SINGLE = 4000 };
    if (!test_own_kernel())
        test_skip("Linux promises more memory than it has, and then kills");
    pid_t child = test_fork();
    if (child == 0)
        _exit(take_all() ? 0 : STATUS_FAILED);
    test_wait_exit(child, 0);
    char *single = mmap(NULL, SINGLE * PAGE, RW, PRIVATE, -1, 0);
    CHECK(single != MAP_FAILED);
    CHECK(is_filled(single, SINGLE, 0));
    fill(single, SINGLE, 's');
    char *memory = map_large(2);
    CHECK(is_filled(memory, 2 * PARTS, 0));
    fill(memory, 2 * PARTS, 'a');
    CHECK(is_filled(memory, 2 * PARTS, 'a') && is_filled(single, SINGLE, 's'));
    CHECK(munmap(memory, 2 * LARGE) == 0);
    CHECK(munmap(single, SINGLE * PAGE) == 0);
}

/* Anything, in any order, beside a list of what must be in each page. */
enum { WALK_PAGES = 2 * PARTS, WALK_STEPS = 120, GONE = -1 };

struct walk {
    uint32_t random;
    char *memory;
    short expected[WALK_PAGES]; /* the byte, or GONE: not mapped */
};

static uint32_t draw(struct walk *walk, uint32_t below)
{
    walk->random = walk->random * 1664525 + 1013904223;
    return (walk->random >> 8) % below;
}

static void walk_check(const struct walk *walk)
{
    for (size_t i = 0; i < WALK_PAGES; i++) {
        if (walk->expected[i] != GONE)
            CHECK(walk->memory[i * PAGE] == (char)walk->expected[i]);
    }
}

static void walk_step(struct walk *walk)
{
    size_t first = draw(walk, WALK_PAGES);
    size_t count = 1 + draw(walk, draw(walk, 4) == 0 ? WALK_PAGES : 8);
    if (count > WALK_PAGES - first)
        count = WALK_PAGES - first;
    char *start = walk->memory + first * PAGE;
    short byte = (short)(1 + draw(walk, 100));
    switch (draw(walk, 6)) {
    case 0: /* a fresh mapping, whatever is there, asked for as large again */
        CHECK(mmap(start, count * PAGE, RW, PRIVATE | MAP_FIXED, -1, 0) == start);
        CHECK(madvise(walk->memory + first * PAGE, count * PAGE, MADV_HUGEPAGE) == 0);
        for (size_t i = first; i < first + count; i++)
            walk->expected[i] = 0;
        break;
    case 1: /* three times as many pages are mapped as unmapped */
        CHECK(munmap(start, (count + 2) / 3 * PAGE) == 0);
        for (size_t i = first; i < first + (count + 2) / 3; i++)
            walk->expected[i] = GONE;
        break;
    case 2: /* the same is there after rights have changed twice */
        if (mprotect(start, count * PAGE, PROT_READ) < 0)
            CHECK(errno == ENOMEM); /* there is a hole, and what lies before it may have changed */
        for (size_t i = first; i < first + count; i++) {
            if (walk->expected[i] != GONE)
                CHECK(mprotect(walk->memory + i * PAGE, PAGE, RW) == 0);
        }
        break;
    default:
        for (size_t i = first; i < first + count; i++) {
            if (walk->expected[i] == GONE)
                continue;
            walk->memory[i * PAGE] = (char)byte;
            walk->expected[i] = byte;
        }
    }
}

static void large_walk(void)
{
    static struct walk walk = {.random = 38};
    walk.memory = map_large(WALK_PAGES / PARTS);
    printf("# seed %u\n", (unsigned int)walk.random);
    for (int i = 0; i < WALK_STEPS; i++) {
        walk_step(&walk);
        if (i % 4 != 0)
            continue;
        pid_t child = test_fork();
        if (child == 0) {
            walk_step(&walk);
            walk_check(&walk);
            _exit(0);
        }
        walk_step(&walk); /* while the child has it, too */
        test_wait_exit(child, 0);
        walk_check(&walk);
    }
    CHECK(munmap(walk.memory, WALK_PAGES * PAGE) == 0);
    check_count(0);
}

static const struct test tests[] = {
    {"large_given", "large pages come where they are asked for, full of zeros", large_given},
    {"large_not", "and not where a part of one is there already", large_not},
    {"large_refused", "madvise refuses what makes no sense", large_refused},
    {"large_fork", "a forked child shares them, and writes into pages of its own", large_fork},
    {"large_fork_both", "both may write while both live", large_fork_both},
    {"large_hole", "a hole in one leaves the rest", large_hole},
    {"large_protect", "rights of all of one, and of a part", large_protect},
    {"large_kernel", "the kernel copies to and from them", large_kernel},
    {"large_no_longer", "what is in them stays when they are no longer wanted", large_no_longer},
    {"large_all", "all memory can be had in large pages, and single ones out of them", large_all},
    {"large_walk", "anything in any order", large_walk},
};

const struct test_group large_tests = {tests, sizeof(tests) / sizeof(tests[0])};
