/* Formatted output and simple input. No floating point: the programs do without it.
 *
 * stdout is written when a line ends on a terminal, when its buffer is full elsewhere; always
 * before fork and at exit, so that no text is lost or doubled. stderr is written at the end of each
 * call.
 */
#ifndef TRIVIUM_GUEST_LIB_STDIO_H
#define TRIVIUM_GUEST_LIB_STDIO_H

#include <stdarg.h>
#include <stddef.h>

#define EOF (-1)

typedef struct stream FILE;

extern FILE *const stdin;
extern FILE *const stdout;
extern FILE *const stderr;

/* Conversions: %d %i %u %x %X %o %c %s %p %%, flags "-0+ #", width and precision (also "*"),
 * lengths hh h l ll z j t. Return the number of characters, or -1 after a write error. */
int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
int vfprintf(FILE *stream, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Write at most size bytes, the final NUL included; return the length of the whole text. */
int snprintf(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int vsnprintf(char *text, size_t size, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

int puts(const char *text);
int putchar(int c);
int fputs(const char *text, FILE *stream);
int fputc(int c, FILE *stream);
size_t fwrite(const void *data, size_t size, size_t count, FILE *stream);
int fflush(FILE *stream);
int ferror(FILE *stream);

int fgetc(FILE *stream);
int getchar(void);

/* Reads up to and including a newline, at most size - 1 bytes; NULL at the end or on error. */
char *fgets(char *text, int size, FILE *stream);

/* Prints "what: the text of errno" on stderr. */
void perror(const char *what);

#endif
