/* source.c: finding and reading source files; see source.h. */
#include "lib/source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/err.h"

enum {
    FILES_MAX = 64,             /* that are kept */
    SOURCE_BYTES_MAX = 1 << 20, /* of one of them */
    TAB = 8,
};

struct file {
    char *name;   /* owned; as it was asked for */
    char *text;   /* owned, or NULL; each line ends with a NUL */
    char **lines; /* owned, or NULL; they are in `text` */
    unsigned count;
    char note[PATH_MAX + 160];
};

struct sources {
    char program[PATH_MAX]; /* without links, so that the folders above it are the real ones */
    char folder[PATH_MAX];  /* or "" */
    struct timespec made;   /* the program was */
    struct file *files;     /* owned: FILES_MAX of them */
    unsigned count;
};

struct sources *sources_new(const char *program, const char *folder)
{
    struct sources *sources = calloc(1, sizeof *sources);
    struct stat status;

    if (sources == NULL || (sources->files = calloc(FILES_MAX, sizeof *sources->files)) == NULL)
        err_die_oom();
    if (realpath(program, sources->program) == NULL)
        snprintf(sources->program, sizeof sources->program, "%s", program);
    if (stat(sources->program, &status) == 0)
        sources->made = status.st_mtim;
    if (folder != NULL)
        snprintf(sources->folder, sizeof sources->folder, "%s", folder);
    return sources;
}

static void file_fini(struct file *file)
{
    free(file->name);
    free(file->text);
    free(file->lines);
}

void sources_free(struct sources *sources)
{
    if (sources == NULL)
        return;
    for (unsigned i = 0; i < sources->count; i++)
        file_fini(&sources->files[i]);
    free(sources->files);
    free(sources);
}

/* FOLDER/NAME, open, if that is a regular file; else -1. FOLDER is `length` bytes of a path. */
static int open_in(const char *folder, int length, const char *name)
{
    char path[2 * PATH_MAX];
    struct stat status;
    int fd;

    snprintf(path, sizeof path, "%.*s%s%s", length, folder, length > 0 ? "/" : "", name);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd >= 0 && (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}

static int find_file(const struct sources *sources, const char *name)
{
    const char *slash = strrchr(name, '/');
    int fd = -1;

    if (sources->folder[0] != '\0') {
        int length = (int)strlen(sources->folder);

        fd = open_in(sources->folder, length, name);
        return fd >= 0 || slash == NULL ? fd : open_in(sources->folder, length, slash + 1);
    }
    if (name[0] == '/')
        return open_in("", 0, name);
    for (int end = (int)strlen(sources->program); fd < 0 && end > 0;) {
        do
            end--;
        while (end > 0 && sources->program[end] != '/');
        fd = open_in(sources->program, end, name);
    }
    return fd >= 0 ? fd : open_in("", 0, name);
}

/* All that the file has, up to the bound; *size bytes. NULL: it cannot be read. */
static char *read_all(int fd, size_t *size)
{
    char *bytes = malloc(SOURCE_BYTES_MAX);
    ssize_t part = 1;

    if (bytes == NULL)
        err_die_oom();
    for (*size = 0; *size < SOURCE_BYTES_MAX && part > 0; *size += part > 0 ? (size_t)part : 0)
        part = read(fd, bytes + *size, SOURCE_BYTES_MAX - *size);
    if (part >= 0)
        return bytes;
    free(bytes);
    return NULL;
}

/* From bytes to lines that can be shown. Tabs make a byte up to TAB. */
static void take_lines(struct file *file, const char *bytes, size_t size)
{
    char *to = malloc(TAB * size + 2);
    size_t ends = 1, column = 0;

    for (size_t i = 0; i < size; i++)
        ends += bytes[i] == '\n';
    file->text = to;
    file->lines = malloc(ends * sizeof *file->lines);
    if (to == NULL || file->lines == NULL)
        err_die_oom();
    for (size_t i = 0; i < size; i++) {
        if (i == 0 || bytes[i - 1] == '\n')
            file->lines[file->count++] = to;
        if (bytes[i] == '\n') {
            *to++ = '\0';
            column = 0;
        } else if (bytes[i] == '\t') {
            do
                *to++ = ' ';
            while (++column % TAB != 0);
        } else if (bytes[i] != '\r') {
            *to = '?';
            if (bytes[i] >= ' ' && bytes[i] <= '~')
                *to = bytes[i];
            to++;
            column++;
        }
    }
    *to = '\0';
}

static void read_file(const struct sources *sources, struct file *file)
{
    int fd = find_file(sources, file->name);
    struct stat status;
    char *bytes = NULL;
    size_t size;

    if (fd >= 0)
        bytes = read_all(fd, &size);
    if (bytes == NULL && fd < 0 && sources->folder[0] != '\0')
        snprintf(file->note, sizeof file->note, "the source %.200s is not in %.4000s", file->name,
                 sources->folder);
    else if (bytes == NULL && fd < 0)
        snprintf(file->note, sizeof file->note, "the source %.200s is not found%s", file->name,
                 file->name[0] == '/' ? "" : ": not above the program, nor in this folder");
    else if (bytes == NULL)
        snprintf(file->note, sizeof file->note, "the source %.200s cannot be read: %s", file->name,
                 strerror(errno));
    if (bytes != NULL) {
        take_lines(file, bytes, size);
        if (file->count == 0)
            snprintf(file->note, sizeof file->note, "the source %.200s is empty", file->name);
        else if (fstat(fd, &status) == 0 && (status.st_mtim.tv_sec > sources->made.tv_sec ||
                                             (status.st_mtim.tv_sec == sources->made.tv_sec &&
                                              status.st_mtim.tv_nsec > sources->made.tv_nsec)))
            snprintf(file->note, sizeof file->note,
                     "the source %.200s is newer than the program: lines may be others now",
                     file->name);
    }
    free(bytes);
    if (fd >= 0)
        close(fd);
}

static struct file *get(struct sources *sources, const char *name)
{
    struct file *file;

    for (unsigned i = 0; i < sources->count; i++) {
        if (strcmp(sources->files[i].name, name) == 0)
            return &sources->files[i];
    }
    if (sources->count == FILES_MAX)
        return NULL;
    file = &sources->files[sources->count++];
    file->name = strdup(name);
    if (file->name == NULL)
        err_die_oom();
    read_file(sources, file);
    return file;
}

unsigned sources_count(struct sources *sources, const char *file)
{
    const struct file *found = get(sources, file);

    return found != NULL ? found->count : 0;
}

const char *sources_line(struct sources *sources, const char *file, unsigned line)
{
    const struct file *found = get(sources, file);

    return found != NULL && line >= 1 && line <= found->count ? found->lines[line - 1] : NULL;
}

const char *sources_note(struct sources *sources, const char *file)
{
    const struct file *found = get(sources, file);

    return found != NULL ? found->note : "no more source files are read";
}
