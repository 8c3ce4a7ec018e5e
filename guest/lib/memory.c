/* Bytes: copy, fill, compare, find; for programs and for the kernel. Eight bytes at a time where
 * both sides allow it, and plain loops otherwise. */
#include <stdint.h>
#include <string.h>

/* Reads and writes of eight bytes wherever they lie, in the type system's eyes: any type. */
struct word {
    uint64_t value;
} __attribute__((may_alias));

/* Four words at a time: a step of the loop costs as much as three of them. */
static void copy_words(void *to, const void *from, size_t words)
{
    struct word *out = to;
    const struct word *in = from;
    for (; words >= 4; words -= 4, out += 4, in += 4) {
        out[0] = in[0];
        out[1] = in[1];
        out[2] = in[2];
        out[3] = in[3];
    }
    for (; words > 0; words--)
        *out++ = *in++;
}

static int aligned(const void *a, const void *b)
{
    return (((uintptr_t)a | (uintptr_t)b) & 7) == 0;
}

/* Where they overlap, `to` is before `from`. */
static void copy_forward(void *to, const void *from, size_t size)
{
    unsigned char *out = to;
    const unsigned char *in = from;
    if (aligned(to, from)) {
        size_t whole = size & ~(size_t)7;
        copy_words(out, in, whole / 8);
        out += whole;
        in += whole;
        size -= whole;
    }
    for (; size > 0; size--)
        *out++ = *in++;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    copy_forward(to, from, size);
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    unsigned char *out = to;
    const unsigned char *in = from;
    if ((uintptr_t)to <= (uintptr_t)from || (uintptr_t)to >= (uintptr_t)from + size) {
        copy_forward(to, from, size);
    } else {
        for (; size > 0; size--)
            out[size - 1] = in[size - 1];
    }
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    unsigned char *out = to;
    uint64_t word = (uint64_t)(unsigned char)byte * 0x0101010101010101;
    for (; size > 0 && ((uintptr_t)out & 7); size--)
        *out++ = (unsigned char)byte;
    for (; size >= 32; size -= 32, out += 32) {
        struct word *words = (struct word *)(void *)out;
        words[0].value = word;
        words[1].value = word;
        words[2].value = word;
        words[3].value = word;
    }
    for (; size >= 8; size -= 8, out += 8)
        ((struct word *)(void *)out)->value = word;
    for (; size > 0; size--)
        *out++ = (unsigned char)byte;
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
