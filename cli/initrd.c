/* initrd.c: see initrd.h. */
#include "cli/initrd.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * A header is text: the magic number and 13 fields of eight hexadecimal digits. The name follows,
 * with its NUL, then the contents; both are filled up to a multiple of 4.
 *
 *     offset  0       6            54         94          110
 *             070701  ... 6 * 8    file size  name size   name ...
 */
#define HEADER_SIZE  110
#define FILE_SIZE_AT 54
#define NAME_SIZE_AT 94
#define ARCHIVE_MAX  (256 * 1024 * 1024)

static bool read_field(const char *at, size_t *value)
{
    char digits[9] = "", *end;

    memcpy(digits, at, 8);
    *value = strtoul(digits, &end, 16);
    return end == digits + 8;
}

static size_t aligned(size_t offset)
{
    return (offset + 3) & ~(size_t)3;
}

/* The contents of `name`; NULL when it is not there. */
static const char *find_file(const char *archive, size_t size, const char *name, size_t *found)
{
    size_t at = 0;

    while (at + HEADER_SIZE <= size && memcmp(archive + at, "070701", 6) == 0) {
        const char *header = archive + at;
        size_t file_size, name_size, contents;

        if (!read_field(header + FILE_SIZE_AT, &file_size) ||
            !read_field(header + NAME_SIZE_AT, &name_size))
            return NULL;
        contents = aligned(at + HEADER_SIZE + name_size);
        if (name_size == 0 || contents > size || file_size > size - contents)
            return NULL;
        /* More than one NUL may follow the name: so our initrd aligns contents to pages. */
        if (strnlen(header + HEADER_SIZE, name_size) == strlen(name) &&
            memcmp(header + HEADER_SIZE, name, strlen(name)) == 0) {
            *found = file_size;
            return archive + contents;
        }
        at = aligned(contents + file_size);
    }
    return NULL;
}

int initrd_digest(const char *path, const char *name, char hex[DIGEST_HEX_SIZE], struct err *err)
{
    FILE *file = fopen(path, "re");
    char *archive = NULL;
    const char *contents;
    size_t size = 0, found = 0;
    long length;
    int answer = -1;

    if (file == NULL)
        return err_sys(err, errno, "cannot open %s", path);
    if (fseek(file, 0, SEEK_END) < 0 || (length = ftell(file)) < 0 || length > ARCHIVE_MAX) {
        err_set(err, "cannot tell how large %s is", path);
        goto out;
    }
    rewind(file);
    archive = malloc((size_t)length + 1);
    if (archive == NULL)
        err_die_oom();
    size = fread(archive, 1, (size_t)length, file);
    contents = find_file(archive, size, name, &found);
    if (contents == NULL) {
        err_set(err, "there is no %s in %s", name, path);
        goto out;
    }
    digest_bytes(contents, found, hex);
    answer = 0;
out:
    free(archive);
    fclose(file);
    return answer;
}
