/* The environment: "NAME=value" texts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The place in environ of the text that starts with NAME=, or of the final NULL. */
static char **env_find(const char *name, size_t length)
{
    char **place = environ;
    while (*place && !(strncmp(*place, name, length) == 0 && (*place)[length] == '='))
        place++;
    return place;
}

char *getenv(const char *name)
{
    size_t length = strlen(name);
    char **place = env_find(name, length);
    return *place ? *place + length + 1 : NULL;
}

/* Grows environ by one text. The old array is left alone: the first one lies on the stack, and
 * a program sets too few names for the loss to matter. */
static int env_append(char *text)
{
    size_t count = 0;
    while (environ[count])
        count++;
    char **larger = malloc((count + 2) * sizeof(*larger));
    if (!larger)
        return -1;
    memcpy(larger, environ, count * sizeof(*larger));
    larger[count] = text;
    larger[count + 1] = NULL;
    environ = larger;
    return 0;
}

int setenv(const char *name, const char *value, int overwrite)
{
    size_t length = strlen(name);
    if (length == 0 || strchr(name, '=')) {
        errno = EINVAL;
        return -1;
    }
    char **place = env_find(name, length);
    if (*place && !overwrite)
        return 0;

    char *text = malloc(length + 1 + strlen(value) + 1);
    if (!text)
        return -1;
    memcpy(text, name, length);
    text[length] = '=';
    strcpy(text + length + 1, value);
    if (*place) {
        *place = text;
        return 0;
    }
    if (env_append(text) < 0) {
        free(text);
        return -1;
    }
    return 0;
}
