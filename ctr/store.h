/*
 * store.h: where images are kept.
 *
 *     lock                  flock: shared to read, exclusive to change
 *     layers/SHA256.tar     each layer once, under the digest of its bytes
 *     images/NAME.json      an image: its layers, the lowest first
 *     containers/NAME.json  the same of a container that has ended: the last is what it wrote
 *     new                   a file that is being written
 *
 * The place is $TRIVIUM_IMAGES, or else trivium/images in $XDG_DATA_HOME or ~/.local/share.
 *
 * A file is written as `new`, synced, renamed, and its folder synced: whoever is killed at any time
 * leaves the store as it was, or as it will be. Layers come before the image that names them. A
 * layer's bytes are compared with its name each time that it is used.
 */
#ifndef TRIVIUM_CTR_STORE_H
#define TRIVIUM_CTR_STORE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "ctr/archive.h"
#include "ctr/image_config.h"
#include "ctr/layer.h"
#include "lib/digest.h"
#include "lib/err.h"

#define IMAGE_LAYERS_MOST 32
#define IMAGE_NAME_SIZE   65

struct image_layer {
    char digest[DIGEST_HEX_SIZE]; /* of the tar file, not compressed */
    uint64_t size;                /* its bytes */
    char source[256];             /* what it was made of, in words */
    int64_t made;                 /* seconds since 1970 */
};

struct image {
    char name[IMAGE_NAME_SIZE];
    size_t count;
    struct image_layer layers[IMAGE_LAYERS_MOST]; /* the lowest first */
    struct image_config config;                   /* how it would like to be started */
};

struct store {
    char path[PATH_MAX];
    int folder, lock;
};

/* Opens the store, made if it is not there, and waits for its lock. `change`: the exclusive one. */
int store_open(struct store *store, bool change, struct err *err);
void store_close(struct store *store);

/* Whether an image can be called so: letters, digits, dots, dashes, underscores. */
bool store_is_name(const char *name);

/* The two sorts of what consists of layers. */
enum store_sort { STORE_IMAGE, STORE_CONTAINER };

/* Adds a layer: a folder, or a tar file, compressed or not (archive.h), that layer_check() does
 * not refuse. */
int store_add_layer(struct store *store, const struct archive_calls *calls, const char *source,
                    struct image_layer *layer, struct err *err);

/* The same of an open folder or file, which is closed; `source` is what it is called. `digest`: the
 * one that it must have as a tar file; NULL: any. */
int store_add_open(struct store *store, const struct archive_calls *calls, int from,
                   const char *source, const char *digest, struct image_layer *layer,
                   struct err *err);

/* The same of what overlayfs wrote into the folder `from`, which stays open. */
int store_add_upper(struct store *store, const struct archive_calls *calls, int from,
                    const struct layer_origin *origin, const char *source,
                    struct image_layer *layer, struct err *err);

/* Whether all layers of the image are there; one that is used by a program may have been removed.
 */
int store_has_layers(const struct store *store, const struct image *image, struct err *err);

/* A descriptor of the layer's file, compared with its digest. */
int store_open_layer(const struct store *store, const struct image_layer *layer, struct err *err);

/* Reads an image; replaces one, or makes it. */
int store_load(const struct store *store, enum store_sort sort, const char *name,
               struct image *image, struct err *err);
int store_save(struct store *store, enum store_sort sort, const struct image *image,
               struct err *err);

/* Whether there is one; it may be broken. */
bool store_has(const struct store *store, enum store_sort sort, const char *name);

/* Calls `each` for every one, by name, until it does not answer 0. */
int store_list(const struct store *store, enum store_sort sort,
               int (*each)(void *owner, const struct image *image, struct err *err), void *owner,
               struct err *err);

/* Removes the layers that nobody has: a removed image's, a replaced one's, and those of whoever was
 * killed before there was an image. */
int store_sweep(struct store *store, struct err *err);

/* Removes the image, and sweeps. */
int store_remove(struct store *store, enum store_sort sort, const char *name, struct err *err);

#endif
