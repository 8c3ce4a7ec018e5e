/* escape.c: see escape.h. */
#include "cli/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * How many bytes the character takes that `text` begins with; 0: it is none that may stay. Overlong
 * forms, surrogates and what is no character are none (RFC 3629), nor are controls (C0, C1).
 */
static size_t character_length(const unsigned char *text)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
    uint32_t code;

    if (length == 1)
        return text[0] >= ' ' && text[0] != 0x7f;
    if (text[0] < 0xc0 || text[0] >= 0xf8)
        return 0;
    code = text[0] & (0xffU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0; /* a NUL, too: nothing behind it is read */
        code = code << 6 | (text[i] & 0x3fU);
    }
    if (code < least[length] || code < 0xa0 || code > 0x10ffff ||
        (code >= 0xd800 && code < 0xe000) || (code & 0xfffe) == 0xfffe)
        return 0;
    /* Marks that turn the direction of what follows, for which a reader would take it. */
    if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069))
        return 0;
    return length;
}

/* What stands for a special character, or NULL. */
typedef const char *replacement(char c);

static void escape(FILE *file, const char *text, replacement *special)
{
    while (text != NULL && *text != '\0') {
        size_t length = character_length((const unsigned char *)text);
        const char *instead = length == 1 ? special(*text) : NULL;

        if (instead != NULL)
            fputs(instead, file);
        else if (length == 0)
            fputc(*text == '\n' || *text == '\t' ? ' ' : '?', file);
        else
            fwrite(text, 1, length, file);
        text += length == 0 ? 1 : length;
    }
}

static const char *special_xml(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void escape_xml(FILE *file, const char *text)
{
    escape(file, text, special_xml);
}

static const char *special_csv(char c)
{
    return c == '"' ? "\"\"" : NULL;
}

void escape_csv(FILE *file, const char *text)
{
    fputc('"', file);
    if (text != NULL && *text != '\0' && strchr("=+-@\t\r", *text) != NULL)
        fputc('\'', file);
    escape(file, text, special_csv);
    fputc('"', file);
}

static const char *special_markdown(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '|': return "\\|";
    case '`': return "\\`";
    case '*': return "\\*";
    case '_': return "\\_";
    case '[': return "\\[";
    case ']': return "\\]";
    case '\\': return "\\\\";
    default: return NULL;
    }
}

void escape_markdown(FILE *file, const char *text)
{
    escape(file, text, special_markdown);
}
