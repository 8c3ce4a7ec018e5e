/* Text to integers: strtol, strtoul, atoi. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

struct number {
    unsigned long magnitude;
    bool negative;
    bool overflow; /* the magnitude did not fit */
};

/* The value of a digit, or 36 for anything else. */
static unsigned int digit_value(char c)
{
    if (isdigit((unsigned char)c))
        return (unsigned int)(c - '0');
    if (isalpha((unsigned char)c))
        return (unsigned int)(tolower((unsigned char)c) - 'a') + 10;
    return 36;
}

/* Skips "0x" or "0" as base 0 and base 16 allow, and returns the base to use. */
static unsigned int number_base(const char **text, int base)
{
    const char *p = *text;
    bool hex = p[0] == '0' && (p[1] == 'x' || p[1] == 'X') && digit_value(p[2]) < 16;
    if (hex && (base == 0 || base == 16)) {
        *text += 2;
        return 16;
    }
    if (base == 0)
        return p[0] == '0' ? 8 : 10;
    return (unsigned int)base;
}

static struct number number_parse(const char *text, char **end, int base)
{
    struct number number = {0};
    union {
        const char *in;
        char *out; /* standard C hands the caller's text back without const */
    } rest = {text};

    if (base != 0 && (base < 2 || base > 36)) {
        errno = EINVAL;
        goto out;
    }
    while (isspace((unsigned char)*text))
        text++;
    if (*text == '-' || *text == '+')
        number.negative = *text++ == '-';

    unsigned int radix = number_base(&text, base);
    for (; digit_value(*text) < radix; rest.in = ++text) {
        unsigned int digit = digit_value(*text);
        if (number.magnitude > (ULONG_MAX - digit) / radix)
            number.overflow = true;
        number.magnitude = number.magnitude * radix + digit;
    }
out:
    if (end)
        *end = rest.out;
    return number;
}

long strtol(const char *text, char **end, int base)
{
    struct number number = number_parse(text, end, base);
    unsigned long limit = number.negative ? (unsigned long)LONG_MAX + 1 : LONG_MAX;
    if (number.overflow || number.magnitude > limit) {
        errno = ERANGE;
        return number.negative ? LONG_MIN : LONG_MAX;
    }
    return (long)(number.negative ? -number.magnitude : number.magnitude);
}

unsigned long strtoul(const char *text, char **end, int base)
{
    struct number number = number_parse(text, end, base);
    if (number.overflow) {
        errno = ERANGE;
        return ULONG_MAX;
    }
    return number.negative ? -number.magnitude : number.magnitude;
}

int atoi(const char *text)
{
    return (int)strtol(text, NULL, 10);
}
