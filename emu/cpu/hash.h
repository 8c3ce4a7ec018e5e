/*
 * hash.h: a 64-bit hash of machine states, to tell whether two are the same. Quick, and not for
 * anything that somebody might want to forge.
 */
#ifndef TRIVIUM_EMU_CPU_HASH_H
#define TRIVIUM_EMU_CPU_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

static inline uint64_t hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static inline uint64_t hash_bytes(uint64_t hash, const void *data, size_t bytes)
{
    const uint8_t *at = data;
    uint64_t word;

    for (; bytes >= sizeof word; bytes -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = hash_word(hash, word);
    }
    word = bytes; /* the rest, and how long it was */
    for (; bytes > 0; bytes--, at++)
        word = word << 8 | *at;
    return hash_word(hash, word);
}

#endif
