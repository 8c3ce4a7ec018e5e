/* palette.c: see palette.h. */
#include "view/palette.h"

#include <math.h>

static const uint32_t colours[THEME_COUNT][ROLE_COUNT] = {
    [THEME_DARK] =
        {
            [ROLE_BACK] = 0x0c1016,
            [ROLE_TEXT] = 0xe4e8ec,
            [ROLE_STRONG] = 0xffffff,
            [ROLE_DIM] = 0xaab4be,
            [ROLE_FRAME] = 0x6f7c8a,
            [ROLE_WARN] = 0xf0c050,
            [ROLE_BAD] = 0xff9a80,
            [ROLE_BADGE] = 0x000000,
            [ROLE_LIVE] = 0xff9a80,
            [ROLE_REPLAY] = 0x7cc4f0,
            [ROLE_BAND] = 0x15304c,
            [ROLE_STRUCK] = 0xaab4be,
            [ROLE_LANE] = 0xe4e8ec,
            0x56b4e9,
            0xe69f00,
            0x00b988, /* a little lighter than theirs */
            0xf0e442,
            0xcc79a7,
            0xe0681a, /* as this is */
            0x9a9a9a,
        },
    [THEME_LIGHT] =
        {
            [ROLE_BACK] = 0xffffff,
            [ROLE_TEXT] = 0x16191d,
            [ROLE_STRONG] = 0x000000,
            [ROLE_DIM] = 0x4a5058,
            [ROLE_FRAME] = 0x7d868f,
            [ROLE_WARN] = 0x6b4a00,
            [ROLE_BAD] = 0x9a2000,
            [ROLE_BADGE] = 0xffffff,
            [ROLE_LIVE] = 0x9a2000,
            [ROLE_REPLAY] = 0x00507e,
            [ROLE_BAND] = 0xe6f2fc,
            [ROLE_STRUCK] = 0x4a5058,
            [ROLE_LANE] = 0x16191d,
            0x0072b2,
            0xb87800,
            0x008a64,
            0x857a00,
            0xa8487e,
            0xc04e00,
            0x777777,
        },
};

uint32_t palette_colour(enum theme theme, enum role role)
{
    return colours[theme][role];
}

/* One channel, from 0 to 255, as light: WCAG 2.1, "relative luminance". */
static double light(uint32_t channel)
{
    double share = (double)(channel & 0xff) / 255;

    return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t colour)
{
    return 0.2126 * light(colour >> 16) + 0.7152 * light(colour >> 8) + 0.0722 * light(colour);
}

double palette_contrast(uint32_t a, uint32_t b)
{
    double brighter = fmax(luminance(a), luminance(b)), darker = fmin(luminance(a), luminance(b));

    return (brighter + 0.05) / (darker + 0.05);
}

static uint32_t distance(uint32_t a, uint32_t b)
{
    uint32_t sum = 0;

    for (unsigned shift = 0; shift < 24; shift += 8) {
        int32_t difference = (int32_t)(a >> shift & 0xff) - (int32_t)(b >> shift & 0xff);

        sum += (uint32_t)(difference * difference);
    }
    return sum;
}

/* 16 to 231 are a cube of six steps a channel, 232 to 255 are greys. */
static uint32_t standard_colour(unsigned number)
{
    static const uint32_t steps[] = {0, 95, 135, 175, 215, 255};
    uint32_t grey = 8 + 10 * (number - 232);

    if (number >= 232)
        return grey << 16 | grey << 8 | grey;
    number -= 16;
    return steps[number / 36] << 16 | steps[number / 6 % 6] << 8 | steps[number % 6];
}

/* The step of the cube that is nearest to a channel. */
static unsigned nearest_step(uint32_t channel)
{
    return channel < 48 ? 0 : channel < 115 ? 1 : (channel - 35) / 40;
}

unsigned palette_nearest(uint32_t colour)
{
    uint32_t red = colour >> 16 & 0xff, green = colour >> 8 & 0xff, blue = colour & 0xff;
    uint32_t middle = (red + green + blue) / 3;
    unsigned cube = 16 + 36 * nearest_step(red) + 6 * nearest_step(green) + nearest_step(blue);
    unsigned grey = 232 + (middle < 8 ? 0 : middle > 238 ? 23 : (middle - 3) / 10);

    return distance(standard_colour(grey), colour) < distance(standard_colour(cube), colour) ? grey
                                                                                             : cube;
}
