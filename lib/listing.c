/* listing.c: see listing.h. */
#include "lib/listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/elf.h"
#include "lib/source.h"

#define CODE_BYTES_MAX (UINT64_C(16) << 20) /* of one segment; a longer one is not compared */

/* The code that a program's file has, to be compared with what is executed. */
struct piece {
    uint64_t gva;
    size_t size;
    uint8_t *bytes; /* owned */
};

struct program {
    struct lines *lines;     /* owned */
    struct sources *sources; /* owned */
    struct piece pieces[ELF_SEGMENTS_MAX];
    unsigned piece_count;
};

struct listing {
    char *folder;                               /* owned, or NULL */
    struct program *programs[LISTING_PROGRAMS]; /* owned */
    unsigned count;
    char why[sizeof((struct err *)NULL)->text]; /* that the last program without lines has none */
};

struct listing *listing_new(const char *folder)
{
    struct listing *listing = calloc(1, sizeof *listing);

    if (listing == NULL || (folder != NULL && (listing->folder = strdup(folder)) == NULL))
        err_die_oom();
    return listing;
}

static void program_free(struct program *program)
{
    for (unsigned i = 0; i < program->piece_count; i++)
        free(program->pieces[i].bytes);
    sources_free(program->sources);
    lines_free(program->lines);
    free(program);
}

void listing_free(struct listing *listing)
{
    if (listing == NULL)
        return;
    for (unsigned i = 0; i < listing->count; i++)
        program_free(listing->programs[i]);
    free(listing->folder);
    free(listing);
}

/* The file may be shorter by now: then there is less to compare with. */
static void read_piece(struct piece *piece, const struct elf_segment *segment, int fd)
{
    ssize_t part = 1;

    *piece = (struct piece){.gva = segment->vaddr, .bytes = malloc(segment->filesz)};
    if (piece->bytes == NULL)
        err_die_oom();
    while (part > 0 && piece->size < segment->filesz) {
        part = pread(fd, piece->bytes + piece->size, segment->filesz - piece->size,
                     (off_t)(segment->offset + piece->size));
        piece->size += part > 0 ? (size_t)part : 0;
    }
}

int listing_add(struct listing *listing, const char *path, struct err *err)
{
    struct program *program;
    struct elf_image image;
    struct lines *lines;

    if (listing->count == LISTING_PROGRAMS)
        return err_set(err, "%s: there are too many programs to show the lines of", path);
    lines = lines_new(path, err);
    if (lines == NULL || elf_open(&image, path, err) < 0) {
        lines_free(lines);
        snprintf(listing->why, sizeof listing->why, "%s", err->text);
        return -1;
    }
    program = calloc(1, sizeof *program);
    if (program == NULL)
        err_die_oom();
    program->lines = lines;
    program->sources = sources_new(path, listing->folder);
    for (unsigned i = 0; i < image.segment_count; i++) {
        const struct elf_segment *segment = &image.segments[i];

        if ((segment->flags & ELF_EXEC) != 0 && segment->filesz > 0 &&
            segment->filesz <= CODE_BYTES_MAX)
            read_piece(&program->pieces[program->piece_count++], segment, image.fd);
    }
    elf_close(&image);
    listing->programs[listing->count++] = program;
    return 0;
}

/* Has the program's file that instruction there? */
static bool has(const struct program *program, uint64_t gva, uint32_t word, unsigned bytes)
{
    for (unsigned i = 0; i < program->piece_count; i++) {
        const struct piece *piece = &program->pieces[i];
        uint64_t offset = gva - piece->gva;

        if (gva >= piece->gva && offset < piece->size && bytes <= piece->size - offset)
            return memcmp(piece->bytes + offset, &word, bytes) == 0; /* both little-endian */
    }
    return false;
}

unsigned listing_programs(const struct listing *listing)
{
    return listing != NULL ? (1U << listing->count) - 1 : 0;
}

unsigned listing_with(const struct listing *listing, unsigned set, uint64_t gva, uint32_t word,
                      unsigned bytes)
{
    for (unsigned i = 0; set >> i != 0; i++) {
        if ((set >> i & 1) != 0 && !has(listing->programs[i], gva, word, bytes))
            set &= ~(1U << i);
    }
    return set;
}

bool listing_find(struct listing *listing, unsigned set, uint64_t gva, struct listing_line *line)
{
    for (unsigned i = 0; set >> i != 0; i++) {
        struct program *program = listing->programs[i];

        if ((set >> i & 1) == 0 || !lines_find(program->lines, gva, &line->place))
            continue;
        line->text = sources_line(program->sources, line->place.file, line->place.line);
        line->note = sources_note(program->sources, line->place.file);
        return true;
    }
    return false;
}

unsigned listing_code(const struct listing *listing, const char *file, unsigned *line,
                      uint64_t *gvas, unsigned most)
{
    unsigned count = 0;

    for (unsigned i = 0; listing != NULL && count == 0 && i < listing->count; i++)
        count = lines_code(listing->programs[i]->lines, file, line, gvas, most);
    return count;
}

const char *listing_file(const struct listing *listing, const char *file)
{
    const char *found = NULL;

    for (unsigned i = 0; listing != NULL && found == NULL && i < listing->count; i++)
        found = lines_file(listing->programs[i]->lines, file);
    return found;
}

/* The texts of the set that have the file; its first ones, if none has. NULL: there are none. */
static struct sources *sources_of(struct listing *listing, unsigned set, const char *file)
{
    struct sources *first = NULL;

    for (unsigned i = 0; set >> i != 0; i++) {
        struct sources *sources = (set >> i & 1) != 0 ? listing->programs[i]->sources : NULL;

        if (sources != NULL && sources_count(sources, file) > 0)
            return sources;
        if (first == NULL)
            first = sources;
    }
    return first;
}

const char *listing_text(struct listing *listing, unsigned set, const char *file, unsigned line)
{
    struct sources *sources = sources_of(listing, set, file);

    return sources != NULL ? sources_line(sources, file, line) : NULL;
}

unsigned listing_count(struct listing *listing, unsigned set, const char *file)
{
    struct sources *sources = sources_of(listing, set, file);

    return sources != NULL ? sources_count(sources, file) : 0;
}

const char *listing_note(struct listing *listing, unsigned set, const char *file)
{
    struct sources *sources = sources_of(listing, set, file);

    return sources != NULL ? sources_note(sources, file) : "";
}

const char *listing_why(const struct listing *listing)
{
    if (listing == NULL)
        return "nobody was told which program this is";
    return listing->count == 0 ? listing->why : "";
}
