/* execvp: find a program in the folders of PATH and become it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Tries folder/name. An empty folder means the current one. Returns only if that failed. */
static void exec_in(const char *folder, size_t length, const char *name, char *const argv[])
{
    char *path = malloc(length + 1 + strlen(name) + 1);
    if (!path)
        return;
    memcpy(path, folder, length);
    if (length > 0)
        path[length++] = '/';
    strcpy(path + length, name);
    execve(path, argv, environ);
    int number = errno;
    free(path);
    errno = number;
}

int execvp(const char *name, char *const argv[])
{
    const char *folder = getenv("PATH");
    if (!folder)
        folder = "/usr/bin:/bin";
    if (strchr(name, '/'))
        return execve(name, argv, environ);
    if (!*name) {
        errno = ENOENT;
        return -1;
    }

    int refused = ENOENT;
    for (;;) {
        const char *colon = strchr(folder, ':');
        size_t length = colon ? (size_t)(colon - folder) : strlen(folder);
        exec_in(folder, length, name, argv);
        /* A file that may not be run is worth telling, but another folder may have a better one. */
        if (errno == EACCES)
            refused = EACCES;
        else if (errno != ENOENT && errno != ENOTDIR)
            return -1;
        if (!colon)
            break;
        folder = colon + 1;
    }
    errno = refused;
    return -1;
}
