/* json.c: see json.h. */
#include "lib/json.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

json_t *json_text(const char *text)
{
    json_t *value;
    char *copy;

    if (text == NULL)
        return json_null();
    value = json_string(text);
    if (value != NULL)
        return value;
    copy = strdup(text);
    if (copy == NULL)
        err_die_oom();
    for (char *c = copy; *c != '\0'; c++) {
        if ((unsigned char)*c > 127)
            *c = '?';
    }
    value = json_string(copy);
    free(copy);
    return value;
}

json_t *json_texts(char *const *texts)
{
    json_t *array = json_array();

    for (; *texts != NULL; texts++)
        json_array_append_new(array, json_text(*texts));
    return array;
}
