/*
 * listing.h: code beside its source: which line, and what it says, for the programs whose code is
 * looked at.
 *
 * There may be several, as a machine has a kernel and programs, all of which lie at the same
 * addresses; and a process can become another program. So an address alone says nothing. First it
 * is found out which of the programs have, in their files, the instructions that are there, as many
 * as are known, such as a whole block; then their lines are asked for.
 *
 * Read next: lines.h and source.h, of which this is made.
 */
#ifndef TRIVIUM_LIB_LISTING_H
#define TRIVIUM_LIB_LISTING_H

#include "lib/lines.h"

enum { LISTING_PROGRAMS = 4 };

struct listing;

/* What an instruction was made of. */
struct listing_line {
    struct line_place place;
    const char *text; /* of that line; NULL: its file is not there */
    const char *note; /* what is to be said of its file (source.h); "" is nothing */
};

/* folder: where sources are; NULL: where source.h says. */
struct listing *listing_new(const char *folder);
void listing_free(struct listing *listing);

/* One more program, while there is room. -1: it has no source lines, and err says why. */
int listing_add(struct listing *listing, const char *path, struct err *err);

/* All programs, as a set of bits. `listing` may be NULL, here and below. */
unsigned listing_programs(const struct listing *listing);

/* Of the set, those whose files have at `gva` these `bytes` (2 or 4), the low ones of `word`. */
unsigned listing_with(const struct listing *listing, unsigned set, uint64_t gva, uint32_t word,
                      unsigned bytes);

/* The line of the code at `gva`, in the first of the set that knows. False: none does. */
bool listing_find(struct listing *listing, unsigned set, uint64_t gva, struct listing_line *line);

/* As lines_code(), in the first program that has such a file with code that far down. */
unsigned listing_code(const struct listing *listing, const char *file, unsigned *line,
                      uint64_t *gvas, unsigned most);

/* The file whose path ends so, "prime.c", as places name it. NULL: no program has one. */
const char *listing_file(const struct listing *listing, const char *file);

/*
 * Any line of a file that is named so in a program of the set; NULL: there is none. And how many
 * there are, and the note on the file.
 */
const char *listing_text(struct listing *listing, unsigned set, const char *file, unsigned line);
unsigned listing_count(struct listing *listing, unsigned set, const char *file);
const char *listing_note(struct listing *listing, unsigned set, const char *file);

/* What all of it is for, in one line: why there is no source line at all; "" if there may be. */
const char *listing_why(const struct listing *listing);

#endif
