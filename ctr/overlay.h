/*
 * overlay.h: a container's root from an image: all layers, and one on top that is written to.
 *
 *     rw/upper      what the program writes; of a limited size
 *     1             a layer, and its whiteouts
 *     0             the lowest layer
 *
 * A file that is changed is copied up first; the layers stay as they are. They are unpacked in the
 * container's own names, into memory that goes with it: whatever is wrong with a layer, it happens
 * with the container's rights, and to the container.
 *
 * Source: Documentation/filesystems/overlayfs.rst. Read next: layer.h.
 */
#ifndef TRIVIUM_CTR_OVERLAY_H
#define TRIVIUM_CTR_OVERLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctr/archive.h"
#include "ctr/step.h"
#include "lib/err.h"

#define OVERLAY_LAYERS_MOST 32

/* An image that is open to be used. */
struct overlay_source {
    struct archive_calls calls;
    int layers[OVERLAY_LAYERS_MOST]; /* descriptors of tar files, the lowest first */
    size_t count;
    uint64_t upper; /* bytes that may be written */
    int keeper;     /* a socket to which a descriptor of rw/upper is sent (letter.h); -1: none */
};

void overlay_source_close(struct overlay_source *source);

/*
 * The root as a mount that is nowhere yet: a descriptor, or -1. `stage`: a folder that may be
 * covered in our own names. `owners`: all ids of a layer are there. `own`: we are in a user
 * namespace of our own.
 */
int overlay_make(const struct overlay_source *source, const char *stage, bool owners, bool own,
                 struct steps *steps, struct err *err);

#endif
