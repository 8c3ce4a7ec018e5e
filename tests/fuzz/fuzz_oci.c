/*
 * fuzz_oci.c: a libFuzzer target for the documents of an image layout: the input is three JSON
 * texts, an index, a manifest and a configuration, with a zero byte after each of the first two.
 *
 * Whatever they are, they are refused with a message, or accepted with everything that oci.h and
 * image_config.h promise; and what was accepted survives being written and read again.
 *
 * Read next: mk/fuzz.mk.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctr/oci_json.h"

enum { DOCUMENTS = 3, DEPTH = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

static void require(bool promise)
{
    if (!promise)
        abort();
}

/* Up to the zero byte, or the end; *rest is what is behind it. */
static json_t *parse(const char *text, size_t size, const char **rest, size_t *left,
                     struct err *err)
{
    const char *end = memchr(text, '\0', size);
    size_t length = end == NULL ? size : (size_t)(end - text);

    *rest = text + length + (end != NULL);
    *left = size - length - (end != NULL);
    return oci_json_parse(text, length, "a document", err);
}

static void check_digest(const char digest[DIGEST_HEX_SIZE])
{
    require(strlen(digest) == DIGEST_HEX_SIZE - 1);
    require(strspn(digest, "0123456789abcdef") == DIGEST_HEX_SIZE - 1);
}

static void check_words(const struct image_config *config, const uint16_t *words, unsigned count)
{
    require(count <= IMAGE_CONFIG_WORDS && config->used <= sizeof config->text);
    for (unsigned i = 0; i < count; i++)
        require(words[i] > 0 && words[i] + strlen(config->text + words[i]) < (size_t)config->used);
}

static void check_config(const struct image_config *config)
{
    check_words(config, config->command, config->command_count);
    check_words(config, config->environment, config->environment_count);
    require(config->command_count == 0 || config->text[config->command[0]] != '\0');
    for (unsigned i = 0; i < config->environment_count; i++) {
        const char *text = config->text + config->environment[i];

        require(text[0] != '=' && strchr(text, '=') != NULL);
    }
    require(config->workdir == 0 || config->text[config->workdir] == '/');
}

/* The store keeps it as JSON. */
static void check_survives(const struct image_config *config)
{
    struct image_config again;
    struct err err = {.code = 0};
    json_t *value = image_config_json(config);

    require(value != NULL && image_config_take(&again, value, &err) == 0);
    require(memcmp(config, &again, sizeof again) == 0);
    json_decref(value);
}

static void check_refusal(const struct err *err)
{
    require(err->text[0] != '\0' && strchr(err->text, '\n') == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char digest[DIGEST_HEX_SIZE];
    struct err err = {.code = 0};
    struct oci_image *oci = calloc(1, sizeof *oci);
    json_t *index, *manifest, *config;
    const char *rest;
    size_t left;

    require(oci != NULL);
    index = parse((const char *)data, size, &rest, &left, &err);
    manifest = parse(rest, left, &rest, &left, &err);
    config = parse(rest, left, &rest, &left, &err);
    if (oci_json_index(index, digest, &err) == 0)
        check_digest(digest);
    else
        check_refusal(&err);
    if (oci_json_config(manifest, digest, &err) == 0)
        check_digest(digest);
    else
        check_refusal(&err);
    if (oci_json_image(oci, manifest, config, &err) == 0) {
        require(oci->count > 0 && oci->count <= IMAGE_LAYERS_MOST);
        for (size_t i = 0; i < oci->count; i++) {
            check_digest(oci->layers[i].blob);
            check_digest(oci->layers[i].diff);
        }
        check_config(&oci->config);
        check_survives(&oci->config);
    } else {
        check_refusal(&err);
    }
    json_decref(index);
    json_decref(manifest);
    json_decref(config);
    free(oci);
    return 0;
}

/* A number below `below` (> 0), from a state of the caller's. */
static unsigned draw(unsigned *state, unsigned below)
{
    *state = *state * 1103515245 + 12345;
    return (*state >> 16) % below;
}

/* A value that stands in the place of another one, or a text that has been changed a little. */
static json_t *other_value(const json_t *value, unsigned *state)
{
    char text[256] = "";
    size_t size;

    switch (draw(state, 8)) {
    case 0: return json_null();
    case 1: return json_integer((json_int_t)draw(state, 1000) - 500);
    case 2: return json_array();
    case 3: return json_object();
    case 4: return json_pack("[O, O]", value, value);
    case 5: return json_string("/");
    default:
        snprintf(text, sizeof text, "%.200s",
                 json_is_string(value) ? json_string_value(value) : "x");
        size = LLVMFuzzerMutate((uint8_t *)text, strlen(text), sizeof text - 1);
        return json_stringn_nocheck(text, strnlen(text, size));
    }
}

/* Changes one value somewhere in the document. */
static void change(json_t *root, unsigned *state)
{
    for (unsigned depth = 0; depth < DEPTH; depth++) {
        bool stop = draw(state, 4) == 0;
        json_t *inner = NULL;

        if (json_is_array(root) && json_array_size(root) > 0) {
            size_t at = draw(state, (unsigned)json_array_size(root));

            inner = json_array_get(root, at);
            if (stop || json_is_string(inner)) {
                json_array_set_new(root, at, other_value(inner, state));
                return;
            }
        } else if (json_is_object(root) && json_object_size(root) > 0) {
            void *at = json_object_iter(root);

            for (unsigned i = draw(state, (unsigned)json_object_size(root)); i > 0; i--)
                at = json_object_iter_next(root, at);
            inner = json_object_iter_value(at);
            if (stop || json_is_string(inner)) {
                json_object_iter_set_new(root, at, other_value(inner, state));
                return;
            }
        }
        if (inner == NULL)
            return;
        root = inner;
    }
}

/* Most changes of bytes only make texts that are no JSON. Three of four change a value of it. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    struct err ignored;
    const char *rest = (const char *)data;
    unsigned state = seed, which = draw(&state, DOCUMENTS);
    size_t left = size, used = 0;
    char *made = calloc(1, max + 1);

    require(made != NULL);
    for (unsigned i = 0; i < DOCUMENTS && seed % 4 != 0; i++) {
        json_t *document = parse(rest, left, &rest, &left, &ignored);

        if (document != NULL && i == which)
            change(document, &state);
        if (document != NULL && used < max)
            used += json_dumpb(document, made + used, max - used, JSON_COMPACT);
        json_decref(document);
        if (i + 1 < DOCUMENTS && used < max)
            made[used++] = '\0';
    }
    if (used == 0 || used >= max) {
        free(made);
        return LLVMFuzzerMutate(data, size, max);
    }
    memcpy(data, made, used);
    free(made);
    return used;
}
