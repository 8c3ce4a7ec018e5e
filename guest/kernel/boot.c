/* The boot arguments, cut into words. */
#include "guest/kernel/boot_parse.h"

#include <string.h>

enum { TEXT_MAX = 4096 };

/* Written while booting, constant from then on. */
static struct {
    struct boot boot;
    char text[TEXT_MAX]; /* the words, each ended by a NUL */
} state;

const struct boot *boot_get(void)
{
    return &state.boot;
}

struct boot *boot_fill(void)
{
    return &state.boot;
}

/* Copies one word, unquoted, from *from to `to`. Returns the end of the copy, its NUL. */
static char *copy_word(char *to, const char **from)
{
    bool quoted = false;
    const char *in = *from;
    for (char c; (c = *in) && (quoted || c != ' '); in++) {
        if (c == '"') {
            quoted = !quoted;
            continue;
        }
        if (c == '\\' && in[1])
            c = *++in;
        *to++ = c;
    }
    *from = in;
    *to = '\0';
    return to;
}

void boot_parse(const char *arguments)
{
    struct boot *boot = &state.boot;
    char *out = state.text;
    if (strlen(arguments) >= TEXT_MAX)
        panic("the boot arguments have %lu bytes; %d is the limit", strlen(arguments),
              TEXT_MAX - 1);
    bool separated = false;
    for (const char *in = arguments; *in;) {
        if (*in == ' ') {
            in++;
            continue;
        }
        if (boot->word_count == BOOT_WORDS_MAX)
            panic("there are more than %d boot arguments", BOOT_WORDS_MAX);
        boot->words[boot->word_count++] = out;
        const char *word = out;
        out = copy_word(out, &in) + 1;
        if (!separated && strcmp(word, "--") == 0) {
            separated = true;
            boot->argument_start = boot->word_count;
        }
    }
    if (!separated)
        boot->argument_start = boot->word_count;
}

const char *boot_word(const char *name)
{
    const struct boot *boot = &state.boot;
    size_t length = strlen(name);
    bool whole = length == 0 || name[length - 1] != '=';
    for (size_t i = boot->argument_start; i-- > 0;) {
        const char *word = boot->words[i];
        if (word[0] == name[0] && strncmp(word, name, length) == 0 &&
            (!whole || word[length] == '\0'))
            return word + length;
    }
    return NULL;
}
