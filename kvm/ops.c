/* ops.c: the real KVM: each function is one system call; see ops.h. */
#include "kvm/ops.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static int host_open(void *owner, const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);

    (void)owner;
    return fd < 0 ? -errno : fd;
}

static int host_ioctl(void *owner, int fd, unsigned long request, void *argument)
{
    int answer = ioctl(fd, request, argument);

    (void)owner;
    return answer < 0 ? -errno : answer;
}

static void *host_map(void *owner, int fd, size_t size, int *error)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    (void)owner;
    if (memory != MAP_FAILED)
        return memory;
    *error = -errno;
    return NULL;
}

static void host_unmap(void *owner, void *memory, size_t size)
{
    (void)owner;
    munmap(memory, size);
}

static void host_close(void *owner, int fd)
{
    (void)owner;
    close(fd);
}

const struct kvm_ops kvm_ops_host = {
    .open = host_open,
    .ioctl = host_ioctl,
    .map = host_map,
    .unmap = host_unmap,
    .close = host_close,
};
