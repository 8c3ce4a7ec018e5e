/* The heart of printf. Internal: programs use stdio.h. */
#ifndef TRIVIUM_GUEST_LIB_FORMAT_H
#define TRIVIUM_GUEST_LIB_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Where formatted text goes: put is called with each piece in order. */
struct sink {
    void (*put)(struct sink *sink, const char *text, size_t length);
};

/* Formats args as stdio.h describes. Returns the number of characters put. */
size_t format_text(struct sink *sink, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

#endif
