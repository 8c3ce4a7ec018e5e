/* str: what is done to text, byte by byte: measure, copy, compare, search, split, change its case.
 */
#include "bench/programs/bench.h"

#include <stddef.h>

enum { WORDS = 256, TEXT = WORDS * 24 };

static char text[TEXT + 16], upper[TEXT + 16], word[32], greatest[32];

static size_t length_of(const char *s)
{
    const char *end = s;

    while (*end != '\0')
        end++;
    return (size_t)(end - s);
}

static int compare(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

static void copy(char *to, const char *from)
{
    while ((*to++ = *from++) != '\0')
        continue;
}

static void copy_upper(char *to, const char *from)
{
    for (; *from != '\0'; from++)
        *to++ = *from >= 'a' && *from <= 'z' ? (char)(*from - 'a' + 'A') : *from;
    *to = '\0';
}

static void reverse(char *s)
{
    char *end = s + length_of(s);

    while (s < end) {
        char c = *s;

        *s++ = *--end;
        *end = c;
    }
}

/* How often `part` is in `s`. */
static uint64_t count_part(const char *s, const char *part)
{
    uint64_t count = 0;

    for (; *s != '\0'; s++) {
        size_t i = 0;

        while (part[i] != '\0' && s[i] == part[i])
            i++;
        count += part[i] == '\0';
    }
    return count;
}

/* Copies the next word behind the blanks, and returns where it ended; NULL: there is none. */
static const char *next_word(const char *s, char *to)
{
    while (*s == ' ')
        s++;
    if (*s == '\0')
        return NULL;
    while (*s != '\0' && *s != ' ')
        *to++ = *s++;
    *to = '\0';
    return s;
}

/* Takes every word by itself; returns a number that depends on all. */
static uint64_t split(const char *s)
{
    uint64_t sum = 0;

    greatest[0] = '\0';
    while ((s = next_word(s, word)) != NULL) {
        reverse(word);
        if (compare(word, greatest) > 0)
            copy(greatest, word);
        sum = sum * 31 + length_of(word) + (uint64_t)(unsigned char)word[0];
    }
    return sum;
}

static void prepare(uint64_t random)
{
    char *end = text;

    for (int i = 0; i < WORDS; i++) {
        uint64_t bits = bench_random(&random);
        uint64_t length = 8 + (bits >> 60);

        for (uint64_t j = 0; j < length; j++, bits = bits >> 5 | bits << 59)
            *end++ = (char)('a' + (bits & 31) % 26);
        *end++ = ' ';
    }
    *end = '\0';
}

static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint64_t sum = seed;

    prepare(seed);
    for (uint64_t round = 0; round < rounds * 16; round++) {
        const char part[] = {(char)('A' + round % 26), (char)('A' + round / 26 % 26), '\0'};
        char *change;

        sum = bench_add(sum, split(text));
        copy_upper(upper, text);
        sum = bench_add(sum, count_part(upper, part));
        sum = bench_add(sum, (uint64_t)(compare(upper, text) + 256));
        change = &text[round * 97 % length_of(text)];
        if (*change != ' ')
            *change = (char)('a' + round % 26);
        sum = bench_add(sum, (unsigned char)greatest[0] + length_of(greatest));
    }
    return sum;
}

int main(int argc, char **argv)
{
    return bench_main("str", ROUNDS_str, work, argc, argv);
}
