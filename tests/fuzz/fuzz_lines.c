/*
 * fuzz_lines.c: a libFuzzer target for lib/lines: the input is a file whose source lines are asked
 * for.
 *
 * Whatever it is, there is a table of lines in order, with names that can be shown, or a message.
 *
 * Read next: mk/fuzz.mk.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise)
{
    if (!promise)
        abort();
}

static void check_place(const struct lines *lines, uint64_t gva)
{
    struct line_place place;

    if (!lines_find(lines, gva, &place))
        return;
    require(place.line > 0);
    for (const char *c = place.file; *c != '\0'; c++)
        require(*c >= ' ' && *c <= '~');
}

static void check_lines(const struct lines *lines)
{
    unsigned line = 1;
    uint64_t gvas[16];
    unsigned count = lines_code(lines, "count.S", &line, gvas, 16);

    require(count == 0 || line > 0);
    for (unsigned i = 0; i < count; i++) {
        require(i == 0 || gvas[i] > gvas[i - 1]);
        check_place(lines, gvas[i]);
    }
    check_place(lines, 0);
    check_place(lines, 0x10100);
    check_place(lines, UINT64_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz_lines", MFD_CLOEXEC);
    struct err err = {.code = 0};
    struct lines *lines;
    char path[64];

    require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    lines = lines_new(path, &err);
    require((lines == NULL) == (err.text[0] != '\0') && strchr(err.text, '\n') == NULL);
    if (lines != NULL)
        check_lines(lines);
    lines_free(lines);
    close(fd);
    return 0;
}
