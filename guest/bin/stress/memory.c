/* Memory: copy on write, the heap's end, mappings and their rights. */
#include "guest/bin/stress/stress.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RW = PROT_READ | PROT_WRITE, PRIVATE = MAP_PRIVATE | MAP_ANONYMOUS };

static volatile int written = 1;          /* .data */
static volatile char untouched[8 * PAGE]; /* .bss */

static char *map_pages(size_t pages)
{
    char *memory = mmap(NULL, pages * PAGE, RW, PRIVATE, -1, 0);
    CHECK(memory != MAP_FAILED);
    return memory;
}

static bool all_bytes(const char *memory, size_t size, char byte)
{
    for (size_t i = 0; i < size; i++) {
        if (memory[i] != byte)
            return false;
    }
    return true;
}

static void cow_child(void)
{
    volatile int local = 10;
    written = 1;
    pid_t child = test_fork();
    if (child == 0) {
        written = 2;
        local = 20;
        _exit(written == 2 && local == 20 ? 0 : STATUS_FAILED);
    }
    test_wait_exit(child, 0);
    CHECK(written == 1 && local == 10);
}

static void cow_parent(void)
{
    int gate[2];
    char byte;
    char *memory = map_pages(16);
    memset(memory, 'a', 16 * PAGE);
    CHECK(pipe(gate) == 0);
    pid_t child = test_fork();
    if (child == 0) {
        test_read(gate[0], &byte, 1);
        _exit(all_bytes(memory, 16 * PAGE, 'a') ? 0 : STATUS_FAILED);
    }
    memset(memory, 'b', 16 * PAGE);
    test_write(gate[1], "g", 1);
    test_wait_exit(child, 0);
    CHECK(all_bytes(memory, 16 * PAGE, 'b'));
}

/* Each generation changes one page of its parent's and checks all others. */
static int generation(char *memory, int number)
{
    enum { GENERATIONS = 8 };
    memory[number * PAGE] = (char)('A' + number);
    for (int i = 0; i < GENERATIONS; i++) {
        char expected = i <= number ? (char)('A' + i) : 'z';
        if (memory[i * PAGE] != expected)
            return STATUS_FAILED;
    }
    if (number + 1 < GENERATIONS) {
        pid_t child = test_fork();
        if (child == 0)
            _exit(generation(memory, number + 1));
        test_wait_exit(child, 0);
    }
    /* The descendants changed nothing here. */
    for (int i = number + 1; i < GENERATIONS; i++) {
        if (memory[i * PAGE] != 'z')
            return STATUS_FAILED;
    }
    return 0;
}

static void cow_generations(void)
{
    char *memory = map_pages(8);
    memset(memory, 'z', 8 * PAGE);
    CHECK(generation(memory, 0) == 0);
}

/* The kernel writes into a shared page as the process would: the other one does not see it. */
static void cow_kernel(void)
{
    int fds[2];
    char *memory = map_pages(2);
    memset(memory, 'p', 2 * PAGE);
    CHECK(pipe(fds) == 0);
    test_write(fds[1], "0123456789", 10);
    pid_t child = test_fork();
    if (child == 0) {
        test_read(fds[0], memory + PAGE - 5, 10);
        _exit(memcmp(memory + PAGE - 5, "0123456789", 10) == 0 ? 0 : STATUS_FAILED);
    }
    test_wait_exit(child, 0);
    CHECK(all_bytes(memory, 2 * PAGE, 'p'));
}

static void heap(void)
{
    char *start = sbrk(0);
    CHECK(sbrk(3 * PAGE + 100) == start);
    CHECK(all_bytes(start, 3 * PAGE + 100, 0));
    memset(start, 'h', 3 * PAGE + 100);
    CHECK(sbrk(-2 * PAGE) == start + 3 * PAGE + 100);
    CHECK(all_bytes(start, PAGE + 100, 'h'));
    CHECK(sbrk(2 * PAGE) == start + PAGE + 100);
    CHECK(all_bytes(start, PAGE + 100, 'h'));
    /* Whole pages that were given back come back empty. */
    char *beyond = (char *)(((uintptr_t)start + PAGE + 100 + PAGE - 1) & ~(uintptr_t)(PAGE - 1));
    CHECK(all_bytes(beyond, (size_t)(start + 3 * PAGE + 100 - beyond), 0));
    CHECK(brk(start) == 0 && sbrk(0) == start);
}

static void heap_limits(void)
{
    char *start = sbrk(0);
    CHECK(brk((void *)((uintptr_t)1 << 62)) < 0 && sbrk(0) == start);
    CHECK(brk((void *)PAGE) < 0 && sbrk(0) == start);
}

static void touch_given_back(void)
{
    volatile char *start = sbrk(2 * PAGE);
    start[2 * PAGE - 1] = 1;
    sbrk(-2 * PAGE);
    start[2 * PAGE - 1] = 1;
}

static void heap_shrunk(void)
{
    test_dies(touch_given_back, SIGSEGV);
}

static void map_zero(void)
{
    char *memory = map_pages(64);
    CHECK((uintptr_t)memory % PAGE == 0);
    CHECK(all_bytes(memory, 64 * PAGE, 0));
    memset(memory, 'm', 64 * PAGE);
    CHECK(munmap(memory, 64 * PAGE) == 0);
    memory = map_pages(64);
    CHECK(all_bytes(memory, 64 * PAGE, 0));
    CHECK(munmap(memory, 64 * PAGE) == 0);
}

static void map_refused(void)
{
    char *memory = map_pages(1);
    CHECK(mmap(NULL, 0, RW, PRIVATE, -1, 0) == MAP_FAILED && errno == EINVAL);
    CHECK(mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EINVAL);
    CHECK(mmap(memory + 1, PAGE, RW, PRIVATE | MAP_FIXED, -1, 0) == MAP_FAILED && errno == EINVAL);
    CHECK(mmap(NULL, (size_t)1 << 62, RW, PRIVATE, -1, 0) == MAP_FAILED && errno == ENOMEM);
    CHECK(mmap(NULL, SIZE_MAX, RW, PRIVATE, -1, 0) == MAP_FAILED && errno == ENOMEM);
    CHECK_ERROR(munmap(memory + 1, PAGE), EINVAL);
    CHECK_ERROR(munmap(memory, 0), EINVAL);
    CHECK_ERROR(mprotect(memory + 1, PAGE, RW), EINVAL);
    CHECK(munmap(memory, PAGE) == 0);
    CHECK(munmap(memory, PAGE) == 0); /* nothing there: no error, as everywhere */
    CHECK_ERROR(mprotect(memory, PAGE, RW), ENOMEM);
}

/* Cuts a mapping in three: the outer parts stay. */
static void map_hole(void)
{
    char *memory = map_pages(9);
    memset(memory, 'h', 9 * PAGE);
    CHECK(munmap(memory + 3 * PAGE, 3 * PAGE) == 0);
    CHECK(all_bytes(memory, 3 * PAGE, 'h') && all_bytes(memory + 6 * PAGE, 3 * PAGE, 'h'));
    CHECK(mmap(memory + 4 * PAGE, PAGE, RW, PRIVATE | MAP_FIXED, -1, 0) == memory + 4 * PAGE);
    CHECK(all_bytes(memory + 4 * PAGE, PAGE, 0));
    CHECK(munmap(memory, 9 * PAGE) == 0);
}

static void map_fixed(void)
{
    char *memory = map_pages(4);
    memset(memory, 'f', 4 * PAGE);
    CHECK(mmap(memory + PAGE, 2 * PAGE, RW, PRIVATE | MAP_FIXED, -1, 0) == memory + PAGE);
    CHECK(all_bytes(memory, PAGE, 'f') && all_bytes(memory + 3 * PAGE, PAGE, 'f'));
    CHECK(all_bytes(memory + PAGE, 2 * PAGE, 0));
    CHECK(munmap(memory, 4 * PAGE) == 0);
}

static void protect_keeps(void)
{
    char *memory = map_pages(3);
    memset(memory, 'p', 3 * PAGE);
    CHECK(mprotect(memory + PAGE, PAGE, PROT_READ) == 0);
    CHECK(all_bytes(memory, 3 * PAGE, 'p'));
    CHECK(mprotect(memory + PAGE, PAGE, PROT_NONE) == 0);
    CHECK(mprotect(memory, 3 * PAGE, RW) == 0);
    CHECK(all_bytes(memory, 3 * PAGE, 'p'));
    memset(memory, 'q', 3 * PAGE);
    pid_t child = test_fork();
    if (child == 0) {
        CHECK(mprotect(memory, 3 * PAGE, PROT_READ) == 0);
        CHECK(mprotect(memory, 3 * PAGE, RW) == 0);
        memset(memory, 'r', 3 * PAGE);
        _exit(0);
    }
    test_wait_exit(child, 0);
    CHECK(all_bytes(memory, 3 * PAGE, 'q'));
    CHECK(munmap(memory, 3 * PAGE) == 0);
}

/* What had different rights for a while is one mapping again, however often that happens: of zeros,
 * and of a file. */
static void protect_joins(void)
{
    enum { PAGES = 200 };
    char *memory = map_pages(PAGES);
    test_enter_folder();
    test_make_file("f", PAGES * PAGE);
    int fd = open("f", O_RDONLY);
    char *file = mmap(NULL, PAGES * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(file != MAP_FAILED && close(fd) == 0 && unlink("f") == 0);
    for (size_t i = 1; i < PAGES; i += 2) {
        memory[i * PAGE] = 'j';
        CHECK(mprotect(memory + i * PAGE, PAGE, PROT_READ) == 0);
        CHECK(mprotect(memory + i * PAGE, PAGE, RW) == 0);
        memory[i * PAGE] = 'k';
        CHECK(mprotect(file + i * PAGE, PAGE, PROT_NONE) == 0);
        CHECK(mprotect(file + i * PAGE, PAGE, PROT_READ) == 0);
        CHECK((unsigned char)file[i * PAGE] == test_byte(i * PAGE));
    }
    CHECK(munmap(file, PAGES * PAGE) == 0 && munmap(memory, PAGES * PAGE) == 0);
    test_leave_folder();
}

/* A file that is not open for reading cannot be mapped: it would be read. */
static void map_unreadable(void)
{
    test_enter_folder();
    int fd = open("f", O_WRONLY | O_CREAT, 0644);
    test_write(fd, "secret", 6);
    CHECK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED && errno == EACCES);
    CHECK(close(fd) == 0 && unlink("f") == 0);
    test_leave_folder();
}

/* Each of these must end by SIGSEGV. */

static void touch_null(void)
{
    volatile uintptr_t address = 8; /* so that the compiler does not see what it is */
    *(volatile char *)address = 1;
}

static void read_kernel(void)
{
    written = *(volatile char *)((uintptr_t)-1 << 38); /* the upper half, on every ISA */
}

static void read_top(void)
{
    written = *(volatile char *)(uintptr_t)-8;
}

static void write_code(void)
{
    *(volatile char *)(uintptr_t)write_code = 1;
}

static void write_constant(void)
{
    static const char constant[] = "constant";
    *(volatile char *)(uintptr_t)constant = 1;
}

static void touch_unmapped(void)
{
    volatile char *memory = map_pages(1);
    memory[0] = 1;
    munmap((void *)(uintptr_t)memory, PAGE);
    memory[0] = 1;
}

static void write_protected(void)
{
    volatile char *memory = map_pages(1);
    memory[0] = 1;
    mprotect((void *)(uintptr_t)memory, PAGE, PROT_READ);
    memory[0] = 1;
}

static void read_hidden(void)
{
    volatile char *memory = map_pages(1);
    memory[0] = 1;
    mprotect((void *)(uintptr_t)memory, PAGE, PROT_NONE);
    written = memory[0];
}

static void jump(uintptr_t address)
{
    void (*code)(void);
    memcpy(&code, &address, sizeof(code));
    code();
}

static void jump_to_data(void)
{
    jump((uintptr_t)map_pages(1));
}

static void jump_to_stack(void)
{
    volatile uint64_t local[2] = {0};
    jump((uintptr_t)local);
}

static void jump_to_null(void)
{
    jump(0);
}

static int recurse(int depth)
{
    volatile char frame[1000];
    frame[0] = (char)depth;
    return depth == 0 ? frame[0] : recurse(depth - 1) + frame[0];
}

static void overflow_stack(void)
{
    recurse(100 * 1000); /* 100 MB, more than any stack */
}

static void faults(void)
{
    void (*const wrong[])(void) = {
        touch_null,      read_kernel, read_top,     write_code,    write_constant, touch_unmapped,
        write_protected, read_hidden, jump_to_data, jump_to_stack, jump_to_null,   overflow_stack,
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        test_dies(wrong[i], SIGSEGV);
}

/* The stack is the program's from its start on: it can be used when nobody gets memory any more. */
static void stack_is_promised(void)
{
    enum { DEPTH = 55, LARGEST = 1 << 28, SMALLEST = 1 << 12 };
    int expected = 0;
    for (int i = 0; i <= DEPTH; i++)
        expected += i;
    if (test_own_kernel()) { /* a host's memory is not ours to take */
        for (size_t size = LARGEST; size >= SMALLEST; size /= 2) {
            while (mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
                   MAP_FAILED)
                continue;
        }
        CHECK(fork() < 0 && errno == ENOMEM);
    }
    CHECK(recurse(DEPTH) == expected);
}

static void bss_zero(void)
{
    for (size_t i = 0; i < sizeof(untouched); i++)
        CHECK(untouched[i] == 0);
}

/* Pages that come and go, with a child that shares them at each step. */
static void churn(void)
{
    for (int i = 0; i < 40; i++) {
        size_t pages = (size_t)(1 + i % 7);
        char *memory = map_pages(pages);
        memset(memory, 'x', pages * PAGE);
        pid_t child = test_fork();
        if (child == 0) {
            memset(memory, 'y', pages * PAGE / 2);
            _exit(munmap(memory, pages * PAGE) == 0 ? 0 : STATUS_FAILED);
        }
        CHECK(munmap(memory, (pages / 2) * PAGE + PAGE) == 0);
        test_wait_exit(child, 0);
        CHECK(munmap(memory, pages * PAGE) == 0);
    }
}

static const struct test tests[] = {
    {"cow_child", "what a child writes its parent does not see", cow_child},
    {"cow_parent", "what a parent writes its child does not see", cow_parent},
    {"cow_generations", "nor do eight generations see each other's", cow_generations},
    {"cow_kernel", "nor what the kernel writes into one's memory", cow_kernel},
    {"heap", "the heap grows with zeros and shrinks again", heap},
    {"heap_limits", "the heap does not grow beyond what there is", heap_limits},
    {"heap_shrunk", "what was given back of the heap is gone", heap_shrunk},
    {"map_zero", "new mappings are zero, also where old ones were", map_zero},
    {"map_refused", "mmap, munmap and mprotect refuse what makes no sense", map_refused},
    {"map_hole", "a mapping can be cut in the middle", map_hole},
    {"map_fixed", "MAP_FIXED replaces what is there", map_fixed},
    {"protect_keeps", "mprotect changes rights and no bytes", protect_keeps},
    {"protect_joins", "rights may change back and forth for ever", protect_joins},
    {"map_unreadable", "a file that is not open for reading is not mapped", map_unreadable},
    {"faults", "what a process may not touch ends it by SIGSEGV", faults},
    {"stack_is_promised", "the stack takes 55 KB, even when all memory is taken",
     stack_is_promised},
    {"bss_zero", "memory that the program file only announces is zero", bss_zero},
    {"churn", "mapping, sharing and unmapping, many times", churn},
};

const struct test_group memory_tests = {tests, sizeof(tests) / sizeof(tests[0])};
