/*
 * lines.c: the line table of a program, as text.
 *
 *     lines PROGRAM                        "0xGVA FILE:LINE", or "0xGVA ??:0", for each word of
 * code lines PROGRAM FILE:LINE              where that line has code: "LINE 0xGVA ..." lines
 * --damage PROGRAM COUNT SEED    COUNT times: some bytes of its debug sections are others, or it is
 * cut short: what comes of it is a result
 */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/elf.h"
#include "lib/lines.h"
#include "lib/source.h"
#include "tests/random.h"

enum { FILE_MAX = 1 << 20 };

static void print_all(const struct lines *lines, const struct elf_image *image)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        for (uint64_t at = 0; (segment->flags & ELF_EXEC) != 0 && at < segment->memsz; at += 4) {
            struct line_place place;
            bool found = lines_find(lines, segment->vaddr + at, &place);

            printf("0x%016" PRIx64 " %s:%u\n", segment->vaddr + at, found ? place.file : "??",
                   found ? place.line : 0);
        }
    }
}

static int print_code(const struct lines *lines, const char *text)
{
    char file[LINE_FILE_MAX];
    uint64_t gvas[8];
    unsigned line, count;

    if (!lines_parse(text, file, &line)) {
        puts("it is no FILE:LINE");
        return 1;
    }
    count = lines_code(lines, file, &line, gvas, 8);
    printf("%u", count > 0 ? line : 0);
    for (unsigned i = 0; i < count; i++)
        printf(" 0x%" PRIx64, gvas[i]);
    putchar('\n');
    return 0;
}

/* Is everything in order, if it was read at all? */
static bool is_sound(const struct lines *lines)
{
    struct line_place place;
    unsigned line = 1;
    uint64_t gvas[8];
    unsigned count = lines_code(lines, "hello.c", &line, gvas, 8);

    for (unsigned i = 0; i < count; i++) {
        if (i > 0 && gvas[i] <= gvas[i - 1])
            return false;
        if (lines_find(lines, gvas[i], &place) && place.file[0] == '\0')
            return false;
    }
    return true;
}

/* The first `length` bytes as a program: are its lines a table, or is there a message? -1: the host
 * has refused. */
static int try_damaged(const uint8_t *bytes, size_t length, bool *is_table)
{
    int fd = memfd_create("damaged", MFD_CLOEXEC), answer = -1;
    struct err err = {0};
    struct lines *lines;
    char name[64];

    if (fd < 0)
        return -1;
    if (write(fd, bytes, length) == (ssize_t)length) {
        snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
        lines = lines_new(name, &err);
        *is_table = lines != NULL;
        answer = (lines == NULL) == (err.text[0] != '\0') && (lines == NULL || is_sound(lines));
        lines_free(lines);
    }
    close(fd);
    return answer;
}

static int damage(const uint8_t *good, uint8_t *bad, size_t size, unsigned count, uint64_t seed)
{
    struct random random = {.state = seed};
    unsigned read = 0;

    for (unsigned i = 0; i < count; i++) {
        size_t length = random_below(&random, 4) == 0 ? random_below(&random, size) : size;
        bool is_table = false;
        int answer;

        memcpy(bad, good, size);
        for (uint64_t j = random_below(&random, 8); j > 0; j--)
            bad[random_below(&random, size)] = (uint8_t)random_below(&random, 256);
        answer = try_damaged(bad, length, &is_table);
        if (answer < 0)
            return 2;
        if (answer == 0) {
            printf("%u: neither a table nor a message\n", i);
            return 1;
        }
        read += is_table;
    }
    printf("%u read, %u refused\n", read, count - read);
    return 0;
}

/* The file, as it is and damaged `count` times. */
static int damage_file(const char *path, unsigned count, uint64_t seed)
{
    FILE *in = fopen(path, "re");
    uint8_t *good = malloc(FILE_MAX), *bad = malloc(FILE_MAX);
    int status = 2;
    size_t size;

    if (in == NULL || good == NULL || bad == NULL)
        goto out;
    size = fread(good, 1, FILE_MAX, in);
    if (size > 0)
        status = damage(good, bad, size, count, seed);
out:
    if (in != NULL)
        fclose(in);
    free(good);
    free(bad);
    return status;
}

int main(int argc, char **argv)
{
    struct elf_image image;
    struct lines *lines;
    struct err err = {0};
    int answer = 0;

    if (argc == 5 && strcmp(argv[1], "--damage") == 0)
        return damage_file(argv[2], (unsigned)strtoul(argv[3], NULL, 10),
                           strtoull(argv[4], NULL, 0));
    if (argc < 2)
        return 2;
    lines = lines_new(argv[1], &err);
    if (lines == NULL || (argc == 2 && elf_open(&image, argv[1], &err) < 0)) {
        err_print(&err, stdout);
        lines_free(lines);
        return 1;
    }
    if (argc == 2) {
        print_all(lines, &image);
        elf_close(&image);
    } else {
        answer = print_code(lines, argv[2]);
    }
    lines_free(lines);
    return answer;
}
