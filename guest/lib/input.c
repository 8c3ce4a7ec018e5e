/* Buffered input: stdin. A process that shares its standard input with a child should use read(2)
 * instead, because a buffer takes more than was asked for. */
#include "guest/lib/stream.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static struct stream stdin_stream = {.fd = STDIN_FILENO};

FILE *const stdin = &stdin_stream;

int fgetc(FILE *stream)
{
    if (stream->used == stream->filled) {
        ssize_t count;
        do {
            count = read(stream->fd, stream->data, sizeof(stream->data));
        } while (count < 0 && errno == EINTR);
        if (count < 0)
            stream->error = errno;
        stream->used = 0;
        stream->filled = count > 0 ? (size_t)count : 0;
        if (count <= 0)
            return EOF;
    }
    return (unsigned char)stream->data[stream->used++];
}

int getchar(void)
{
    return fgetc(stdin);
}

char *fgets(char *text, int size, FILE *stream)
{
    int length = 0;
    while (length < size - 1) {
        int c = fgetc(stream);
        if (c == EOF)
            break;
        text[length++] = (char)c;
        if (c == '\n')
            break;
    }
    if (length == 0)
        return NULL;
    text[length] = '\0';
    return text;
}
