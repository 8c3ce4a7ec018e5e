/* Bytes: copy, fill, compare, find. Plain loops on purpose: nothing that is timed depends on them.
 */
#include <string.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    unsigned char *out = to;
    const unsigned char *in = from;
    for (size_t i = 0; i < size; i++)
        out[i] = in[i];
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    unsigned char *out = to;
    const unsigned char *in = from;
    if (out < in) {
        for (size_t i = 0; i < size; i++)
            out[i] = in[i];
    } else {
        for (size_t i = size; i > 0; i--)
            out[i - 1] = in[i - 1];
    }
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    unsigned char *out = to;
    for (size_t i = 0; i < size; i++)
        out[i] = (unsigned char)byte;
    return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
    const unsigned char *a = left;
    const unsigned char *b = right;
    for (size_t i = 0; i < size; i++) {
        if (a[i] != b[i])
            return a[i] - b[i];
    }
    return 0;
}

void *memchr(const void *data, int byte, size_t size)
{
    union {
        const unsigned char *in;
        unsigned char *found; /* standard C drops the const here */
    } p = {data};
    for (; size > 0; size--, p.in++) {
        if (*p.in == (unsigned char)byte)
            return p.found;
    }
    return NULL;
}
