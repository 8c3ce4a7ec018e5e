/* What a FILE is. Internal: programs use stdio.h. */
#ifndef TRIVIUM_GUEST_LIB_STREAM_H
#define TRIVIUM_GUEST_LIB_STREAM_H

#include <stdbool.h>
#include <stddef.h>

/* When buffered output is written, besides when the buffer is full. */
enum stream_mode {
    STREAM_UNDECIDED, /* line on a terminal, full otherwise: asked at the first write */
    STREAM_FULL,      /* not before */
    STREAM_LINE,      /* at the end of a call that printed a newline */
    STREAM_CALL,      /* at the end of every call */
};

struct stream {
    int fd;
    enum stream_mode mode;
    int error;     /* errno of the first call that failed, or 0 */
    bool newline;  /* output: the buffer holds the end of a line */
    size_t used;   /* output: bytes waiting; input: bytes handed out */
    size_t filled; /* input: bytes that were read */
    char data[1024];
};

#endif
