/*
 * oci.h: an image layout of the Open Container Initiative: a folder, such as `skopeo copy
 * docker://debian oci:debian` makes one.
 *
 *     index.json --> blobs/sha256/MANIFEST --> .../CONFIG     which digests the layers unpack to
 *                                        `---> .../LAYER ...  tar files, gzipped or not
 *
 * Each arrow is a digest, which is compared with the bytes before a word of them is believed; the
 * first file is the only one without. All of it is a stranger's.
 *
 * What of it is not used: as which user it would like to run, with what ports and volumes.
 * Source: OCI image specification 1.1, image-layout.md, manifest.md, config.md.
 */
#ifndef TRIVIUM_CTR_OCI_H
#define TRIVIUM_CTR_OCI_H

#include <stddef.h>

#include "ctr/store.h"
#include "lib/err.h"

struct oci_layer {
    char blob[DIGEST_HEX_SIZE]; /* the file's */
    char diff[DIGEST_HEX_SIZE]; /* the tar file's in it */
};

struct oci_image {
    int folder;
    size_t count;
    struct oci_layer layers[IMAGE_LAYERS_MOST]; /* the lowest first */
    struct image_config config;
};

/* Reads the layout in the folder `path`: the image in it for Linux on x86-64. */
int oci_open(struct oci_image *oci, const char *path, struct err *err);
void oci_close(struct oci_image *oci);

/* A descriptor of the layer's file. What is in it is compared when it is unpacked, with `diff`. */
int oci_open_layer(const struct oci_image *oci, size_t number, struct err *err);

#endif
