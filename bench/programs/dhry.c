/* dhry: in the manner of Dhrystone: records that are copied and passed on, short calls, short
 * texts.
 *
 * The functions are not inlined, as they would not be if each stood in a file of its own, which
 * Dhrystone asks for. The code is not Weicker's, nor are its numbers.
 */
#include "bench/programs/bench.h"

#include <stddef.h>

#define APART __attribute__((noinline))

enum kind { FIRST, SECOND, THIRD, FOURTH, FIFTH };

struct text {
    char bytes[31];
};

struct record {
    struct record *next;
    enum kind kind, other;
    int32_t number;
    struct text text;
};

struct state {
    struct record records[2];
    struct record *current;
    int32_t numbers[50];
    int32_t table[16][16];
    int32_t number;
    int flag;
    char first, second;
};

static struct state state;

/* Less than, equal to or greater than 0: a stands before b, is the same, stands behind it. */
APART static int text_compare(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

APART static void text_copy(char *to, const char *from)
{
    while ((*to++ = *from++) != '\0')
        continue;
}

APART static void add_three(int32_t a, int32_t b, int32_t *sum)
{
    *sum = a + b + 3;
}

APART static int is_third(enum kind kind)
{
    return kind == THIRD;
}

APART static enum kind change_kind(enum kind kind)
{
    switch (kind) {
    case FIRST: return FOURTH;
    case SECOND: return state.number > 100 ? FIRST : FOURTH;
    case THIRD: return SECOND;
    case FOURTH: return is_third(kind) ? FIRST : THIRD;
    case FIFTH: break;
    }
    return FIFTH;
}

APART static enum kind compare_letters(char a, char b)
{
    char copied = a;

    if (copied != b)
        return FIRST;
    state.first = copied;
    return SECOND;
}

APART static int compare_texts(const char *a, const char *b)
{
    char letter = 'A';
    int i = 2;

    while (i <= 2) {
        if (compare_letters(a[i], b[i + 1]) == FIRST) {
            letter = 'B';
            i++;
        } else {
            i += 2;
        }
    }
    if (letter >= 'W' && letter < 'Z')
        i = 7;
    if (letter == 'R')
        return 1;
    if (text_compare(a, b) > 0) {
        state.number = i + 7;
        return 1;
    }
    return 0;
}

APART static void update_arrays(int32_t *row, int32_t index, int32_t value)
{
    int32_t place = index + 5;

    row[place] = value;
    row[place + 1] = row[place];
    row[place + 30] = place;
    for (int32_t i = place; i <= place + 1; i++)
        state.table[place & 15][i & 15] = place;
    state.table[place & 15][(place - 1) & 15]++;
    state.table[(place + 20) & 15][place & 15] = row[place];
    state.number = 5;
}

APART static void follow(struct record **to)
{
    if (state.current != NULL)
        *to = state.current->next;
    add_three(10, state.number, &state.current->number);
}

APART static void update_record(struct record *record)
{
    struct record *next = record->next;

    *record->next = *state.current;
    record->number = 5;
    next->number = record->number;
    next->next = record->next;
    follow(&next->next);
    if (next->kind == FIRST) {
        next->number = 6;
        next->other = change_kind(record->other);
        next->next = state.current->next;
        add_three(next->number, 10, &next->number);
    } else {
        *record = *record->next;
    }
}

APART static void count_letters(int32_t *number)
{
    int32_t sum = *number + 10;

    while (1) {
        if (state.first == 'A') {
            sum--;
            *number = sum - state.number;
            return;
        }
        state.first = 'A';
    }
}

APART static void set_flag(void)
{
    state.flag |= state.first == 'A';
    state.second = 'B';
}

APART static void set_letters(void)
{
    state.first = 'A';
    state.flag = 0;
}

static uint64_t one_pass(uint64_t pass)
{
    struct text first = {"SOME PROGRAM, 1'ST STRING"}, second;
    int32_t a = 2, b = 3, c = 0;
    enum kind kind = SECOND;

    set_letters();
    set_flag();
    second = first;
    first.bytes[24] = (char)('A' + pass % 26);
    text_copy(second.bytes + 14, "2'ND STRING");
    state.flag = !compare_texts(first.bytes, second.bytes);
    while (a < b) {
        c = 5 * a - b;
        add_three(a, b, &c);
        a++;
    }
    update_arrays(state.numbers, (int32_t)(pass % 10), c);
    update_record(state.current);
    for (char letter = 'A'; letter <= state.second; letter++) {
        if (kind == compare_letters(letter, 'C'))
            kind = change_kind(FIRST);
    }
    b *= a;
    a = b / c;
    b = 7 * (b - c) - a;
    count_letters(&a);
    return (uint64_t)(uint32_t)(a + b + c + state.number) + (uint64_t)kind;
}

static uint64_t work(uint64_t rounds, uint64_t seed)
{
    uint64_t sum = seed;

    state.current = &state.records[0];
    state.records[0] = (struct record){.next = &state.records[1],
                                       .kind = FIRST,
                                       .other = THIRD,
                                       .number = (int32_t)(seed % 50),
                                       .text = {"SOME PROGRAM, SOME STRING"}};
    state.records[1] = state.records[0];
    for (uint64_t pass = 0; pass < rounds * 2000; pass++)
        sum = bench_add(sum, one_pass(pass + seed));
    return bench_add(sum, (uint64_t)state.records[1].number + (uint64_t)state.table[7][7]);
}

int main(int argc, char **argv)
{
    return bench_main("dhry", ROUNDS_dhry, work, argc, argv);
}
