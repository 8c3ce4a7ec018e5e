/*
 * source.h: the text of source files, to be shown beside what was made of them.
 *
 * A file is looked for by the name that the program has of it (lines.h). One that begins with a '/'
 * is that file; another one is looked for in a folder that was told, else in the folders above the
 * program's own, then in the current one. What is read is a regular file and bounded; what is
 * shown is printable ASCII, as the name comes from a program that may mean harm.
 */
#ifndef TRIVIUM_LIB_SOURCE_H
#define TRIVIUM_LIB_SOURCE_H

#include <stdbool.h>

struct sources;

/* program: its path. folder: where else its sources are; NULL: see above. Both are copied. */
struct sources *sources_new(const char *program, const char *folder);
void sources_free(struct sources *sources);

/* How many lines the file has; 0: it is not there, and sources_note() says so. It is read once. */
unsigned sources_count(struct sources *sources, const char *file);

/* The text of a line, from 1, without its end; lives as long as `sources`. NULL: there is none. */
const char *sources_line(struct sources *sources, const char *file, unsigned line);

/*
 * What is to be said about the file: why it is not there, or that it is newer than the program, so
 * that its lines may be others now. "": nothing. Lives as long as `sources`.
 */
const char *sources_note(struct sources *sources, const char *file);

#endif
