/*
 * palette.h: which colour a role has, in a dark theme and in a light one.
 *
 * The lanes' colours are those of Okabe and Ito ("Color Universal Design", 2008), which people with
 * any of the common kinds of colour blindness tell apart; in the light theme the pale ones are
 * darker. Text has a contrast of at least 7:1 to its ground, a bar at least 3:1 (WCAG 2.1, 1.4.6
 * and 1.4.11).
 */
#ifndef TRIVIUM_VIEW_PALETTE_H
#define TRIVIUM_VIEW_PALETTE_H

#include <stdint.h>

#include "view/grid.h"

enum theme { THEME_DARK, THEME_LIGHT, THEME_COUNT };

/* 0xRRGGBB */
uint32_t palette_colour(enum theme theme, enum role role);

/* The contrast of two colours, from 1 to 21: WCAG 2.1, "contrast ratio". */
double palette_contrast(uint32_t a, uint32_t b);

/* The nearest of the 256 colours of xterm that are the same everywhere: 16 to 255. */
unsigned palette_nearest(uint32_t colour);

#endif
