/*
 * image_config.h: how an image would like to be started: a command, variables, a folder. It is what
 * a container does when its user says nothing else.
 *
 * An image is a stranger's: what is no such thing, or too much of it, is refused; what is left goes
 * to nobody but the program in the container.
 *
 * Source: OCI image specification 1.1, config.md. Read next: store.h.
 */
#ifndef TRIVIUM_CTR_IMAGE_CONFIG_H
#define TRIVIUM_CTR_IMAGE_CONFIG_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

#define IMAGE_CONFIG_WORDS 64
#define IMAGE_CONFIG_TEXT  8192

/* It may be copied: the words are offsets into the text. All of it 0: nothing is wanted. */
struct image_config {
    uint16_t command[IMAGE_CONFIG_WORDS], environment[IMAGE_CONFIG_WORDS];
    uint16_t command_count, environment_count;
    uint16_t workdir; /* 0: none */
    uint16_t used;    /* of the text; the first byte is no word's */
    char text[IMAGE_CONFIG_TEXT];
};

/*
 * Takes what an object of OCI's says: Entrypoint and Cmd, which become one command, Env and
 * WorkingDir; NULL: nothing. -1: it is refused, and err says why.
 */
int image_config_take(struct image_config *config, const json_t *object, struct err *err);

/* The same as such an object, a new reference; NULL: it could not be made. */
json_t *image_config_json(const struct image_config *config);

#endif
