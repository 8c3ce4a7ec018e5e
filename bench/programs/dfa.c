/* dfa: looks for words in a text with the automaton of Aho and Corasick (1975): a table look-up and
 * a walk along links for each byte. The automaton is made anew in each round. */
#include "bench/programs/bench.h"

enum { LETTERS = 27, WORDS = 60, LENGTH = 6, STATES = WORDS * LENGTH + 1, TEXT = 16384 };

static char words[WORDS][LENGTH + 1];
static uint8_t text[TEXT];            /* letters as numbers below LETTERS */
static int16_t next[STATES][LETTERS]; /* where a letter leads to; 0: the start */
static int16_t failure[STATES];       /* the longest end of this state's text that is another's */
static uint16_t matches[STATES];      /* words that end here */
static int16_t queue[STATES];

/* The tree of all words. Returns the number of states. */
static int make_tree(void)
{
    int states = 1;

    for (int s = 0; s < STATES; s++) {
        matches[s] = 0;
        for (int c = 0; c < LETTERS; c++)
            next[s][c] = 0;
    }
    for (int w = 0; w < WORDS; w++) {
        int s = 0;

        for (const char *c = words[w]; *c != '\0'; c++) {
            int16_t *to = &next[s][*c - 'a'];

            if (*to == 0)
                *to = (int16_t)states++;
            s = *to;
        }
        matches[s]++;
    }
    return states;
}

/* Makes an automaton of the tree, level by level: every letter leads somewhere from every state. */
static void make_automaton(void)
{
    int first = 0, last = 0;

    for (int c = 0; c < LETTERS; c++) {
        if (next[0][c] != 0) {
            failure[next[0][c]] = 0;
            queue[last++] = next[0][c];
        }
    }
    while (first < last) {
        int s = queue[first++];

        matches[s] = (uint16_t)(matches[s] + matches[failure[s]]);
        for (int c = 0; c < LETTERS; c++) {
            int16_t to = next[s][c];

            if (to == 0) {
                next[s][c] = next[failure[s]][c];
            } else {
                failure[to] = next[failure[s]][c];
                queue[last++] = to;
            }
        }
    }
}

static uint64_t search(void)
{
    uint64_t found = 0;
    int s = 0;

    for (int i = 0; i < TEXT; i++) {
        s = next[s][text[i]];
        if (matches[s] != 0)
            found = found * 3 + matches[s] + (uint64_t)i;
    }
    return found;
}

static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint64_t random = seed, sum = seed;

    for (int w = 0; w < WORDS; w++) {
        for (int i = 0; i < 3 + w % 4; i++)
            words[w][i] = (char)('a' + bench_random(&random) % 6);
    }
    for (int i = 0; i < TEXT; i++)
        text[i] =
            (uint8_t)(bench_random(&random) % 7 == 0 ? LETTERS - 1 : bench_random(&random) % 6);
    for (uint64_t round = 0; round < rounds; round++) {
        uint64_t bits = bench_random(&random);

        words[bits % WORDS][bits >> 32 & 1] = (char)('a' + (bits >> 40) % 6);
        sum = bench_add(sum, (uint64_t)make_tree());
        make_automaton();
        for (int i = 0; i < 4; i++) {
            sum = bench_add(sum, search());
            text[(bits >> i) % TEXT] = (uint8_t)(i + 1);
        }
    }
    return sum;
}

int main(int argc, char **argv)
{
    return bench_main("dfa", ROUNDS_dfa, work, argc, argv);
}
