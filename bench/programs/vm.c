/* vm: an interpreter of a byte code with registers: a jump through a table for each operation.
 *
 * The program that it runs counts how many steps Collatz's 3 n + 1 takes down to 1, for many n, and
 * keeps the counts in a memory of its own.
 */
#include "bench/programs/bench.h"

enum op { SET, MOVE, ADD, MULTIPLY, AND, XOR, SHIFT, LESS, LOAD, STORE, JUMP, JUMP_IF_ZERO, HALT };

/* r[a] = r[b] op r[c]; a jump goes to operation c. */
struct operation {
    uint8_t op, a, b, c;
};

enum { N, LAST, VALUE, STEPS, TEST, ONE, THREE, HASH, MASK, INDEX, REGISTERS };

static const struct operation code[] = {
    /*  0 */ {SET, STEPS, 0, 0},
    /*  1 */ {MOVE, VALUE, N, 0},
    /*  2 */ {LESS, TEST, ONE, VALUE}, /* while (1 < value) */
    /*  3 */ {JUMP_IF_ZERO, 0, TEST, 11},
    /*  4 */ {ADD, STEPS, STEPS, ONE},
    /*  5 */ {AND, TEST, VALUE, ONE}, /* if it is odd */
    /*  6 */ {JUMP_IF_ZERO, 0, TEST, 9},
    /*  7 */ {MULTIPLY, VALUE, VALUE, THREE},
    /*  8 */ {ADD, VALUE, VALUE, ONE},
    /*  9 */ {SHIFT, VALUE, VALUE, ONE},
    /* 10 */ {JUMP, 0, 0, 2},
    /* 11 */ {AND, INDEX, N, MASK}, /* memory[n & mask] += steps */
    /* 12 */ {LOAD, TEST, INDEX, 0},
    /* 13 */ {ADD, TEST, TEST, STEPS},
    /* 14 */ {STORE, TEST, INDEX, 0},
    /* 15 */ {XOR, HASH, HASH, TEST},
    /* 16 */ {ADD, N, N, ONE},
    /* 17 */ {LESS, TEST, N, LAST},
    /* 18 */ {JUMP_IF_ZERO, 0, TEST, 20},
    /* 19 */ {JUMP, 0, 0, 0},
    /* 20 */ {HALT, 0, 0, 0},
};

enum { MEMORY = 256 };

static uint64_t memory[MEMORY];

/* Runs the code from its start to HALT. */
static void interpret(uint64_t r[REGISTERS])
{
    const struct operation *next = code;

    while (1) {
        const struct operation *o = next++;

        switch ((enum op)o->op) {
        case SET: r[o->a] = o->b; break;
        case MOVE: r[o->a] = r[o->b]; break;
        case ADD: r[o->a] = r[o->b] + r[o->c]; break;
        case MULTIPLY: r[o->a] = r[o->b] * r[o->c]; break;
        case AND: r[o->a] = r[o->b] & r[o->c]; break;
        case XOR: r[o->a] = r[o->b] ^ r[o->c]; break;
        case SHIFT: r[o->a] = r[o->b] >> (r[o->c] & 63); break;
        case LESS: r[o->a] = r[o->b] < r[o->c]; break;
        case LOAD: r[o->a] = memory[r[o->b] % MEMORY]; break;
        case STORE: memory[r[o->b] % MEMORY] = r[o->a]; break;
        case JUMP: next = code + o->c; break;
        case JUMP_IF_ZERO:
            if (r[o->b] == 0)
                next = code + o->c;
            break;
        case HALT: return;
        }
    }
}

static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint64_t sum = seed;
    uint64_t r[REGISTERS] = {[N] = seed % 1000 + 1, [ONE] = 1, [THREE] = 3, [MASK] = MEMORY - 1};

    for (uint64_t round = 0; round < rounds; round++) {
        r[LAST] = r[N] + 1000;
        interpret(r);
        sum = bench_add(sum, r[HASH]);
        r[N] -= 995; /* so the numbers stay small, and the work about the same */
    }
    return sum;
}

int main(int argc, char **argv)
{
    return bench_main("vm", ROUNDS_vm, work, argc, argv);
}
