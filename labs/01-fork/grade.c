/*
 * grade.c: the part of lab 1's grader that is about bytes; the rest is the script `run`. See
 * labs/grade.h.
 */
#include "labs/01-fork/own.h"
#include "labs/grade_own.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

/* The student's own message: a tag, then the sum and the forks. */

enum { TAG, SUM_BYTES, FORKS_BYTES, FORKS_FIRST, HIGH_FIRST };

enum { ROOM = 32, NO_BYTE = 0x100 };

static void own_tell(const unsigned *numbers)
{
    static const char *const names[] = {"the sum", "the forks"};
    bool turned = numbers[FORKS_FIRST] != 0;

    printf("a byte 0x%02x, %s in %u bytes, %s in %u bytes; of each the %s byte first", numbers[TAG],
           names[turned], numbers[turned ? FORKS_BYTES : SUM_BYTES], names[!turned],
           numbers[turned ? SUM_BYTES : FORKS_BYTES],
           numbers[HIGH_FIRST] != 0 ? "highest" : "lowest");
}

static void own_narrow(unsigned i, uint64_t *input)
{
    input[0] = i % 2 == 0 ? input[0] % 100000 : (uint64_t) - (int64_t)(input[0] % 100000);
    input[1] %= 100000;
    input[2] %= 18; /* the longest has 17 */
}

static void own_show(const uint64_t *input)
{
    printf("sum %" PRId64 ", %" PRIu64 " forks, byte %" PRIu64 " of the message (0x%x: none)",
           (int64_t)input[0], input[1], input[2], NO_BYTE);
}

/* Appends the lowest bytes of the value. */
static unsigned append(uint8_t *message, unsigned length, uint64_t value, unsigned bytes,
                       bool high_first)
{
    for (unsigned i = 0; i < bytes; i++)
        message[length + i] = (uint8_t)(value >> 8 * (high_first ? bytes - 1 - i : i));
    return length + bytes;
}

static uint64_t own_want(const unsigned *numbers, const uint64_t *input)
{
    bool high_first = numbers[HIGH_FIRST] != 0;
    uint8_t message[ROOM] = {(uint8_t)numbers[TAG]};
    unsigned length = 1;

    if (numbers[FORKS_FIRST] != 0)
        length = append(message, length, input[1], numbers[FORKS_BYTES], high_first);
    length = append(message, length, input[0], numbers[SUM_BYTES], high_first);
    if (numbers[FORKS_FIRST] == 0)
        length = append(message, length, input[1], numbers[FORKS_BYTES], high_first);
    return input[2] < length ? message[input[2]] : NO_BYTE;
}

static uint64_t own_got(const uint64_t *input)
{
    uint8_t message[ROOM] = {0};

    return input[2] < own_message(message, (int64_t)input[0], input[1]) ? message[input[2]]
                                                                        : NO_BYTE;
}

static int own(struct grade *grade)
{
    static const struct own_rule rule = {
        .hint = "1.5.1",
        .numbers = {[TAG] = {1, 255},
                    [SUM_BYTES] = {4, 5},
                    [FORKS_BYTES] = {3, 6},
                    [FORKS_FIRST] = {0, 2},
                    [HIGH_FIRST] = {0, 2}},
        .tell = own_tell,
        .show = own_show,
        .narrow = own_narrow,
        .want = own_want,
        .got = own_got,
    };

    return own_grade(grade, &rule);
}

int main(int argc, char **argv)
{
    static const struct grade_test tests[] = {{"own", own}};

    return grade_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
