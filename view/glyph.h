/*
 * glyph.h: the characters that a grid can show, and how each looks in 8 by 16 pixels.
 *
 * There are few: ASCII, Latin-1 and some signs from a font (font.c), lines and blocks, which are
 * drawn here so that they meet at the cells' edges. All are one column wide in every terminal.
 */
#ifndef TRIVIUM_VIEW_GLYPH_H
#define TRIVIUM_VIEW_GLYPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GLYPH_WIDTH  8
#define GLYPH_HEIGHT 16
#define GLYPH_BYTES  4 /* of UTF-8, at most */

enum {
    GLYPH_DOT = 0xb7,
    GLYPH_TIMES = 0xd7,
    GLYPH_ELLIPSIS = 0x2026,
    GLYPH_ARROW = 0x2192, /* to the right */
    GLYPH_HORIZONTAL = 0x2500,
    GLYPH_HEAVY = 0x2501,
    GLYPH_VERTICAL = 0x2502,
    GLYPH_DASHED = 0x2504,
    GLYPH_TOP_LEFT = 0x250c,
    GLYPH_TOP_RIGHT = 0x2510,
    GLYPH_BOTTOM_LEFT = 0x2514,
    GLYPH_BOTTOM_RIGHT = 0x2518,
    GLYPH_TEE_RIGHT = 0x251c, /* open to the right */
    GLYPH_TEE_LEFT = 0x2524,
    GLYPH_TEE_DOWN = 0x252c,
    GLYPH_TEE_UP = 0x2534,
    GLYPH_CROSS = 0x253c,
    GLYPH_DOUBLE = 0x2550,
    GLYPH_RISING = 0x2571,  /* a hatch: / */
    GLYPH_FALLING = 0x2572, /* a hatch: \ */
    GLYPH_BLOCK = 0x2588,
    GLYPH_LEFT_HALF = 0x258c,
    GLYPH_SHADE_LIGHT = 0x2591,
    GLYPH_SHADE = 0x2592,
    GLYPH_SHADE_DARK = 0x2593,
    GLYPH_TRIANGLE = 0x25b6, /* points to the right */
    GLYPH_DIAMOND = 0x25c6,
    GLYPH_CIRCLE = 0x25cb,
    GLYPH_DISC = 0x25cf,
};

bool glyph_is_known(uint32_t glyph);

/* The next character of UTF-8, which is not at its end; '?' for what is none, or is not known. */
uint32_t glyph_decode(const char **text);

/* Answers how many bytes. */
size_t glyph_encode(char bytes[GLYPH_BYTES], uint32_t glyph);

/* What stands for it where there is only ASCII. */
char glyph_ascii(uint32_t glyph);

/* Its rows from the top; in each, bit 7 is the leftmost pixel. */
void glyph_rows(uint8_t rows[GLYPH_HEIGHT], uint32_t glyph);

/* font.c: those that come from a font, in the order of their numbers. */
#define FONT_HEIGHT 13
struct font_glyph {
    uint16_t glyph;
    uint8_t rows[FONT_HEIGHT];
};
extern const struct font_glyph font_glyphs[];
extern const size_t font_glyph_count;

#endif
