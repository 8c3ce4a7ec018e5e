/* printf's conversions, from a format to pieces of text. What it does not know (floating point, %n)
 * is copied as it stands.
 *
 *   % -08.3l x
 *     |||| |  conversion: what to print
 *     |||| length: how wide the argument is (hh h l ll z j t)
 *     ||| precision: least digits of a number, most characters of a text
 *     || width: least characters in all
 *     flags: '-' left, '0' pad with zeros, '+' and ' ' show the sign, '#' show the base
 */
#include "guest/lib/format.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct conversion {
    bool left;
    bool zero;
    bool alternate;
    char positive; /* what to print before a number >= 0: '+', ' ' or 0 */
    int width;
    int precision;      /* -1: none given */
    unsigned int bytes; /* of the integer argument: 1, 2, 4 or 8 */
    char letter;
};

struct output {
    struct sink *sink;
    size_t length;
};

static void put(struct output *out, const char *text, size_t length)
{
    out->sink->put(out->sink, text, length);
    out->length += length;
}

static void put_times(struct output *out, char c, long times)
{
    for (; times > 0; times--)
        put(out, &c, 1);
}

/* Reads "12" or "*". A negative width from the arguments is handed on as it is. */
static int parse_number(const char **format, va_list *args)
{
    if (**format == '*') {
        (*format)++;
        return va_arg(*args, int);
    }
    int number = 0;
    for (; isdigit((unsigned char)**format); (*format)++) {
        int digit = **format - '0';
        number = number > (INT_MAX - digit) / 10 ? INT_MAX : number * 10 + digit;
    }
    return number;
}

static void parse_flags(const char **format, struct conversion *c)
{
    for (;; (*format)++) {
        if (**format == '-')
            c->left = true;
        else if (**format == '0')
            c->zero = true;
        else if (**format == '#')
            c->alternate = true;
        else if (**format == '+')
            c->positive = '+';
        else if (**format == ' ' && !c->positive)
            c->positive = ' ';
        else if (**format != ' ')
            return;
    }
}

static unsigned int parse_length(const char **format)
{
    const char *p = *format;
    unsigned int bytes = sizeof(int);
    if (p[0] == 'h' && p[1] == 'h') {
        bytes = sizeof(char);
        p += 2;
    } else if (p[0] == 'h') {
        bytes = sizeof(short);
        p += 1;
    } else if (p[0] == 'l' && p[1] == 'l') {
        bytes = sizeof(long long);
        p += 2;
    } else if (p[0] == 'l' || p[0] == 'z' || p[0] == 'j' || p[0] == 't') {
        bytes = sizeof(long);
        p += 1;
    }
    *format = p;
    return bytes;
}

/* *format points behind the '%', and in the end behind the conversion letter. */
static struct conversion parse_conversion(const char **format, va_list *args)
{
    struct conversion c = {.precision = -1};
    parse_flags(format, &c);
    c.width = parse_number(format, args);
    if (c.width < 0) {
        c.left = true;
        c.width = c.width == INT_MIN ? INT_MAX : -c.width;
    }
    if (**format == '.') {
        (*format)++;
        c.precision = parse_number(format, args);
    }
    c.bytes = parse_length(format);
    c.letter = **format;
    if (c.letter)
        (*format)++;
    return c;
}

/* Puts a prefix (sign or base), zeros and a body, padded to the width. */
static void put_padded(struct output *out, const struct conversion *c, const char *prefix,
                       long zeros, const char *body, size_t length)
{
    long width = (long)strlen(prefix) + zeros + (long)length;
    if (!c->left)
        put_times(out, ' ', c->width - width);
    put(out, prefix, strlen(prefix));
    put_times(out, '0', zeros);
    put(out, body, length);
    if (c->left)
        put_times(out, ' ', c->width - width);
}

static void put_number(struct output *out, const struct conversion *c, const char *prefix,
                       unsigned int base, uint64_t value)
{
    const char *digits = c->letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    char text[22]; /* 2^64 - 1 has 22 octal digits */
    size_t start = sizeof(text);
    for (; value > 0; value /= base)
        text[--start] = digits[value % base];
    size_t length = sizeof(text) - start;

    long zeros = (c->precision < 0 ? 1 : c->precision) - (long)length;
    if (c->letter == 'o' && c->alternate && zeros <= 0)
        zeros = 1;
    if (c->zero && !c->left && c->precision < 0) {
        long fill = c->width - (long)strlen(prefix) - (long)length;
        zeros = fill > zeros ? fill : zeros;
    }
    put_padded(out, c, prefix, zeros > 0 ? zeros : 0, text + start, length);
}

static void put_signed(struct output *out, const struct conversion *c, va_list *args)
{
    int64_t value = c->bytes == sizeof(long) ? va_arg(*args, long) : va_arg(*args, int);
    if (c->bytes == sizeof(char))
        value = (signed char)value;
    else if (c->bytes == sizeof(short))
        value = (short)value;
    char sign[2] = {value < 0 ? '-' : c->positive, '\0'};
    put_number(out, c, sign, 10, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

static void put_unsigned(struct output *out, const struct conversion *c, va_list *args)
{
    uint64_t value =
        c->bytes == sizeof(long) ? va_arg(*args, unsigned long) : va_arg(*args, unsigned int);
    if (c->bytes == sizeof(char))
        value = (unsigned char)value;
    else if (c->bytes == sizeof(short))
        value = (unsigned short)value;
    const char *prefix = "";
    if (c->alternate && value != 0 && c->letter == 'x')
        prefix = "0x";
    else if (c->alternate && value != 0 && c->letter == 'X')
        prefix = "0X";
    unsigned int base = c->letter == 'u' ? 10 : c->letter == 'o' ? 8 : 16;
    put_number(out, c, prefix, base, value);
}

static void put_pointer(struct output *out, struct conversion *c, const void *pointer)
{
    if (!pointer) {
        put_padded(out, c, "", 0, "(nil)", 5);
        return;
    }
    c->letter = 'x';
    put_number(out, c, "0x", 16, (uintptr_t)pointer);
}

static void put_text(struct output *out, const struct conversion *c, const char *text)
{
    if (!text)
        text = "(null)";
    size_t length = 0;
    while ((c->precision < 0 || length < (size_t)c->precision) && text[length])
        length++;
    put_padded(out, c, "", 0, text, length);
}

static void put_conversion(struct output *out, struct conversion *c, const char *start,
                           const char *end, va_list *args)
{
    char letter;
    switch (c->letter) {
    case 'd':
    case 'i': put_signed(out, c, args); break;
    case 'u':
    case 'o':
    case 'x':
    case 'X': put_unsigned(out, c, args); break;
    case 'p': put_pointer(out, c, va_arg(*args, void *)); break;
    case 's': put_text(out, c, va_arg(*args, const char *)); break;
    case 'c':
        letter = (char)va_arg(*args, int);
        put_padded(out, c, "", 0, &letter, 1);
        break;
    case '%': put(out, "%", 1); break;
    default: put(out, start, (size_t)(end - start)); break;
    }
}

size_t format_text(struct sink *sink, const char *format, va_list args)
{
    struct output out = {.sink = sink};
    va_list rest; /* a copy can be handed around by address, a parameter cannot */
    va_copy(rest, args);
    while (*format) {
        const char *percent = strchr(format, '%');
        if (!percent)
            percent = format + strlen(format);
        put(&out, format, (size_t)(percent - format));
        format = percent;
        if (*percent == '%') {
            format++;
            struct conversion c = parse_conversion(&format, &rest);
            put_conversion(&out, &c, percent, format, &rest);
        }
    }
    va_end(rest);
    return out.length;
}
