/* Reading a folder: the kernel hands over many names at a time, readdir one by one. */
#include "guest/lib/syscall.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct dir {
    int fd;
    long used;   /* bytes of data already handed out */
    long filled; /* bytes of data that the kernel wrote */
    _Alignas(struct dirent) char data[4096];
};

DIR *opendir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    DIR *dir = malloc(sizeof(*dir));
    if (!dir) {
        close(fd);
        errno = ENOMEM;
        return NULL;
    }
    dir->fd = fd;
    dir->used = 0;
    dir->filled = 0;
    return dir;
}

struct dirent *readdir(DIR *dir)
{
    if (dir->used >= dir->filled) {
        dir->used = 0;
        dir->filled = syscall3(SYS_getdents64, dir->fd, (long)dir->data, sizeof(dir->data));
        if (dir->filled <= 0)
            return NULL;
    }
    struct dirent *entry = (struct dirent *)(void *)(dir->data + dir->used);
    dir->used += entry->d_reclen;
    return entry;
}

int closedir(DIR *dir)
{
    int result = close(dir->fd);
    free(dir);
    return result;
}
