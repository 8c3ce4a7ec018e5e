/* core: in the manner of CoreMark: a list that is searched, sorted and turned round, a small
 * matrix, a machine of states that reads numbers, and a CRC over what comes of them, bit by bit.
 *
 * The code is not EEMBC's, nor are its numbers.
 */
#include "bench/programs/bench.h"

#include <stddef.h>

enum { NODES = 120, SIDE = 8, TEXT = 512 };

struct node {
    struct node *next;
    uint16_t key, value;
};

struct core {
    struct node nodes[NODES];
    struct node *list;
    int16_t a[SIDE][SIDE], b[SIDE][SIDE];
    int32_t product[SIDE][SIDE];
    char text[TEXT];
};

static struct core core;

/* CRC-16 of CCITT, reflected, a bit at a time. */
static uint16_t crc_byte(uint16_t crc, uint8_t byte)
{
    for (unsigned bit = 0; bit < 8; bit++) {
        unsigned carry = (crc ^ byte) & 1;

        crc >>= 1;
        byte >>= 1;
        if (carry)
            crc ^= 0x8408;
    }
    return crc;
}

__attribute__((noinline)) static uint16_t crc_word(uint16_t crc, uint32_t word)
{
    for (unsigned shift = 0; shift < 32; shift += 8)
        crc = crc_byte(crc, (uint8_t)(word >> shift));
    return crc;
}

static int by_key(const struct node *a, const struct node *b)
{
    return a->key - b->key;
}

static int by_value(const struct node *a, const struct node *b)
{
    return (a->value & 0xff) - (b->value & 0xff);
}

/* Two sorted lists become one. */
__attribute__((noinline)) static struct node *
merge(struct node *a, struct node *b, int (*compare)(const struct node *, const struct node *))
{
    struct node *first = NULL, **end = &first;

    while (a != NULL && b != NULL) {
        struct node **from = compare(a, b) <= 0 ? &a : &b;

        *end = *from;
        end = &(*from)->next;
        *from = (*from)->next;
    }
    *end = a != NULL ? a : b;
    return first;
}

static struct node *sort(struct node *list, unsigned count,
                         int (*compare)(const struct node *, const struct node *))
{
    struct node *middle = list, *last = list;

    if (count < 2)
        return list;
    for (unsigned i = 0; i < count / 2; i++) {
        last = middle;
        middle = middle->next;
    }
    last->next = NULL;
    return merge(sort(list, count / 2, compare), sort(middle, count - count / 2, compare), compare);
}

static struct node *reverse(struct node *list)
{
    struct node *turned = NULL;

    while (list != NULL) {
        struct node *next = list->next;

        list->next = turned;
        turned = list;
        list = next;
    }
    return turned;
}

static const struct node *find(const struct node *list, uint16_t key)
{
    while (list != NULL && list->key != key)
        list = list->next;
    return list;
}

static uint16_t do_list(uint16_t crc, uint64_t pass)
{
    for (unsigned i = 0; i < 12; i++) {
        const struct node *found = find(core.list, (uint16_t)((pass * 7 + i * 31) % (2 * NODES)));

        crc = crc_word(crc, found != NULL ? found->value : i);
        core.list = reverse(core.list);
    }
    core.list = sort(core.list, NODES, by_value);
    crc = crc_word(crc, core.list->value);
    core.list = sort(core.list, NODES, by_key);
    core.list->value = (uint16_t)(core.list->value + pass);
    return crc;
}

static uint16_t do_matrix(uint16_t crc, uint64_t pass)
{
    int32_t sum = 0;

    for (unsigned i = 0; i < SIDE; i++) {
        for (unsigned j = 0; j < SIDE; j++) {
            int32_t cell = 0;

            for (unsigned k = 0; k < SIDE; k++)
                cell += core.a[i][k] * core.b[k][j];
            core.product[i][j] = cell;
            sum += cell > 0 ? cell >> 4 & 0x7f : cell & 15;
        }
    }
    core.a[pass % SIDE][pass / SIDE % SIDE] = (int16_t)(sum ^ (int32_t)pass);
    return crc_word(crc, (uint32_t)sum);
}

enum state { START, SIGN, INTEGER, POINT, FRACTION, EXPONENT, INVALID, STATES };

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum state step(enum state state, char c)
{
    switch (state) {
    case START:
        return is_digit(c) ? INTEGER : c == '+' || c == '-' ? SIGN : c == '.' ? POINT : INVALID;
    case SIGN: return is_digit(c) ? INTEGER : c == '.' ? POINT : INVALID;
    case INTEGER: return is_digit(c) ? INTEGER : c == '.' ? FRACTION : INVALID;
    case POINT: return is_digit(c) ? FRACTION : INVALID;
    case FRACTION: return is_digit(c) ? FRACTION : c == 'e' ? EXPONENT : INVALID;
    case EXPONENT: return is_digit(c) ? EXPONENT : INVALID;
    case INVALID:
    case STATES: break;
    }
    return INVALID;
}

/* How often each state was the last of a word of the text, and how often it was entered. */
static uint16_t do_states(uint16_t crc, uint64_t pass)
{
    uint32_t ends[STATES] = {0}, entered[STATES] = {0};
    enum state state = START;

    for (unsigned i = 0; i < TEXT; i++) {
        if (core.text[i] == ',') {
            ends[state]++;
            state = START;
        } else {
            enum state next = step(state, core.text[i]);

            entered[next] += next != state;
            state = next;
        }
    }
    for (unsigned i = 0; i < STATES; i++)
        crc = crc_word(crc, ends[i] << 16 | entered[i]);
    core.text[pass * 11 % TEXT] = "0123456789+-.e,"[pass % 15];
    return crc;
}

static void fill(uint64_t seed)
{
    uint64_t state = seed;

    for (unsigned i = 0; i < NODES; i++) {
        uint64_t number = bench_random(&state);

        core.nodes[i].key = (uint16_t)(number % (2 * NODES));
        core.nodes[i].value = (uint16_t)(number >> 20);
        core.nodes[i].next = i + 1 < NODES ? &core.nodes[i + 1] : NULL;
    }
    core.list = core.nodes;
    for (unsigned i = 0; i < SIDE * SIDE; i++) {
        core.a[i / SIDE][i % SIDE] = (int16_t)bench_random(&state);
        core.b[i / SIDE][i % SIDE] = (int16_t)(bench_random(&state) & 0xff);
    }
    for (unsigned i = 0; i < TEXT; i++)
        core.text[i] = "0123456789.7,42+"[bench_random(&state) % 16];
}

static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint64_t sum = seed;
    uint16_t crc = (uint16_t)seed;

    fill(seed);
    for (uint64_t pass = 0; pass < rounds * 32; pass++) {
        crc = do_list(crc, pass);
        for (unsigned i = 0; i < 4; i++) {
            crc = do_matrix(crc, pass + i);
            crc = do_states(crc, pass + i);
        }
        sum = bench_add(sum, crc);
    }
    return sum;
}

int main(int argc, char **argv)
{
    return bench_main("core", ROUNDS_core, work, argc, argv);
}
