/* mix: what kind of work is slow under what kind of machine?
 *
 * Runs small kernels (kernels.c), each bound by one kind of instruction, for a while each, and
 * prints the rate and the answer of each. Every batch of a kernel must have the same answer.
 */
#include "guest/bin/kernels.h"
#include "guest/bin/measure.h"
#include "guest/bin/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/* Prints a kernel's rate and answer. operations are those of all batches together. */
static void print_kernel(const struct kernel *kernel, uint64_t operations, uint64_t elapsed,
                         uint64_t answer)
{
    uint64_t scale = kernel->unit == 'M' ? 1000000 : 1000;
    uint64_t rate = measure_rate(operations, elapsed) / scale;
    printf("%s rate: %" PRIu64 ".%02" PRIu64 " %c/s\n", kernel->name, rate / 100, rate % 100,
           kernel->unit);
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

/* Returns 0, or -1 after a message. */
static int run_kernel(const struct kernel *kernel, uint64_t nanoseconds)
{
    void *memory = NULL;
    if (kernel->memory > 0) {
        /* Not from malloc: unmapped afterwards, it does not burden the fork kernel. */
        memory =
            mmap(NULL, kernel->memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) {
            fprintf(stderr, "mix: %s: cannot map %zu bytes: %s\n", kernel->name, kernel->memory,
                    strerror(errno));
            return -1;
        }
    }
    if (kernel->prepare)
        kernel->prepare(memory);
    int result = repeat_batches(kernel, memory, nanoseconds);
    if (memory)
        munmap(memory, kernel->memory);
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

int main(int argc, char **argv)
{
    uint64_t ms = 200;
    bool list = false;
    const struct option options[] = {
        {"time", 0, OPTION_NUMBER, &ms, "MS", "repeat each kernel for so many milliseconds (200)",
         0, 86400000},
        {"list", 0, OPTION_FLAG, &list, NULL, "list the kernels and what an operation of each is",
         0, 0},
    };
    const struct program program = {
        .name = "mix",
        .operands = "[KERNEL...]",
        .summary = "Measure how fast different kinds of instructions are; all kernels by default.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
    };
    int operand = options_parse(&program, argc, argv);
    for (int i = operand; i < argc; i++) {
        if (!find_kernel(argv[i]))
            options_fail(&program, "no such kernel", argv[i]);
    }
    if (list) {
        list_kernels();
        return 0;
    }

    int failed = 0;
    for (int i = operand; i < argc; i++)
        failed |= run_kernel(find_kernel(argv[i]), ms * NS_PER_MS) < 0;
    for (size_t i = 0; operand == argc && i < kernel_count; i++)
        failed |= run_kernel(&kernels[i], ms * NS_PER_MS) < 0;
    return failed;
}
