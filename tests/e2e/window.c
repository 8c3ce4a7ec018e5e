/*
 * window.c: is a picture to be seen on the screen of an X server?
 *
 *     window SCREEN.xwd PICTURE.png
 *
 * SCREEN is what `Xvfb -fbdir` keeps: an XWD dump (X11/XWDFile.h) of 32 bits a pixel. PICTURE is a
 * PNG as view/raster.c writes it: eight bits a channel, no filters. Says where the picture is,
 * "at 0,0", or, with status 1, how much of it is at the best place.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct picture {
    size_t width, height;
    uint32_t *pixels; /* 0x00RRGGBB */
};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "window: %s\n", what);
    exit(99);
}

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    size_t room = 64 << 20;
    uint8_t *bytes = malloc(room);

    if (file == NULL || bytes == NULL)
        die("cannot read a file");
    *size = fread(bytes, 1, room, file);
    fclose(file);
    return bytes;
}

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static struct picture picture_new(size_t width, size_t height)
{
    struct picture picture = {.width = width, .height = height};

    picture.pixels = calloc(width * height, sizeof *picture.pixels);
    if (picture.pixels == NULL || width == 0 || height == 0)
        die("a picture without pixels");
    return picture;
}

/* Members of the header, each of 32 bits, by their index. */
enum { HEADER_SIZE = 0, WIDTH = 4, HEIGHT = 5, BITS = 11, STRIDE = 12, COLOURS = 19 };

static struct picture read_xwd(const char *path)
{
    size_t size, start, stride;
    uint8_t *bytes = read_file(path, &size);
    struct picture picture;

    if (size < 100 || big_endian(bytes + 4) != 7 || big_endian(bytes + 4 * BITS) != 32)
        die("the screen is no XWD of 32 bits a pixel");
    start = big_endian(bytes + 4 * HEADER_SIZE) + (size_t)big_endian(bytes + 4 * COLOURS) * 12;
    stride = big_endian(bytes + 4 * STRIDE);
    picture = picture_new(big_endian(bytes + 4 * WIDTH), big_endian(bytes + 4 * HEIGHT));
    if (stride < picture.width * 4 || size < start + stride * picture.height)
        die("the screen is cut off");
    for (size_t y = 0; y < picture.height; y++) {
        for (size_t x = 0; x < picture.width; x++) {
            uint32_t pixel; /* in the server's order, which is ours */

            memcpy(&pixel, bytes + start + y * stride + x * 4, 4);
            picture.pixels[y * picture.width + x] = pixel & 0xffffff;
        }
    }
    free(bytes);
    return picture;
}

/* IHDR, one IDAT, IEND. */
static struct picture read_png(const char *path)
{
    size_t size;
    uint8_t *bytes = read_file(path, &size), *lines;
    struct picture picture;
    uLongf lines_size;

    if (size < 41 || memcmp(bytes + 12, "IHDR", 4) != 0 || memcmp(bytes + 37, "IDAT", 4) != 0)
        die("the picture is no PNG of ours");
    picture = picture_new(big_endian(bytes + 16), big_endian(bytes + 20));
    lines_size = (picture.width * 3 + 1) * picture.height;
    lines = malloc(lines_size);
    if (lines == NULL || uncompress(lines, &lines_size, bytes + 41, big_endian(bytes + 33)) != Z_OK)
        die("the picture cannot be unpacked");
    for (size_t i = 0; i < picture.width * picture.height; i++) {
        const uint8_t *pixel = lines + i * 3 + i / picture.width + 1;

        picture.pixels[i] = (uint32_t)pixel[0] << 16 | (uint32_t)pixel[1] << 8 | pixel[2];
    }
    free(lines);
    free(bytes);
    return picture;
}

/* How many rows of the picture are there as they should be. */
static size_t equal_rows(const struct picture *screen, const struct picture *picture, size_t left,
                         size_t top)
{
    size_t equal = 0;

    for (size_t y = 0; y < picture->height; y++)
        equal += memcmp(screen->pixels + (top + y) * screen->width + left,
                        picture->pixels + y * picture->width,
                        picture->width * sizeof *picture->pixels) == 0;
    return equal;
}

int main(int argc, char **argv)
{
    struct picture screen, picture;
    size_t best = 0;

    if (argc != 3)
        die("usage: window SCREEN.xwd PICTURE.png");
    screen = read_xwd(argv[1]);
    picture = read_png(argv[2]);
    for (size_t top = 0; top + picture.height <= screen.height; top++) {
        for (size_t left = 0; left + picture.width <= screen.width; left++) {
            size_t equal = equal_rows(&screen, &picture, left, top);

            if (equal == picture.height) {
                printf("at %zu,%zu\n", left, top);
                free(screen.pixels);
                free(picture.pixels);
                return 0;
            }
            best = equal > best ? equal : best;
        }
    }
    printf("%zu of %zu rows at the best place\n", best, picture.height);
    free(screen.pixels);
    free(picture.pixels);
    return 1;
}
