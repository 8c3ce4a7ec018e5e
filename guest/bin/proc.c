/* Numbers from /proc. See proc.h. */
#include "guest/bin/proc.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int64_t proc_kib(const char *path, const char *name)
{
    char text[2048];
    size_t length = strlen(name);
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return -1;
    ssize_t count = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (count <= 0)
        return -1;
    text[count] = '\0';
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            return (int64_t)strtoul(line + length + 1, NULL, 10);
    }
    return -1;
}

int64_t proc_large_kib(void)
{
    return proc_kib("/proc/self/smaps_rollup", "AnonHugePages");
}
