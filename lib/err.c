/* err.c: filling in and printing a struct err; see err.h for the protocol. */
#include "lib/err.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int err_set(struct err *err, const char *format, ...)
{
    va_list args;

    *err = (struct err){0};
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return -1;
}

int err_sys(struct err *err, int errnum, const char *format, ...)
{
    va_list args;
    size_t used;

    *err = (struct err){.code = errnum};
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, ": %s", strerror(errnum));
    return -1;
}

int err_wrap(struct err *err, const char *format, ...)
{
    char inner[sizeof err->text];
    va_list args;
    size_t used;

    memcpy(inner, err->text, sizeof inner);
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, ": %s", inner);
    return -1;
}

int err_hint(struct err *err, const char *format, ...)
{
    va_list args;

    if (err->hint[0] != '\0')
        return -1;
    va_start(args, format);
    vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
    return -1;
}

void err_print(const struct err *err, FILE *out)
{
    fprintf(out, "trivium: %s\n", err->text);
    if (err->hint[0] != '\0')
        fprintf(out, "  try: %s\n", err->hint);
}

_Noreturn void err_die_oom(void)
{
    fputs("trivium: out of memory while starting up\n", stderr);
    exit(125);
}
