/* Words and operators of the shell. See sh.h. */
#include "guest/bin/sh/sh.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text;
    enum token_kind kind;
} operators[] = {
    /* The longer ones first. */
    {">>", TOKEN_APPEND}, {"&&", TOKEN_AND},    {"||", TOKEN_OR},     {"<<", TOKEN_UNKNOWN},
    {"|", TOKEN_PIPE},    {"<", TOKEN_LESS},    {">", TOKEN_GREATER}, {";", TOKEN_SEMICOLON},
    {"&", TOKEN_UNKNOWN}, {"(", TOKEN_UNKNOWN}, {")", TOKEN_UNKNOWN}, {"`", TOKEN_UNKNOWN},
};

void *word_allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory) {
        perror("sh");
        exit(1);
    }
    return memory;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool ends_word(char c)
{
    return c == '\0' || is_blank(c) || strchr("|<>;&()`", c);
}

/* The end of the quoted text that starts at a quote, or NULL if there is none. */
static const char *skip_quotes(const char *p)
{
    char quote = *p++;
    for (; *p != quote; p++) {
        if (quote == '"' && *p == '\\' && p[1])
            p++;
        if (!*p)
            return NULL;
    }
    return p + 1;
}

struct token word_token(const char **text)
{
    while (is_blank(**text))
        (*text)++;
    const char *start = *text;
    if (*start == '\0' || *start == '#')
        return (struct token){TOKEN_END, {start, 0}};

    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        size_t length = strlen(operators[i].text);
        if (strncmp(start, operators[i].text, length) == 0) {
            *text = start + length;
            return (struct token){operators[i].kind, {start, length}};
        }
    }

    const char *p = start;
    while (p && !ends_word(*p)) {
        if (*p == '\'' || *p == '"')
            p = skip_quotes(p);
        else if (*p == '\\' && p[1])
            p += 2;
        else
            p++;
    }
    if (!p)
        return (struct token){TOKEN_OPEN, {start, strlen(start)}};
    *text = p;
    return (struct token){TOKEN_WORD, {start, (size_t)(p - start)}};
}

/* Text that grows. */
struct text {
    char *data;
    size_t length;
    size_t room;
};

static void text_add(struct text *text, const char *more, size_t length)
{
    if (text->length + length >= text->room) {
        size_t room = 2 * (text->length + length) + 16;
        char *data = word_allocate(room); /* zeroed, so the text is ended by a NUL */
        if (text->data)
            memcpy(data, text->data, text->length);
        free(text->data);
        text->data = data;
        text->room = room;
    }
    memcpy(text->data + text->length, more, length);
    text->length += length;
}

/* Adds what the "$..." at p stands for, and returns what follows it. A '$' before anything else is
 * itself. */
static const char *expand_dollar(const struct shell *shell, struct text *out, const char *p,
                                 const char *end)
{
    const char *name = p + 1;
    const char *stop = name;
    if (name < end && *name == '?') {
        char number[16];
        int length = snprintf(number, sizeof(number), "%d", shell->status);
        text_add(out, number, (size_t)length);
        return name + 1;
    }
    while (stop < end && (isalpha((unsigned char)*stop) || *stop == '_' ||
                          (stop > name && isdigit((unsigned char)*stop))))
        stop++;
    if (stop == name) {
        text_add(out, "$", 1);
        return name;
    }
    char *copy = word_allocate((size_t)(stop - name) + 1);
    memcpy(copy, name, (size_t)(stop - name));
    const char *value = getenv(copy);
    if (value)
        text_add(out, value, strlen(value));
    free(copy);
    return stop;
}

char *word_expand(const struct shell *shell, struct slice word)
{
    const char *end = word.start + word.length;
    struct text out = {0};
    char quote = '\0'; /* the quote we are in */
    text_add(&out, "", 0);
    for (const char *p = word.start; p < end;) {
        if (*p == quote) {
            quote = '\0';
            p++;
        } else if (!quote && (*p == '\'' || *p == '"')) {
            quote = *p++;
        } else if (*p == '$' && quote != '\'') {
            p = expand_dollar(shell, &out, p, end);
        } else {
            /* Between "..." a backslash counts only before the characters that mean something. */
            bool escape =
                *p == '\\' && p + 1 < end && (!quote || (quote == '"' && strchr("\"\\$", p[1])));
            if (escape)
                p++;
            text_add(&out, p++, 1);
        }
    }
    return out.data;
}
