/*
 * contain_image.h: the image of a container that is run, and what becomes of what it wrote; for
 * contain.c alone.
 */
#ifndef TRIVIUM_CLI_CONTAIN_IMAGE_H
#define TRIVIUM_CLI_CONTAIN_IMAGE_H

#include "cli/contain.h"
#include "ctr/overlay.h"
#include "ctr/store.h"

/* What a launch is in a container, beyond what struct container keeps. */
struct contain {
    char inside[96];
    char folder[PATH_MAX];
    struct ctr_observer observer;
    struct container *container;
    struct image image;
    struct overlay_source source; /* owned */
    /* What the image says, and over it what the options do. */
    char *command[IMAGE_CONFIG_WORDS + 1];
    const char *environment[IMAGE_CONFIG_WORDS + CONTAIN_VARIABLES + 1]; /* up to NULL */
    const char *workdir;                                                 /* NULL: / */
};

/* Whether what it writes is kept under its name. */
bool contain_keeps(const struct contain_options *wanted);

/* Opens the layers, which stay open when the store is not locked any more. A launch without a
 * program gets the image's own. */
int contain_image_open(struct launch *launch, const struct contain_options *wanted,
                       struct err *err);

/* After the run: the store keeps what it wrote, as a layer, and its layers, as a container. Nothing
 * is kept of one that ended before there was a program. */
int contain_image_keep(const struct contain *contain, const char *name, struct err *err);

#endif
