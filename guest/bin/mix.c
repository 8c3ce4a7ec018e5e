/* mix: what kind of work is slow under what kind of machine?
 *
 * Runs small kernels (kernels.c), each bound by one kind of instruction, for a while each, and
 * prints the rate and the answer of each. Every batch of a kernel must have the same answer.
 */
#include "guest/bin/kernels.h"
#include "guest/bin/measure.h"
#include "guest/bin/options.h"
#include "guest/bin/proc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { KIB = 1024, MIB = 1024 * KIB, LARGE = 2 * MIB, SIZE_DEFAULT = 512 };

/* Work memory, and the mapping in which it lies. */
struct work {
    void *memory;
    size_t size;
    void *mapping; /* NULL: there is none */
    size_t mapping_size;
};

/* Prints a kernel's rate and answer. operations are those of all batches together. */
static void print_kernel(const struct kernel *kernel, uint64_t operations, uint64_t elapsed,
                         uint64_t answer)
{
    uint64_t scale = kernel->unit == 'M' ? 1000000 : 1000;
    uint64_t rate = 100 * measure_rate(operations, elapsed) / scale; /* ten thousandths */

    /* Where a thousand a second is much, two digits behind the point would not tell enough. */
    if (rate >= 100 * 10000)
        printf("%s rate: %" PRIu64 ".%02" PRIu64 " %c/s\n", kernel->name, rate / 10000,
               rate / 100 % 100, kernel->unit);
    else
        printf("%s rate: %" PRIu64 ".%04" PRIu64 " %c/s\n", kernel->name, rate / 10000,
               rate % 10000, kernel->unit);
    if (kernel->pages != PAGES_ANY) {
        uint64_t tenths = measure_ratio(elapsed, operations, 1);
        printf("%s load: %" PRIu64 ".%" PRIu64 " ns\n", kernel->name, tenths / 10, tenths % 10);
    }
    printf("%s answer: 0x%016" PRIx64 "\n", kernel->name, answer);
    fflush(stdout); /* who watches a slow machine wants to see each kernel when it is done */
}

/* Repeats batches until the time is over, at least one. Returns 0, or -1 after a message. */
static int repeat_batches(const struct kernel *kernel, void *memory, uint64_t nanoseconds)
{
    uint64_t first = 0;
    uint64_t operations = 0;
    uint64_t elapsed = 0;
    uint64_t start = measure_now();
    do {
        uint64_t answer;
        if (kernel->batch(memory, &answer) < 0) {
            fprintf(stderr, "mix: %s: %s\n", kernel->name, strerror(errno));
            return -1;
        }
        elapsed = measure_now() - start;
        if (operations == 0)
            first = answer;
        if (answer != first) {
            fprintf(stderr,
                    "mix: %s: WRONG: a batch answered 0x%016" PRIx64 ", the first one 0x%016" PRIx64
                    "\n",
                    kernel->name, answer, first);
            return -1;
        }
        operations += kernel->operations;
    } while (elapsed < nanoseconds);
    print_kernel(kernel, operations, elapsed, first);
    return 0;
}

/* Maps what the kernel needs; of a chase `size` bytes, aligned so that they can be large pages,
 * with the advice that fits. Returns 0, or -1 with errno. */
static int map_work(const struct kernel *kernel, size_t size, struct work *work)
{
    bool chase = kernel->pages != PAGES_ANY;
    *work = (struct work){.size = chase ? size : kernel->memory};
    if (work->size == 0)
        return 0;
    /* Not from malloc: unmapped afterwards, it does not burden the fork kernel. */
    work->mapping_size = work->size + (chase ? LARGE : 0);
    void *mapping =
        mmap(NULL, work->mapping_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED)
        return -1;
    work->mapping = work->memory = mapping;
    if (!chase)
        return 0;
    work->memory = (char *)mapping + (LARGE - (uintptr_t)mapping % LARGE) % LARGE;
    if (kernel->pages == PAGES_LARGE)
        return madvise(work->memory, size, MADV_HUGEPAGE);
    madvise(work->memory, size, MADV_NOHUGEPAGE); /* who has no large pages refuses */
    return 0;
}

static void unmap_work(const struct work *work)
{
    if (work->mapping)
        munmap(work->mapping, work->mapping_size);
}

/* Says that the kernel cannot be measured here, and why: part of the answer, unless the user has
 * named it. */
static int unavailable(const struct kernel *kernel, bool named, const char *reason)
{
    if (named)
        fprintf(stderr, "mix: %s: %s\n", kernel->name, reason);
    else
        printf("%s unavailable: %s\n", kernel->name, reason);
    fflush(stdout);
    return -1;
}

/* Whether there is memory for a chase, or a reason why not. Linux would promise it, and kill later.
 */
static int check_memory(const struct kernel *kernel, bool named, size_t size)
{
    char reason[128];
    int64_t free = proc_kib("/proc/meminfo", "MemAvailable");
    if (free < 0)
        free = proc_kib("/proc/meminfo", "MemFree");
    if (free < 0 || size + LARGE <= (uint64_t)free * KIB)
        return 0;
    snprintf(reason, sizeof(reason),
             "it needs %zu MiB, and %" PRId64 " MiB are free; try a smaller --size, or more memory",
             (size + LARGE) / MIB, free / KIB);
    return unavailable(kernel, named, reason);
}

/* Says in which pages the memory came, and whether they are what the kernel is about: all but a
 * tenth, and of large ones all but another: an emulator's processes may lie across the host's.
 * `before`: what this process had in large ones without it. */
static int check_pages(const struct kernel *kernel, bool named, const struct work *work,
                       int64_t before)
{
    char reason[128];
    int64_t after = proc_large_kib();
    bool large = kernel->pages == PAGES_LARGE;
    if (before < 0 || after < 0)
        return unavailable(kernel, named, "this kernel does not say in which pages memory came");
    uint64_t got = after > before ? (uint64_t)(after - before) * KIB : 0;
    if (got > work->size)
        got = work->size;
    if ((large ? work->size - got : got) > work->size / 10 + (large ? LARGE : 0)) {
        snprintf(reason, sizeof(reason),
                 "of %zu MiB, %" PRIu64 " MiB came in large pages, which were %s", work->size / MIB,
                 got / MIB, large ? "asked for" : "not wanted");
        return unavailable(kernel, named, reason);
    }
    printf("%s pages: %zu MiB, %" PRIu64 " of 2 MiB and %" PRIu64 " of 4 KiB\n", kernel->name,
           work->size / MIB, got / LARGE, (work->size - got) / (4 * KIB));
    return 0;
}

/* Returns 0, or -1 after a message. */
static int run_chase(const struct kernel *kernel, bool named, size_t size, uint64_t nanoseconds)
{
    struct work work;
    if (check_memory(kernel, named, size) < 0)
        return -1;
    int64_t before = proc_large_kib();
    int result = map_work(kernel, size, &work);
    if (result < 0)
        unavailable(kernel, named,
                    errno == ENOMEM ? "no memory for it; try a smaller --size"
                                    : "this kernel has no large pages");
    if (result == 0) {
        kernel->prepare(work.memory, work.size);
        result = check_pages(kernel, named, &work, before);
    }
    if (result == 0)
        result = repeat_batches(kernel, work.memory, nanoseconds);
    unmap_work(&work);
    return result;
}

/* Returns 0, or -1 after a message. */
static int run_kernel(const struct kernel *kernel, uint64_t nanoseconds)
{
    struct work work;
    if (map_work(kernel, 0, &work) < 0) {
        fprintf(stderr, "mix: %s: cannot map %zu bytes: %s\n", kernel->name, kernel->memory,
                strerror(errno));
        return -1;
    }
    if (kernel->prepare)
        kernel->prepare(work.memory, work.size);
    int result = repeat_batches(kernel, work.memory, nanoseconds);
    unmap_work(&work);
    return result;
}

static const struct kernel *find_kernel(const char *name)
{
    for (size_t i = 0; i < kernel_count; i++) {
        if (strcmp(kernels[i].name, name) == 0)
            return &kernels[i];
    }
    return NULL;
}

static void list_kernels(void)
{
    for (size_t i = 0; i < kernel_count; i++) {
        const struct kernel *kernel = &kernels[i];
        printf("%-10s one operation: %s; %" PRIu64 " in a batch\n", kernel->name, kernel->operation,
               kernel->operations);
    }
}

struct settings {
    uint64_t ms;
    uint64_t size; /* MiB */
    bool list;
};

/* Returns whether it failed. That there is no room for a chase, or no pages of its kind, is a
 * failure only if the user has named it. */
static bool run(const struct settings *settings, const struct kernel *kernel, bool named)
{
    uint64_t nanoseconds = settings->ms * NS_PER_MS;
    if (kernel->pages == PAGES_ANY)
        return run_kernel(kernel, nanoseconds) < 0;
    return run_chase(kernel, named, settings->size * MIB, nanoseconds) < 0 && named;
}

int main(int argc, char **argv)
{
    struct settings settings = {.ms = 200, .size = SIZE_DEFAULT};
    const struct option options[] = {
        {"time", 0, OPTION_NUMBER, &settings.ms, "MS",
         "repeat each kernel for so many milliseconds (200)", 0, 86400000},
        {"size", 0, OPTION_NUMBER, &settings.size, "MIB",
         "memory for each chase, a power of two (512)", 4, 65536},
        {"list", 0, OPTION_FLAG, &settings.list, NULL,
         "list the kernels and what an operation of each is", 0, 0},
    };
    const struct program program = {
        .name = "mix",
        .operands = "[KERNEL...]",
        .summary = "Measure how fast different kinds of instructions are; all kernels by default.",
        .notes = "A chase says in which pages its memory really came. Where there is not so much, "
                 "or the\npages are others, it is not measured, and says why; that is an error for "
                 "who has named it.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
    };
    int operand = options_parse(&program, argc, argv);
    for (int i = operand; i < argc; i++) {
        if (!find_kernel(argv[i]))
            options_fail(&program, "no such kernel", argv[i]);
    }
    if ((settings.size & (settings.size - 1)) != 0)
        options_fail(&program, "--size must be a power of two", "4, 8, ... 512, ...");
    if (settings.list) {
        list_kernels();
        return 0;
    }
    bool failed = false;
    for (int i = operand; i < argc; i++)
        failed |= run(&settings, find_kernel(argv[i]), true);
    for (size_t i = 0; operand == argc && i < kernel_count; i++)
        failed |= run(&settings, &kernels[i], false);
    return failed;
}
