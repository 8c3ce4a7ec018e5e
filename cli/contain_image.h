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
};

/* Whether what it writes is kept under its name. */
bool contain_keeps(const struct contain_options *wanted);

/* Opens the layers, which stay open when the store is not locked any more. */
int contain_image_open(struct contain *contain, const struct contain_options *wanted,
                       struct err *err);

/* After the run: the store keeps what it wrote, as a layer, and its layers, as a container. */
int contain_image_keep(const struct contain *contain, const char *name, struct err *err);

#endif
