/* The kernels of mix. See kernels.h.
 *
 * Each keeps its result alive through the answer, and hides its start value from the compiler, so
 * that nothing can be computed when the program is built. None has a loop that could use vectors.
 */
#include "guest/bin/kernels.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

/* A value that the compiler must take as it comes. */
static uint64_t hidden(uint64_t value)
{
    volatile uint64_t copy = value;
    return copy;
}

/* Marsaglia's xorshift generator: fixed seed, so the same numbers everywhere. Never 0. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* divide: two divisions of 64 bits a turn, a quotient and a remainder of different divisors, each
 * waiting for the one before. */
enum { DIVIDE_TURNS = 10000 };

static int divide_batch(void *memory, uint64_t *answer)
{
    (void)memory;
    uint64_t dividend = hidden(UINT64_C(0xfedcba9876543210));
    uint64_t divisor = hidden(UINT64_C(0x10001));
    uint64_t sum = 0;
    for (int i = 0; i < DIVIDE_TURNS; i++) {
        uint64_t quotient = dividend / divisor;
        uint64_t rest = dividend % (quotient | 1);
        sum += quotient ^ rest;
        dividend -= rest;
        divisor += 2;
    }
    *answer = sum;
    return 0;
}

/* alu: work for a processor that can do several things at once, and work for one that cannot wait.
 */
enum { ALU_TURNS = 20000, ALU_OPERATIONS = ALU_TURNS * 20 };

static int alu_batch(void *memory, uint64_t *answer)
{
    (void)memory;
    uint64_t a = hidden(1);
    uint64_t b = hidden(2);
    uint64_t c = hidden(3);
    uint64_t d = hidden(4);
    for (int i = 0; i < ALU_TURNS; i++) {
        a += (a << 5) ^ b; /* four times three operations that hardly depend on each other */
        b -= (b >> 7) ^ c;
        c += (c << 9) ^ d;
        d -= (d >> 11) ^ a;
        a ^= b; /* and a chain of eight, each of which needs the one before */
        b += a;
        c ^= b;
        d -= c;
        a += d;
        b ^= a;
        c -= b;
        d ^= c;
    }
    *answer = a + b + c + d;
    return 0;
}

/* byte: change the case of every letter of a text, four times (so the text is as before), and count
 * how often each byte occurs. */
enum { BYTE_TEXT = 8192, BYTE_PASSES = 4, BYTES = BYTE_TEXT * BYTE_PASSES };

struct byte_memory {
    uint32_t counts[256];
    unsigned char text[BYTE_TEXT];
};

static void byte_prepare(void *memory, size_t size)
{
    (void)size;
    struct byte_memory *m = memory;
    uint64_t state = 1;
    for (size_t i = 0; i < BYTE_TEXT; i++)
        m->text[i] = (unsigned char)(' ' + next_random(&state) % 95);
}

static int byte_batch(void *memory, uint64_t *answer)
{
    struct byte_memory *m = memory;
    for (size_t i = 0; i < 256; i++)
        m->counts[i] = 0;
    for (int pass = 0; pass < BYTE_PASSES; pass++) {
        for (size_t i = 0; i < BYTE_TEXT; i++) {
            unsigned char byte = m->text[i];
            unsigned char letter = byte | 0x20;
            if (letter >= 'a' && letter <= 'z')
                byte ^= 0x20;
            m->text[i] = byte;
            m->counts[byte]++;
        }
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < 256; i++)
        sum = sum * 31 + m->counts[i];
    for (size_t i = 0; i < BYTE_TEXT; i += 64)
        sum = sum * 31 + m->text[i];
    *answer = sum;
    return 0;
}

/* memory: follow pointers through 4 MiB in an order that no cache can guess. */
enum { NODES = 65536, STEPS = 65536 };

struct node {
    struct node *next;
    uint64_t id;
    uint64_t unused[6]; /* fills a cache line of 64 bytes */
};

/* Makes one cycle through all nodes (Sattolo's shuffle: swapping only with earlier nodes never
 * closes a shorter one). */
static void memory_prepare(void *memory, size_t size)
{
    (void)size;
    struct node *nodes = memory;
    uint64_t state = 1;
    for (size_t i = 0; i < NODES; i++) {
        nodes[i].next = &nodes[i];
        nodes[i].id = i;
    }
    for (size_t i = NODES - 1; i > 0; i--) {
        size_t other = next_random(&state) % i;
        struct node *next = nodes[i].next;
        nodes[i].next = nodes[other].next;
        nodes[other].next = next;
    }
}

static int memory_batch(void *memory, uint64_t *answer)
{
    const struct node *node = memory;
    uint64_t sum = 0;
    for (uint64_t step = 0; step < STEPS; step++) {
        sum += node->id ^ step; /* the order counts, not only the set */
        node = node->next;
    }
    *answer = sum;
    return 0;
}

/* call: a tree of calls as Fibonacci's numbers make it. The xor keeps the compiler from turning one
 * of the two calls into a loop, noinline from building the callee into itself. */
enum { CALL_DEPTH = 20, CALLS = 21891 }; /* calls(n) = 1 + calls(n - 1) + calls(n - 2) */

static __attribute__((noinline)) uint64_t call_tree(uint64_t depth)
{
    if (depth < 2)
        return depth + 1;
    return (call_tree(depth - 1) << 1) ^ call_tree(depth - 2);
}

static int call_batch(void *memory, uint64_t *answer)
{
    (void)memory;
    *answer = call_tree(hidden(CALL_DEPTH));
    return 0;
}

/* indirect: a tiny interpreter whose operations are reached through a table of functions. */
enum { CODE_LENGTH = 1024, CODE_RUNS = 32, CODE_CALLS = CODE_LENGTH * CODE_RUNS };

struct indirect_memory {
    unsigned char code[CODE_LENGTH];
};

static uint64_t op_increment(uint64_t a)
{
    return a + 1;
}

static uint64_t op_double(uint64_t a)
{
    return a + a;
}

static uint64_t op_invert(uint64_t a)
{
    return ~a;
}

static uint64_t op_mix(uint64_t a)
{
    return a ^ (a >> 9);
}

static uint64_t op_spread(uint64_t a)
{
    return a + (a << 13);
}

static uint64_t op_shrink(uint64_t a)
{
    return a - (a >> 3);
}

static uint64_t op_mark(uint64_t a)
{
    return a ^ 0x55;
}

static uint64_t op_negate(uint64_t a)
{
    return -a;
}

static uint64_t (*const operations[8])(uint64_t) = {
    op_increment, op_double, op_invert, op_mix, op_spread, op_shrink, op_mark, op_negate,
};

static void indirect_prepare(void *memory, size_t size)
{
    (void)size;
    struct indirect_memory *m = memory;
    uint64_t state = 1;
    for (size_t i = 0; i < CODE_LENGTH; i++)
        m->code[i] = (unsigned char)(next_random(&state) >> 32) & 7;
}

static int indirect_batch(void *memory, uint64_t *answer)
{
    const struct indirect_memory *m = memory;
    uint64_t accumulator = hidden(1);
    for (int run = 0; run < CODE_RUNS; run++) {
        for (size_t i = 0; i < CODE_LENGTH; i++)
            accumulator = operations[m->code[i]](accumulator);
    }
    *answer = accumulator;
    return 0;
}

/* syscall: the cheapest system call there is. The answer counts how often the kernel said the same.
 */
enum { SYSCALLS = 1000 };

static int syscall_batch(void *memory, uint64_t *answer)
{
    (void)memory;
    pid_t parent = getppid();
    uint64_t same = 1;
    for (int i = 1; i < SYSCALLS; i++)
        same += getppid() == parent;
    *answer = same;
    return 0;
}

/* fork: make a process, let it end with a status, wait for it. */
enum { FORKS = 8 };

static int fork_batch(void *memory, uint64_t *answer)
{
    (void)memory;
    uint64_t sum = 0;
    for (int i = 0; i < FORKS; i++) {
        int status;
        pid_t pid = fork();
        if (pid < 0)
            return -1;
        if (pid == 0)
            _exit(i + 1);
        while (waitpid(pid, &status, 0) < 0) {
            if (errno != EINTR)
                return -1;
        }
        sum = sum * 31 + (uint64_t)status;
    }
    *answer = sum;
    return 0;
}

const struct kernel kernels[] = {
    {"divide", "one 64-bit division", DIVIDE_TURNS * 2, 'M', 0, NULL, divide_batch, PAGES_ANY},
    {"alu", "one addition, subtraction, xor or shift", ALU_OPERATIONS, 'M', 0, NULL, alu_batch,
     PAGES_ANY},
    {"byte", "one byte loaded, changed, stored and counted", BYTES, 'M', sizeof(struct byte_memory),
     byte_prepare, byte_batch, PAGES_ANY},
    {"memory", "one pointer followed to a random cache line of 4 MiB", STEPS, 'M',
     NODES * sizeof(struct node), memory_prepare, memory_batch, PAGES_ANY},
    {"call", "one call and return", CALLS, 'M', 0, NULL, call_batch, PAGES_ANY},
    {"indirect", "one call through a table of functions", CODE_CALLS, 'M',
     sizeof(struct indirect_memory), indirect_prepare, indirect_batch, PAGES_ANY},
    {"syscall", "one getppid", SYSCALLS, 'k', 0, NULL, syscall_batch, PAGES_ANY},
    {"fork", "one fork, exit and wait", FORKS, 'k', 0, NULL, fork_batch, PAGES_ANY},
    /* Large pages first: what small ones leave is no longer in pieces of 2 MiB everywhere. */
    {"chase-2m", "one load from an address that the one before has brought, pages of 2 MiB",
     CHASE_LOADS, 'M', 0, chase_prepare, chase_batch, PAGES_LARGE},
    {"chase-4k", "one load from an address that the one before has brought, pages of 4 KiB",
     CHASE_LOADS, 'M', 0, chase_prepare, chase_batch, PAGES_SMALL},
    {"touch", "one byte written to a page of fresh memory", TOUCH_PAGES, 'k', 0, NULL, touch_batch,
     PAGES_ANY},
};

const size_t kernel_count = sizeof(kernels) / sizeof(kernels[0]);
