/* image_config.c: from JSON to words and back; see image_config.h. */
#include "ctr/image_config.h"

#include <string.h>

/* Adds a text; answers where it is, or 0 when it is none or too much. */
static uint16_t add_text(struct image_config *config, const json_t *value, struct err *err)
{
    const char *text = json_string_value(value);
    size_t size = text == NULL ? 0 : strlen(text) + 1;
    uint16_t at = config->used;

    if (text == NULL)
        err_set(err, "the image's configuration has something else where a text should be");
    else if (size > sizeof config->text - at)
        err_set(err, "the image's configuration has more than %d bytes of texts",
                IMAGE_CONFIG_TEXT);
    if (text == NULL || size > sizeof config->text - at)
        return 0;
    memcpy(config->text + at, text, size);
    config->used = (uint16_t)(at + size);
    return at;
}

/* Adds the list object[key], where there is one. */
static int add_list(struct image_config *config, const json_t *object, const char *key,
                    uint16_t words[IMAGE_CONFIG_WORDS], uint16_t *count, struct err *err)
{
    const json_t *list = json_object_get(object, key);

    if (list == NULL || json_is_null(list))
        return 0;
    if (!json_is_array(list))
        return err_set(err, "%s of the image's configuration is no list", key);
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (*count == IMAGE_CONFIG_WORDS)
            return err_set(err, "%s of the image's configuration has more than %d texts", key,
                           IMAGE_CONFIG_WORDS);
        words[*count] = add_text(config, json_array_get(list, i), err);
        if (words[*count] == 0)
            return -1;
        (*count)++;
    }
    return 0;
}

static int check_command(const struct image_config *config, struct err *err)
{
    if (config->command_count > 0 && config->text[config->command[0]] == '\0')
        return err_set(err, "the image's configuration would start a program without a name");
    return 0;
}

static int check_environment(const struct image_config *config, struct err *err)
{
    for (unsigned i = 0; i < config->environment_count; i++) {
        const char *text = config->text + config->environment[i];

        if (text[0] == '=' || strchr(text, '=') == NULL)
            return err_set(err, "the image's configuration has a variable that is no NAME=VALUE");
    }
    return 0;
}

static int take_workdir(struct image_config *config, const json_t *value, struct err *err)
{
    const char *text = json_string_value(value);

    if (value == NULL || json_is_null(value) || (text != NULL && text[0] == '\0'))
        return 0;
    if (text == NULL || text[0] != '/')
        return err_set(err, "WorkingDir of the image's configuration does not begin with /");
    config->workdir = add_text(config, value, err);
    return config->workdir == 0 ? -1 : 0;
}

int image_config_take(struct image_config *config, const json_t *object, struct err *err)
{
    memset(config, 0, sizeof *config);
    config->used = 1;
    if (object == NULL || json_is_null(object))
        return 0;
    if (!json_is_object(object))
        return err_set(err, "the image's configuration is no object");
    if (add_list(config, object, "Entrypoint", config->command, &config->command_count, err) < 0 ||
        add_list(config, object, "Cmd", config->command, &config->command_count, err) < 0 ||
        add_list(config, object, "Env", config->environment, &config->environment_count, err) < 0 ||
        take_workdir(config, json_object_get(object, "WorkingDir"), err) < 0 ||
        check_command(config, err) < 0)
        return -1;
    return check_environment(config, err);
}

static json_t *list_json(const struct image_config *config, const uint16_t *words, unsigned count)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < count; i++)
        json_array_append_new(list, json_string(config->text + words[i]));
    return list;
}

json_t *image_config_json(const struct image_config *config)
{
    return json_pack("{s:o, s:o, s:s}", "Cmd",
                     list_json(config, config->command, config->command_count), "Env",
                     list_json(config, config->environment, config->environment_count),
                     "WorkingDir", config->text + config->workdir);
}
