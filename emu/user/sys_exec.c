/*
 * sys_exec.c: execve. The new program is loaded within this host process, in place of the old one;
 * no host program is ever executed.
 */
#include "emu/user/stack.h"
#include "emu/user/syscall.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

/* A NULL-terminated array of strings, copied out of the guest before its memory goes away. */
struct strings {
    char **vector; /* owned, and each string */
    size_t count;
    uint64_t bytes;
};

static void strings_fini(struct strings *strings)
{
    for (size_t i = 0; i < strings->count; i++)
        free(strings->vector[i]);
    free(strings->vector);
}

/* Room for one more pointer and the closing NULL: doubled whenever count is a power of two. */
static int make_room(struct strings *strings)
{
    char **more;

    if ((strings->count & (strings->count - 1)) != 0)
        return 0;
    more = realloc(strings->vector, (2 * strings->count + 2) * sizeof *more);
    if (more == NULL)
        return -ENOMEM;
    strings->vector = more;
    return 0;
}

/* Adds the string at gva. `buffer` has room for the longest one. */
static int add_string(struct strings *strings, const struct space *space, uint64_t gva,
                      char buffer[STACK_STRING_MAX])
{
    int64_t length = space_string(space, gva, buffer, STACK_STRING_MAX);

    if (length < 0)
        return length == -ENAMETOOLONG ? -E2BIG : (int)length;
    strings->bytes += (uint64_t)length + 1 + sizeof gva;
    if (strings->bytes > STACK_ARGUMENTS_MAX)
        return -E2BIG;
    if (make_room(strings) < 0)
        return -ENOMEM;
    strings->vector[strings->count] = strdup(buffer);
    if (strings->vector[strings->count] == NULL)
        return -ENOMEM;
    strings->count++;
    return 0;
}

/* 0 or -errno; to be finished in both cases. A NULL array is an empty one, as in Linux. */
static int strings_read(struct strings *strings, const struct space *space, uint64_t gva,
                        char buffer[STACK_STRING_MAX])
{
    int result = 0;

    *strings = (struct strings){0};
    for (uint64_t i = 0; gva != 0; i++) {
        uint64_t string;

        result = space_read(space, gva + i * sizeof string, &string, sizeof string);
        if (result < 0 || string == 0)
            break;
        result = add_string(strings, space, string, buffer);
        if (result < 0)
            break;
    }
    if (result == 0 && strings->count == 0)
        result = make_room(strings);
    if (result == 0)
        strings->vector[strings->count] = NULL;
    return result;
}

/* execve(path, argv, envp) */
int64_t sys_execve(struct process *process, const uint64_t a[6])
{
    const struct space *space = &process->program.space;
    struct strings argv = {0}, envp = {0};
    char *buffer = malloc(STACK_STRING_MAX);
    char path[PATH_MAX];
    struct err err;
    int64_t result;

    if (buffer == NULL)
        return -ENOMEM;
    result = space_string(space, a[0], path, sizeof path);
    if (result >= 0)
        result = strings_read(&argv, space, a[1], buffer);
    if (result >= 0)
        result = strings_read(&envp, space, a[2], buffer);
    if (result >= 0 &&
        process_exec(process, process_path(process, path), argv.vector, envp.vector, &err) == -1)
        result = -err.code;
    strings_fini(&envp);
    strings_fini(&argv);
    free(buffer);
    return result;
}
