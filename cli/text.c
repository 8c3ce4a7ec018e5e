/* text.c: numbers and lines for people; see text.h. */
#include "cli/text.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS 79

/* Puts a comma before every group of three of the `digits` leading digits of the number. */
static char *group(char buffer[TEXT_SIZE], const char *number)
{
    size_t digits = strspn(number, "0123456789");
    size_t used = 0;

    for (size_t i = 0; number[i] != '\0' && used < TEXT_SIZE - 2; i++) {
        if (i > 0 && i < digits && (digits - i) % 3 == 0)
            buffer[used++] = ',';
        buffer[used++] = number[i];
    }
    buffer[used] = '\0';
    return buffer;
}

char *text_count(char buffer[TEXT_SIZE], uint64_t value)
{
    char number[24];

    snprintf(number, sizeof number, "%llu", (unsigned long long)value);
    return group(buffer, number);
}

char *text_number(char buffer[TEXT_SIZE], double value)
{
    static const double ten_to_the[] = {1, 10, 100, 1000};
    char number[TEXT_SIZE];
    int decimals = 0;

    if (!isfinite(value) || value < 0 || value >= 1e15) {
        snprintf(buffer, TEXT_SIZE, "%.4g", value);
        return buffer;
    }
    while (decimals < 4 && value * ten_to_the[decimals] < 999.95)
        decimals++;
    snprintf(number, sizeof number, "%.*f", value == 0 ? 0 : decimals, value);
    return group(buffer, number);
}

char *text_ratio(char buffer[TEXT_SIZE], double ratio)
{
    if (!isfinite(ratio) || ratio <= 0)
        snprintf(buffer, TEXT_SIZE, "-");
    else if (ratio < 0.0995 || ratio >= 999999.5)
        snprintf(buffer, TEXT_SIZE, "x%.2g", ratio);
    else if (ratio < 1.995)
        snprintf(buffer, TEXT_SIZE, "x%.2f", ratio);
    else
        snprintf(buffer, TEXT_SIZE, "x%.*f", ratio < 9.95 ? 1 : 0, ratio);
    return buffer;
}

char *text_bytes(char buffer[TEXT_SIZE], uint64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes;
    size_t unit = 0;

    while (value >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1024;
        unit++;
    }
    snprintf(buffer, TEXT_SIZE, "%.*f %s", unit == 0 || value >= 99.95 ? 0 : 1, value, units[unit]);
    return buffer;
}

char *text_signal(char buffer[TEXT_SIZE], int signal_number)
{
    const char *name = sigabbrev_np(signal_number);

    if (name != NULL)
        snprintf(buffer, TEXT_SIZE, "SIG%s, %s", name, sigdescr_np(signal_number));
    else
        snprintf(buffer, TEXT_SIZE, "signal %d", signal_number);
    return buffer;
}

void text_make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        if (iscntrl((unsigned char)*text))
            *text = '?';
    }
}

bool text_wants_colour(FILE *file)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    /* https://no-color.org: set and not empty, whatever its value. */
    if (no_colour != NULL && no_colour[0] != '\0')
        return false;
    return isatty(fileno(file)) == 1 && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

const char *text_on(bool colour, enum text_style style)
{
    if (!colour)
        return "";
    switch (style) {
    case STYLE_BOLD: return "\033[1m";
    case STYLE_DIM: return "\033[2m";
    case STYLE_GOOD: return "\033[32m";
    case STYLE_WARN: return "\033[33m";
    case STYLE_BAD: return "\033[1;31m";
    case STYLE_PLAIN: break;
    }
    return "";
}

const char *text_off(bool colour)
{
    return colour ? "\033[0m" : "";
}

void text_wrap(FILE *file, const char *text, int column, int indent)
{
    bool first = true;

    while (*text != '\0') {
        int length = (int)strcspn(text, " ");

        if (!first && column + 1 + length > COLUMNS) {
            fprintf(file, "\n%*s", indent, "");
            column = indent;
        } else if (!first) {
            fputc(' ', file);
            column++;
        }
        fprintf(file, "%.*s", length, text);
        column += length;
        text += length;
        text += strspn(text, " ");
        first = false;
    }
    fputc('\n', file);
}
