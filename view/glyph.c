/* glyph.c: which characters there are, and those that are drawn rather than read from a font. */
#include "view/glyph.h"

#include <stdlib.h>
#include <string.h>

#define MIDDLE_X 4
#define MIDDLE_Y 7 /* of 16; lines are at this row */
#define FONT_TOP 1 /* rows of the cell above those of the font */

/* Where a line glyph has arms. */
enum { LEFT = 1, RIGHT = 2, UP = 4, DOWN = 8, HEAVY = 16, DOUBLE = 32, DASHED = 64 };

/* What is drawn here. */
static const struct drawn {
    uint16_t glyph;
    char ascii;
    uint8_t arms; /* 0: no line */
} drawn[] = {
    {GLYPH_HORIZONTAL, '-', LEFT | RIGHT},
    {GLYPH_HEAVY, '~', LEFT | RIGHT | HEAVY},
    {GLYPH_VERTICAL, '|', UP | DOWN},
    {GLYPH_DASHED, '-', LEFT | RIGHT | DASHED},
    {GLYPH_TOP_LEFT, '+', RIGHT | DOWN},
    {GLYPH_TOP_RIGHT, '+', LEFT | DOWN},
    {GLYPH_BOTTOM_LEFT, '+', RIGHT | UP},
    {GLYPH_BOTTOM_RIGHT, '+', LEFT | UP},
    {GLYPH_TEE_RIGHT, '|', RIGHT | UP | DOWN},
    {GLYPH_TEE_LEFT, '|', LEFT | UP | DOWN},
    {GLYPH_TEE_DOWN, '+', LEFT | RIGHT | DOWN},
    {GLYPH_TEE_UP, '+', LEFT | RIGHT | UP},
    {GLYPH_CROSS, '+', LEFT | RIGHT | UP | DOWN},
    {GLYPH_DOUBLE, '=', LEFT | RIGHT | DOUBLE},
    {GLYPH_RISING, '/', 0},
    {GLYPH_FALLING, '\\', 0},
    {GLYPH_BLOCK, '#', 0},
    {GLYPH_LEFT_HALF, '#', 0},
    {GLYPH_SHADE_LIGHT, ':', 0},
    {GLYPH_SHADE, '%', 0},
    {GLYPH_SHADE_DARK, '@', 0},
};

/* Signs of the font that ASCII has another sign for. */
static const struct {
    uint16_t glyph;
    char ascii;
} signs[] = {
    {GLYPH_DOT, '.'},      {GLYPH_TIMES, 'x'}, {GLYPH_ELLIPSIS, '~'}, {0x2190, '<'},
    {0x2191, '^'},         {GLYPH_ARROW, '>'}, {0x2193, 'v'},         {GLYPH_CIRCLE, 'o'},
    {GLYPH_TRIANGLE, '>'}, {GLYPH_DISC, '*'},  {0x25c0, '<'},         {GLYPH_DIAMOND, '+'},
};

static const struct drawn *find_drawn(uint32_t glyph)
{
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
        if (drawn[i].glyph == glyph)
            return &drawn[i];
    }
    return NULL;
}

static int compare_font(const void *key, const void *element)
{
    uint32_t glyph = *(const uint32_t *)key, other = ((const struct font_glyph *)element)->glyph;

    return glyph < other ? -1 : glyph > other;
}

static const struct font_glyph *find_font(uint32_t glyph)
{
    return bsearch(&glyph, font_glyphs, font_glyph_count, sizeof *font_glyphs, compare_font);
}

bool glyph_is_known(uint32_t glyph)
{
    return find_font(glyph) != NULL || find_drawn(glyph) != NULL;
}

/* Unicode 15, table 3-6: how many bytes follow the first; -1: that is no first byte. */
static int following(unsigned char first)
{
    if (first < 0x80)
        return 0;
    if (first < 0xc2 || first > 0xf4)
        return -1;
    return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
}

uint32_t glyph_decode(const char **text)
{
    const unsigned char *bytes = (const unsigned char *)*text;
    int more = following(bytes[0]);
    uint32_t glyph = more <= 0 ? bytes[0] : bytes[0] & (0x3fU >> more);

    for (int i = 1; i <= more; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            *text += i; /* a NUL is not passed */
            return '?';
        }
        glyph = glyph << 6 | (bytes[i] & 0x3fU);
    }
    *text += more > 0 ? more + 1 : 1;
    return more >= 0 && glyph_is_known(glyph) ? glyph : '?';
}

size_t glyph_encode(char bytes[GLYPH_BYTES], uint32_t glyph)
{
    if (glyph < 0x80) {
        bytes[0] = (char)glyph;
        return 1;
    }
    if (glyph < 0x800) {
        bytes[0] = (char)(0xc0 | glyph >> 6);
        bytes[1] = (char)(0x80 | (glyph & 0x3f));
        return 2;
    }
    bytes[0] = (char)(0xe0 | glyph >> 12); /* none is beyond 0xffff */
    bytes[1] = (char)(0x80 | (glyph >> 6 & 0x3f));
    bytes[2] = (char)(0x80 | (glyph & 0x3f));
    return 3;
}

char glyph_ascii(uint32_t glyph)
{
    const struct drawn *line = find_drawn(glyph);

    if (glyph < 0x80)
        return (char)glyph;
    if (line != NULL)
        return line->ascii;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (signs[i].glyph == glyph)
            return signs[i].ascii;
    }
    return '?';
}

static void draw_lines(uint8_t rows[GLYPH_HEIGHT], unsigned arms)
{
    uint8_t across = (uint8_t)(((arms & LEFT) != 0 ? 0xf8 : 0) | ((arms & RIGHT) != 0 ? 0x0f : 0));

    if ((arms & DASHED) != 0)
        across &= 0xdb; /* ##.##.## */
    for (int y = 0; y < GLYPH_HEIGHT; y++) {
        if (y <= MIDDLE_Y ? (arms & UP) != 0 : (arms & DOWN) != 0)
            rows[y] |= 0x80 >> MIDDLE_X;
    }
    if ((arms & DOUBLE) != 0) {
        rows[MIDDLE_Y - 2] = rows[MIDDLE_Y - 1] = across;
        rows[MIDDLE_Y + 2] = rows[MIDDLE_Y + 1] = across;
        return;
    }
    rows[MIDDLE_Y] |= across;
    if ((arms & HEAVY) != 0)
        rows[MIDDLE_Y - 1] = rows[MIDDLE_Y + 1] = rows[MIDDLE_Y + 2] = across;
}

/* Patterns that go on from cell to cell. */
static void draw_pattern(uint8_t rows[GLYPH_HEIGHT], uint32_t glyph)
{
    for (int y = 0; y < GLYPH_HEIGHT; y++) {
        uint8_t rising = (uint8_t)(0x03 << y / 2 | 0x03 >> (8 - y / 2));

        switch (glyph) {
        case GLYPH_BLOCK: rows[y] = 0xff; break;
        case GLYPH_LEFT_HALF: rows[y] = 0xf0; break;
        case GLYPH_SHADE_LIGHT: rows[y] = y % 4 == 0 ? 0x88 : y % 4 == 2 ? 0x22 : 0; break;
        case GLYPH_SHADE: rows[y] = y % 2 == 0 ? 0xaa : 0x55; break;
        case GLYPH_SHADE_DARK: rows[y] = y % 4 == 0 ? 0x77 : y % 4 == 2 ? 0xdd : 0xff; break;
        case GLYPH_RISING: rows[y] = rising; break;
        case GLYPH_FALLING: rows[y] = (uint8_t)(0xc0 >> y / 2 | 0xc0 << (8 - y / 2)); break;
        default: break;
        }
    }
}

void glyph_rows(uint8_t rows[GLYPH_HEIGHT], uint32_t glyph)
{
    const struct font_glyph *font = find_font(glyph);
    const struct drawn *line = find_drawn(glyph);

    memset(rows, 0, GLYPH_HEIGHT);
    if (font != NULL)
        memcpy(rows + FONT_TOP, font->rows, FONT_HEIGHT);
    else if (line != NULL && line->arms != 0)
        draw_lines(rows, line->arms);
    else
        draw_pattern(rows, glyph);
}
