/*
 * oci_json.h: what the JSON documents of an image layout say. A document is bytes of a stranger's;
 * whatever they are, it is understood or refused. Which file it is in, and whether its digest is
 * right, is oci.c's affair.
 *
 * Source: OCI image specification 1.1, image-index.md, manifest.md, config.md.
 */
#ifndef TRIVIUM_CTR_OCI_JSON_H
#define TRIVIUM_CTR_OCI_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "ctr/oci.h"
#include "lib/err.h"

/* A document of that name: a new reference; NULL: it is no JSON. */
json_t *oci_json_parse(const char *text, size_t size, const char *name, struct err *err);

/* Of an index: the digest (without "sha256:") of the only image, or of the one for our machine. */
int oci_json_index(const json_t *index, char digest[DIGEST_HEX_SIZE], struct err *err);

/* Whether the document is a manifest; else it may be another index. */
bool oci_json_is_manifest(const json_t *document);

/* The manifest's configuration: its digest. */
int oci_json_config(const json_t *manifest, char digest[DIGEST_HEX_SIZE], struct err *err);

/* The layers, and how the image would like to be started. */
int oci_json_image(struct oci_image *oci, const json_t *manifest, const json_t *config,
                   struct err *err);

#endif
