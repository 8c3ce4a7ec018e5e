/* lines.c: the line table of a program; see lines.h. */
#include "lib/lines.h"

#include <dlfcn.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/elf_file.h"

#define LIBRARY "libdw.so.1"

/* What is accepted of a file; CPython's has 2 MiB of lines. One byte makes at most one row. */
#define FILE_BYTES_MAX  ((int64_t)64 << 20)
#define DEBUG_BYTES_MAX (UINT64_C(256) << 20)
#define LINE_BYTES_MAX  (UINT64_C(4) << 20)
#define ROWS_MAX        ((size_t)4 << 20)
#define FILES_MAX       8192

/* What is used of libdw, with the types that its header has. */
struct libdw {
    void *library;
    __typeof__(&dwarf_begin) begin;
    __typeof__(&dwarf_end) end;
    __typeof__(&dwarf_errmsg) errmsg;
    __typeof__(&dwarf_nextcu) nextcu;
    __typeof__(&dwarf_offdie) offdie;
    __typeof__(&dwarf_getsrclines) getsrclines;
    __typeof__(&dwarf_onesrcline) onesrcline;
    __typeof__(&dwarf_lineaddr) lineaddr;
    __typeof__(&dwarf_lineno) lineno;
    __typeof__(&dwarf_linesrc) linesrc;
    __typeof__(&dwarf_linebeginstatement) linebeginstatement;
    __typeof__(&dwarf_lineendsequence) lineendsequence;
};

/* Code from here on, up to the next row, is of that line. */
struct row {
    uint64_t gva;
    const char *file; /* one of struct lines' */
    unsigned line;    /* 0: of none */
    uint32_t order;   /* in which they came: of several at one address the last one is meant */
    bool is_start;    /* of a statement */
};

struct lines {
    struct row *rows; /* owned; ascending */
    size_t count, room;
    char **files; /* owned, and each of them; sorted */
    size_t file_count;
};

/* C has no conversion from an object's address to a function's; POSIX says that they look alike. */
static bool find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);

    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

/* False: err says why not. */
static bool load(struct libdw *dw, struct err *err)
{
    void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);

    dw->library = library;
    if (library == NULL) {
        err_set(err, "cannot load %s, which reads source lines: %s", LIBRARY, dlerror());
        err_hint(err, "install libdw1");
        return false;
    }
    if (find(library, "dwarf_begin", &dw->begin) && find(library, "dwarf_end", &dw->end) &&
        find(library, "dwarf_errmsg", &dw->errmsg) && find(library, "dwarf_nextcu", &dw->nextcu) &&
        find(library, "dwarf_offdie", &dw->offdie) &&
        find(library, "dwarf_getsrclines", &dw->getsrclines) &&
        find(library, "dwarf_onesrcline", &dw->onesrcline) &&
        find(library, "dwarf_lineaddr", &dw->lineaddr) &&
        find(library, "dwarf_lineno", &dw->lineno) &&
        find(library, "dwarf_linesrc", &dw->linesrc) &&
        find(library, "dwarf_linebeginstatement", &dw->linebeginstatement) &&
        find(library, "dwarf_lineendsequence", &dw->lineendsequence))
        return true;
    dlclose(library);
    err_set(err, "%s lacks a function that it should have", LIBRARY);
    return false;
}

/* A copy of the file in memory, which nobody else can change. */
static int copy_file(const char *path, struct err *err)
{
    int from = elf_file_open(path, err), to;
    struct stat status;

    if (from < 0)
        return -1;
    to = memfd_create("lines", MFD_CLOEXEC);
    if (to < 0 || fstat(from, &status) < 0) {
        err_sys(err, errno, "copying %s", path);
        goto fail;
    }
    if (status.st_size > FILE_BYTES_MAX) {
        err_set(err, "%s: it is larger than %d MiB, so its source lines are not read", path,
                (int)(FILE_BYTES_MAX >> 20));
        goto fail;
    }
    for (off_t done = 0; done < status.st_size;) {
        ssize_t part = sendfile(to, from, NULL, (size_t)(status.st_size - done));

        if (part < 0) {
            err_sys(err, errno, "copying %s", path);
            goto fail;
        }
        if (part == 0)
            break; /* it has become shorter */
        done += part;
    }
    close(from);
    return to;

fail:
    close(from);
    if (to >= 0)
        close(to);
    return -1;
}

/* The bytes that a section has when it is unpacked, if it is one for debuggers; else 0. */
static uint64_t debug_bytes(Elf *elf, Elf_Scn *section, size_t names, bool *is_line)
{
    const Elf64_Shdr *header = elf64_getshdr(section);
    const char *name = header != NULL ? elf_strptr(elf, names, header->sh_name) : NULL;
    const Elf64_Chdr *packed;

    *is_line = name != NULL && strcmp(name, ".debug_line") == 0;
    if (name == NULL || header->sh_type == SHT_NOBITS)
        return 0;
    if (strncmp(name, ".zdebug_", 8) == 0)
        return UINT64_MAX; /* the way of packing before there was SHF_COMPRESSED: nobody's now */
    if (strncmp(name, ".debug_", 7) != 0)
        return 0;
    if ((header->sh_flags & SHF_COMPRESSED) == 0)
        return header->sh_size;
    packed = elf64_getchdr(section);
    return packed != NULL ? packed->ch_size : UINT64_MAX;
}

/* Is there anything for debuggers, and is it not too much? */
static int check_size(int fd, const char *path, struct err *err)
{
    uint64_t size, all = 0, line = 0;
    Elf *elf = elf_file_begin(fd, path, &size, err);
    Elf_Scn *section = NULL;
    size_t names;
    bool is_line, too_much = false;

    if (elf == NULL)
        return -1;
    while (elf_getshdrstrndx(elf, &names) == 0 && (section = elf_nextscn(elf, section)) != NULL) {
        uint64_t bytes = debug_bytes(elf, section, names, &is_line);

        too_much |= bytes > DEBUG_BYTES_MAX - all || (is_line && bytes > LINE_BYTES_MAX - line);
        if (too_much)
            break;
        all += bytes;
        line += is_line ? bytes : 0;
    }
    elf_end(elf);
    if (too_much)
        return err_set(err, "%s: what it has for debuggers is damaged, or too much", path);
    if (line == 0) {
        err_set(err, "%s has no information on source lines", path);
        return err_hint(err, "compile it with -g");
    }
    return 0;
}

/* That name, as one of ours: printable, without "." at its beginning. NULL: there are too many. */
static const char *intern(struct lines *lines, const char *name)
{
    size_t low = 0, high = lines->file_count;
    char own[4096], **files;

    while (strncmp(name, "./", 2) == 0)
        name += 2;
    snprintf(own, sizeof own, "%s", name);
    for (char *c = own; *c != '\0'; c++) {
        if (*c < ' ' || *c > '~')
            *c = '?';
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(lines->files[middle], own);

        if (order == 0)
            return lines->files[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (lines->file_count == FILES_MAX)
        return NULL;
    files = lines->files;
    memmove(&files[low + 1], &files[low], (lines->file_count - low) * sizeof *files);
    files[low] = strdup(own);
    if (files[low] == NULL)
        err_die_oom();
    lines->file_count++;
    return files[low];
}

static struct row *new_row(struct lines *lines)
{
    if (lines->count == ROWS_MAX)
        return NULL;
    if (lines->count == lines->room) {
        lines->room = lines->room == 0 ? 1024 : 2 * lines->room;
        lines->rows = realloc(lines->rows, lines->room * sizeof *lines->rows);
        if (lines->rows == NULL)
            err_die_oom();
    }
    return &lines->rows[lines->count++];
}

/* False: libdw cannot tell, or there are too many. *last: what the row before named, and as what.
 */
static bool take_row(const struct libdw *dw, struct lines *lines, Dwarf_Line *line,
                     const char *last[2])
{
    struct row *row = new_row(lines);
    Dwarf_Addr gva;
    const char *name;
    bool is_end, is_start;
    int number;

    if (row == NULL || dw->lineaddr(line, &gva) != 0 || dw->lineno(line, &number) != 0 ||
        dw->lineendsequence(line, &is_end) != 0 || dw->linebeginstatement(line, &is_start) != 0)
        return false;
    *row = (struct row){.gva = gva, .order = (uint32_t)lines->count, .is_start = is_start};
    name = dw->linesrc(line, NULL, NULL);
    if (is_end || number <= 0 || name == NULL)
        return true; /* what follows is of no line, as far as we know */
    if (name != last[0]) {
        last[0] = name;
        last[1] = intern(lines, name);
    }
    row->file = last[1];
    row->line = row->file != NULL ? (unsigned)number : 0;
    return row->file != NULL;
}

/* The lines of one unit of compilation. */
static bool take_unit(const struct libdw *dw, struct lines *lines, Dwarf_Die *unit)
{
    const char *last[2] = {NULL, NULL};
    Dwarf_Lines *table;
    size_t count;

    if (dw->getsrclines(unit, &table, &count) != 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!take_row(dw, lines, dw->onesrcline(table, i), last))
            return false;
    }
    return true;
}

static int compare_rows(const void *left, const void *right)
{
    const struct row *a = left, *b = right;

    if (a->gva != b->gva)
        return a->gva < b->gva ? -1 : 1;
    if ((a->line == 0) != (b->line == 0))
        return a->line == 0 ? -1 : 1; /* one unit's end is where another one begins */
    return (a->order > b->order) - (a->order < b->order);
}

static int take_all(const struct libdw *dw, struct lines *lines, int fd, const char *path,
                    struct err *err)
{
    Dwarf *dwarf = dw->begin(fd, DWARF_C_READ);
    Dwarf_Off offset = 0, next;
    size_t header;
    int answer = 1;
    bool good = dwarf != NULL;

    while (good && (answer = dw->nextcu(dwarf, offset, &next, &header, NULL, NULL, NULL)) == 0) {
        Dwarf_Die unit;

        good = next > offset && dw->offdie(dwarf, offset + header, &unit) != NULL &&
               take_unit(dw, lines, &unit);
        offset = next;
    }
    good = good && answer == 1; /* it came to the end */
    if (!good) {
        const char *why = dw->errmsg(0); /* NULL: our own bounds */

        err_set(err, "%s: its source lines cannot be read: %s", path,
                why != NULL ? why : "they are damaged, or too many");
    }
    if (dwarf != NULL)
        dw->end(dwarf);
    if (good && lines->count == 0) {
        good = false;
        err_set(err, "%s has no information on source lines", path);
        err_hint(err, "compile it with -g");
    }
    return good ? 0 : -1;
}

struct lines *lines_new(const char *path, struct err *err)
{
    struct lines *lines = calloc(1, sizeof *lines);
    struct libdw dw = {0};
    int fd, answer;

    if (lines == NULL || (lines->files = calloc(FILES_MAX, sizeof *lines->files)) == NULL)
        err_die_oom();
    fd = copy_file(path, err);
    answer = fd >= 0 ? check_size(fd, path, err) : -1;
    if (answer == 0 && load(&dw, err)) {
        answer = take_all(&dw, lines, fd, path, err);
        dlclose(dw.library);
    } else {
        answer = -1;
    }
    if (fd >= 0)
        close(fd);
    if (answer < 0) {
        lines_free(lines);
        return NULL;
    }
    qsort(lines->rows, lines->count, sizeof *lines->rows, compare_rows);
    return lines;
}

void lines_free(struct lines *lines)
{
    if (lines == NULL)
        return;
    for (size_t i = 0; i < lines->file_count; i++)
        free(lines->files[i]);
    free(lines->files);
    free(lines->rows);
    free(lines);
}

bool lines_find(const struct lines *lines, uint64_t gva, struct line_place *place)
{
    size_t low = 0, high = lines != NULL ? lines->count : 0;
    const struct row *row;

    while (low < high) { /* the first row behind gva */
        size_t middle = low + (high - low) / 2;

        if (lines->rows[middle].gva <= gva)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return false;
    row = &lines->rows[low - 1];
    *place = (struct line_place){.file = row->file, .line = row->line};
    return row->line != 0;
}

/* Is that the end of the path, from a '/' on? */
static bool is_end_of(const char *end, const char *path)
{
    size_t length = strlen(end), all = strlen(path);

    return length > 0 && length <= all && strcmp(path + all - length, end) == 0 &&
           (length == all || path[all - length - 1] == '/');
}

/* Is that row the beginning of a piece of that line? (Its neighbours may be of the same one.) */
static bool begins(const struct lines *lines, size_t i)
{
    const struct row *row = &lines->rows[i], *before = row - 1;

    return row->is_start &&
           (i == 0 || before->line != row->line || before->file != row->file || !before->is_start);
}

unsigned lines_code(const struct lines *lines, const char *file, unsigned *line, uint64_t *gvas,
                    unsigned most)
{
    size_t count = lines != NULL ? lines->count : 0;
    unsigned nearest = UINT32_MAX, found = 0;
    const char *last = NULL; /* what was compared: rows in a row are of one file, mostly */
    bool fits = false;

    for (int round = 0; round < 2; round++) { /* which line; where */
        for (size_t i = 0; i < count; i++) {
            const struct row *row = &lines->rows[i];

            if (row->file == NULL || row->line < *line || !row->is_start)
                continue;
            if (row->file != last) {
                last = row->file;
                fits = is_end_of(file, last);
            }
            if (!fits)
                continue;
            if (round == 0 && row->line < nearest)
                nearest = row->line;
            if (round == 1 && row->line == nearest && begins(lines, i) && found < most &&
                (found == 0 || gvas[found - 1] != row->gva))
                gvas[found++] = row->gva;
        }
    }
    if (found > 0)
        *line = nearest;
    return found;
}

const char *lines_file(const struct lines *lines, const char *file)
{
    for (size_t i = 0; lines != NULL && i < lines->file_count; i++) {
        if (is_end_of(file, lines->files[i]))
            return lines->files[i];
    }
    return NULL;
}

bool lines_parse(const char *text, char file[LINE_FILE_MAX], unsigned *line)
{
    const char *colon = strrchr(text, ':');
    size_t length = colon != NULL ? (size_t)(colon - text) : 0;
    unsigned long number;
    char *end;

    if (length == 0 || length >= LINE_FILE_MAX || colon[1] < '0' || colon[1] > '9')
        return false;
    errno = 0;
    number = strtoul(colon + 1, &end, 10);
    if (errno != 0 || *end != '\0' || number == 0 || number > INT32_MAX)
        return false;
    memcpy(file, text, length);
    file[length] = '\0';
    *line = (unsigned)number;
    return true;
}
