/*
 * elf_mutate GOOD DIR: makes malformed ELF files out of a good one.
 *
 * Writes DIR/NAME.elf for each case of tests/elf/cases.c and prints, one a line and separated by
 * tabs: NAME, what is wrong with the file, and what Trivium's message must say.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/elf/cases.h"

#define SIZE_MAX_OK (4 << 20) /* bytes; a guest program is far smaller */

/* Reads the whole file into memory of its own. */
static struct elf_bytes read_file(const char *path)
{
    struct elf_bytes file = {.data = malloc(SIZE_MAX_OK)};
    FILE *in = fopen(path, "rb");

    if (in == NULL || file.data == NULL)
        err(1, "%s", path);
    file.size = fread(file.data, 1, SIZE_MAX_OK, in);
    if (ferror(in) || file.size == SIZE_MAX_OK)
        errx(1, "%s: cannot be read, or is too big", path);
    fclose(in);
    return file;
}

static void write_file(const char *path, const struct elf_bytes *file)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0755);

    if (fd < 0 || write(fd, file->data, file->size) != (ssize_t)file->size || close(fd) != 0)
        err(1, "%s", path);
}

/* Writes a file for each case of one table; `kind` makes their names different from others'. */
static void mutate_all(const struct elf_bytes *good, const struct elf_case *cases, const char *kind,
                       const char *dir)
{
    for (unsigned i = 0; cases[i].name != NULL; i++) {
        struct elf_bytes file = {malloc(good->size), good->size};
        char path[4096];

        if (file.data == NULL)
            err(1, "out of memory");
        memcpy(file.data, good->data, good->size);
        elf_case_apply(&cases[i], &file);
        if (snprintf(path, sizeof path, "%s/%s-%02u.elf", dir, kind, i) >= (int)sizeof path)
            errx(1, "%s: the path is too long", dir);
        write_file(path, &file);
        printf("%s-%02u\t%s\t%s\n", kind, i, cases[i].name, cases[i].expected);
        free(file.data);
    }
}

int main(int argc, char **argv)
{
    struct elf_bytes good;

    if (argc != 3)
        errx(2, "usage: elf_mutate GOOD DIR");
    good = read_file(argv[1]);
    mutate_all(&good, elf_bad_cases, "bad", argv[2]);
    mutate_all(&good, elf_loader_cases, "loader", argv[2]);
    free(good.data);
    return 0;
}
