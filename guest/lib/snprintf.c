/* Formatting into memory. */
#include "guest/lib/format.h"

#include <stdio.h>

/* A sink that fills a piece of memory and drops what does not fit. */
struct memory_sink {
    struct sink sink; /* first, so its address is the whole one's too */
    char *text;
    size_t room; /* for characters, the final NUL not counted */
    size_t used;
};

static void memory_sink_put(struct sink *sink, const char *text, size_t length)
{
    struct memory_sink *out = (struct memory_sink *)sink;
    for (size_t i = 0; i < length && out->used < out->room; i++)
        out->text[out->used++] = text[i];
}

int vsnprintf(char *text, size_t size, const char *format, va_list args)
{
    struct memory_sink out = {{memory_sink_put}, text, size > 0 ? size - 1 : 0, 0};
    size_t length = format_text(&out.sink, format, args);
    if (size > 0)
        text[out.used] = '\0';
    return (int)length;
}

int snprintf(char *text, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, size, format, args);
    va_end(args);
    return length;
}
