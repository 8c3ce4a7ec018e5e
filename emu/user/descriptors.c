/* descriptors.c: close-on-exec without an exec; see descriptors.h. */
#include "emu/user/descriptors.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static void close_if_marked(int fd)
{
    int flags = fcntl(fd, F_GETFD);

    if (flags != -1 && (flags & FD_CLOEXEC))
        close(fd);
}

/* Without /proc: every number that a descriptor can have. */
static void close_all_numbers(void)
{
    struct rlimit limit = {.rlim_cur = 1024};

    getrlimit(RLIMIT_NOFILE, &limit);
    for (rlim_t fd = 0; fd < limit.rlim_cur && fd < 1 << 20; fd++)
        close_if_marked((int)fd);
}

void descriptors_close_on_exec(void)
{
    DIR *list = opendir("/proc/self/fd");
    const struct dirent *entry;

    if (list == NULL) {
        close_all_numbers();
        return;
    }
    while ((entry = readdir(list)) != NULL) {
        char *end;
        long fd = strtol(entry->d_name, &end, 10);

        if (end != entry->d_name && *end == '\0' && fd != dirfd(list))
            close_if_marked((int)fd);
    }
    closedir(list);
}
