/* oci_json.c: reading the documents of an image layout; see oci_json.h. */
#include "ctr/oci_json.h"

#include <string.h>

json_t *oci_json_parse(const char *text, size_t size, const char *name, struct err *err)
{
    json_t *value = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);

    if (value == NULL)
        err_set(err, "%s of the image layout is no JSON", name);
    return value;
}

/* Without "sha256:"; nothing but hexadecimal digits, as it becomes the name of a file. */
static int take_digest(char digest[DIGEST_HEX_SIZE], const json_t *value, struct err *err)
{
    const char *text = json_string_value(value);

    if (text == NULL || strncmp(text, "sha256:", 7) != 0 || !digest_is_hex(text + 7))
        return err_set(err, "the image layout has a digest that is no SHA-256");
    memcpy(digest, text + 7, DIGEST_HEX_SIZE);
    return 0;
}

static bool has(const json_t *object, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value != NULL && strcmp(value, text) == 0;
}

/* The row of the index; NULL: there is none. */
static const json_t *choose(const json_t *index)
{
    const json_t *rows = json_object_get(index, "manifests");

    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i), *platform = json_object_get(row, "platform");

        if (json_array_size(rows) == 1 ||
            (has(platform, "os", "linux") && has(platform, "architecture", "amd64")))
            return row;
    }
    return NULL;
}

int oci_json_index(const json_t *index, char digest[DIGEST_HEX_SIZE], struct err *err)
{
    const json_t *row = choose(index);

    if (row == NULL)
        return err_set(err, "the image layout has no one image for Linux on x86-64");
    return take_digest(digest, json_object_get(row, "digest"), err);
}

bool oci_json_is_manifest(const json_t *document)
{
    return json_object_get(document, "layers") != NULL;
}

int oci_json_config(const json_t *manifest, char digest[DIGEST_HEX_SIZE], struct err *err)
{
    return take_digest(digest, json_object_get(json_object_get(manifest, "config"), "digest"), err);
}

int oci_json_image(struct oci_image *oci, const json_t *manifest, const json_t *config,
                   struct err *err)
{
    const json_t *layers = json_object_get(manifest, "layers");
    const json_t *diffs = json_object_get(json_object_get(config, "rootfs"), "diff_ids");
    size_t count = json_array_size(layers);

    if (count == 0 || count > IMAGE_LAYERS_MOST)
        return err_set(err, "the image has %zu layers; 1 to %d can be used", count,
                       IMAGE_LAYERS_MOST);
    if (json_array_size(diffs) != count)
        return err_set(err, "the image has %zu layers, and digests for %zu", count,
                       json_array_size(diffs));
    if (!has(config, "os", "linux") || !has(config, "architecture", "amd64"))
        return err_set(err, "the image is not for Linux on x86-64");
    for (size_t i = 0; i < count; i++) {
        const json_t *row = json_array_get(layers, i);

        if (take_digest(oci->layers[i].blob, json_object_get(row, "digest"), err) < 0 ||
            take_digest(oci->layers[i].diff, json_array_get(diffs, i), err) < 0)
            return -1;
    }
    oci->count = count;
    return image_config_take(&oci->config, json_object_get(config, "config"), err);
}
