/*
 * perfmap.c: see perfmap.h. The file is opened for each line: a descriptor that stays open would be
 * in the way of the guest's.
 */
#include "emu/dbt/perfmap.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static int open_map(int flags, char path[64])
{
    snprintf(path, 64, "/tmp/perf-%d.map", (int)getpid());
    /* Anybody may have put a link of that name there. */
    return open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | flags, 0600);
}

int perfmap_begin(struct err *err)
{
    char path[64];
    int fd = open_map(O_CREAT | O_TRUNC, path);

    if (fd < 0)
        return err_sys(err, errno, "making %s, the map of translated code", path);
    close(fd);
    return 0;
}

void perfmap_add(const uint8_t *code, uint32_t size, uint64_t pc)
{
    char path[64];
    int fd = open_map(O_CREAT | O_APPEND, path);

    if (fd < 0)
        return;
    dprintf(fd, "%" PRIxPTR " %x guest 0x%" PRIx64 "\n", (uintptr_t)code, size, pc);
    close(fd);
}
