/*
 * lines.h: which line of which source file a piece of a program was made of, and where a line's
 * code is; by libdw.
 *
 * libdw is loaded only when it is asked, like Capstone (disassemble.h): few runs need it. The file
 * is hostile until proven otherwise, as in elf.h: it is copied first, so that it cannot change or
 * shrink while it is read; how much libdw may unpack is bounded; and what is found is copied into a
 * table of our own, after which neither libdw nor the file is needed. Names are printable ASCII.
 *
 * Read next: source.h, the text of these lines.
 * Source: DWARF 5, section 6.2 (line number information).
 */
#ifndef TRIVIUM_LIB_LINES_H
#define TRIVIUM_LIB_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/err.h"

struct lines;

/* A line of source. */
struct line_place {
    const char *file; /* as the compiler was told, "guest/bin/prime.c"; lives as long as `lines` */
    unsigned line;    /* from 1 */
};

enum { LINE_FILE_MAX = 256 }; /* bytes of a file's name, where one is typed */

/*
 * Of the ELF file at `path`. NULL: err says why there is nothing: no libdw on this host, a program
 * made without -g, damage (of which nothing is believed then).
 */
struct lines *lines_new(const char *path, struct err *err);
void lines_free(struct lines *lines);

/* What the code at `gva` was made of. False: of no line that is known; `lines` may be NULL. */
bool lines_find(const struct lines *lines, uint64_t gva, struct line_place *place);

/*
 * Where code of a line begins: ascending, at most `most` of them are put into `gvas`; several,
 * where the compiler has parted or repeated it. Returns how many. If the line has none, the next
 * one of the file that has is taken, and *line becomes that. `file` is the end of a path:
 * "prime.c", "bin/prime.c". 0: there is no such file, or no code that far down; `lines` may be
 * NULL.
 */
unsigned lines_code(const struct lines *lines, const char *file, unsigned *line, uint64_t *gvas,
                    unsigned most);

/* The file whose path ends so, as places name it; NULL: there is none; `lines` may be NULL. */
const char *lines_file(const struct lines *lines, const char *file);

/* "prime.c:42", taken apart. False: it is not of that form. */
bool lines_parse(const char *text, char file[LINE_FILE_MAX], unsigned *line);

#endif
