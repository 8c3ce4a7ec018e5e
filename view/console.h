/*
 * console.h: what a program has written: the end of it, in lines that are broken where they are too
 * long. No program can draw over what is beside its pane.
 */
#ifndef TRIVIUM_VIEW_CONSOLE_H
#define TRIVIUM_VIEW_CONSOLE_H

#include <stddef.h>

#include "view/grid.h"

/* The text is the owner's, who need not have it in one piece. */
struct console_text {
    const void *owner;
    char (*byte)(const void *owner, size_t at);
    size_t end; /* bytes that are shown */
    /* Is that byte new? Then it is marked, in columns of its own. NULL: nothing is marked. */
    bool (*is_fresh)(const void *owner, size_t at);
    /* Controls do to a line what they do on a terminal, and of sequences for one nothing is shown;
     * else each is a dot, so that it is seen what was written. */
    bool is_terminal;
};

/* For an owner that is the bytes themselves. */
char console_byte(const void *owner, size_t at);

/* The last lines that have room; or those `back` lines before, as far as there are any. */
void console_draw(struct area area, const struct console_text *text, int back);

#endif
