/* Buffered output: stdout, stderr and all that prints. */
#include "guest/lib/format.h"
#include "guest/lib/stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct stream stdout_stream = {.fd = STDOUT_FILENO, .mode = STREAM_UNDECIDED};
static struct stream stderr_stream = {.fd = STDERR_FILENO, .mode = STREAM_CALL};

FILE *const stdout = &stdout_stream;
FILE *const stderr = &stderr_stream;

int fflush(FILE *stream)
{
    size_t done = 0;
    while (done < stream->used) {
        ssize_t count = write(stream->fd, stream->data + done, stream->used - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0) {
            if (!stream->error)
                stream->error = count < 0 ? errno : EIO;
            break;
        }
        done += (size_t)count;
    }
    /* What could not be written is dropped, or a full disk would fail the same bytes for ever. */
    int result = done == stream->used ? 0 : EOF;
    stream->used = 0;
    stream->newline = false;
    return result;
}

int ferror(FILE *stream)
{
    return stream->error != 0;
}

static void stream_put(FILE *stream, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (stream->used == sizeof(stream->data))
            fflush(stream);
        stream->data[stream->used++] = data[i];
        if (data[i] == '\n')
            stream->newline = true;
    }
}

/* Ends one printing call: writes the buffer if the mode says so. Returns EOF after any failure. */
static int stream_done(FILE *stream)
{
    if (stream->mode == STREAM_UNDECIDED) {
        int number = errno;
        stream->mode = isatty(stream->fd) ? STREAM_LINE : STREAM_FULL;
        errno = number;
    }
    if (stream->mode == STREAM_CALL || (stream->mode == STREAM_LINE && stream->newline))
        fflush(stream);
    return stream->error ? EOF : 0;
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *stream)
{
    stream_put(stream, data, size * count);
    return stream_done(stream) == EOF ? 0 : count;
}

int fputs(const char *text, FILE *stream)
{
    stream_put(stream, text, strlen(text));
    return stream_done(stream);
}

int fputc(int c, FILE *stream)
{
    char byte = (char)c;
    stream_put(stream, &byte, 1);
    return stream_done(stream) == EOF ? EOF : (unsigned char)byte;
}

int putchar(int c)
{
    return fputc(c, stdout);
}

int puts(const char *text)
{
    stream_put(stdout, text, strlen(text));
    stream_put(stdout, "\n", 1);
    return stream_done(stdout);
}

/* A sink that prints on a stream. The sink comes first, so its address is the whole one's too. */
struct stream_sink {
    struct sink sink;
    FILE *stream;
};

static void stream_sink_put(struct sink *sink, const char *text, size_t length)
{
    stream_put(((struct stream_sink *)sink)->stream, text, length);
}

int vfprintf(FILE *stream, const char *format, va_list args)
{
    struct stream_sink out = {{stream_sink_put}, stream};
    size_t length = format_text(&out.sink, format, args);
    return stream_done(stream) == EOF ? -1 : (int)length;
}

int fprintf(FILE *stream, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vfprintf(stream, format, args);
    va_end(args);
    return length;
}

int printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vfprintf(stdout, format, args);
    va_end(args);
    return length;
}
