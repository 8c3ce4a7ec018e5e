/*
 * grid.h: a screen as cells, which knows neither a terminal nor a window.
 *
 *     a view --draws into--> grid --> text    (grid_print(): --frame, golden tests)
 *                                 --> ANSI    (paint.h, terminal.c)
 *                                 --> pixels  (raster.h, window.c)
 *
 * A cell has a glyph and says what it *is* by the name of a role; palette.h knows which colour a
 * role has in which theme. Nothing may be said by a role alone: there is always a letter, a word
 * or a pattern, too.
 *
 * A view draws into an area, a rectangle of the grid with coordinates of its own; what lies outside
 * it is cut off. Columns and rows are counted from 0, at the top left.
 *
 * Texts are UTF-8 and may hold any bytes: what is no printable character that glyph.h knows becomes
 * '?', so nothing that came from a file can move a cursor or be two columns wide.
 */
#ifndef TRIVIUM_VIEW_GRID_H
#define TRIVIUM_VIEW_GRID_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What backends are asked for stays within these. */
#define GRID_WIDTH_MAX  1000
#define GRID_HEIGHT_MAX 500

enum role {
    ROLE_BACK, /* the ground; as a foreground, invisible */
    ROLE_TEXT,
    ROLE_STRONG,
    ROLE_DIM,
    ROLE_FRAME,
    ROLE_WARN,
    ROLE_BAD,
    ROLE_BADGE,  /* on ROLE_LIVE and ROLE_REPLAY */
    ROLE_LIVE,   /* a ground */
    ROLE_REPLAY, /* a ground */
    ROLE_BAND,   /* a ground, of what is looked at: ROLE_TEXT, ROLE_STRONG and ROLE_WARN are read on
                    it */
    ROLE_STRUCK, /* as ROLE_DIM, with a line through it */
    ROLE_LANE,   /* the first of ROLE_LANES that are told apart */
    ROLE_COUNT = ROLE_LANE + 8
};

#define ROLE_LANES (ROLE_COUNT - ROLE_LANE)

struct grid_cell {
    uint32_t glyph; /* a code point of glyph.h */
    uint8_t fore, back;
};

struct grid {
    int width, height;
    struct grid_cell *cells; /* owned; row after row */
};

struct area {
    struct grid *grid; /* borrowed */
    int x, y, width, height;
};

/* Blank, of that size, which is brought within 1 and the largest. */
void grid_init(struct grid *grid, int width, int height);
void grid_fini(struct grid *grid);

/* Another size, and blank. */
void grid_resize(struct grid *grid, int width, int height);
void grid_clear(struct grid *grid);

/* As lines of text, without the blanks at their ends; `ascii`: with letters in place of the glyphs
 * that ASCII has not. */
void grid_print(FILE *file, const struct grid *grid, bool ascii);

struct area area_whole(struct grid *grid);

/* A part of an area; what of it would lie outside is cut off. */
struct area area_part(struct area area, int x, int y, int width, int height);

/* What is there; a blank outside the area. */
uint32_t area_glyph(struct area area, int x, int y);
void area_put(struct area area, int x, int y, uint32_t glyph, enum role role);
void area_fill(struct area area, uint32_t glyph, enum role role);

/* The ground of `width` cells. */
void area_ground(struct area area, int x, int y, int width, enum role ground);

/* One line, cut off at the area's edge. Answers the column behind it. */
int area_text(struct area area, int x, int y, enum role role, const char *text);
int area_print(struct area area, int x, int y, enum role role, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* At most `width` columns; the last is an ellipsis when there was more. Answers the column behind
 * it. */
int area_cut(struct area area, int x, int y, int width, enum role role, const char *text);

/* Flush with column `end`, which is the one behind it. */
void area_right(struct area area, int end, int y, enum role role, const char *text);

/* Broken at blanks into the area's lines from row `y` on. Answers the row behind it. */
int area_wrap(struct area area, int y, enum role role, const char *text);

/* A frame with a title along the area's edge. Answers what is inside. */
struct area area_box(struct area area, enum role role, const char *title);

/* `share` (0 to 1) of `width` cells, from the left, full of `fill`; the cell where it ends if at
 * least half of it is covered, with the half block if `fill` is the whole one. Answers the column
 * behind. */
int area_bar(struct area area, int x, int y, int width, double share, uint32_t fill,
             enum role role);

/* How many columns a text takes. */
int text_columns(const char *text);

/* How many lines of that width area_wrap() takes for it. */
int text_lines(const char *text, int width);

#endif
