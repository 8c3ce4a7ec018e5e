/* loader.c: files into RAM; see loader.h. */
#include "dev/loader.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE UINT64_C(4096)

int loader_open(struct loader_file *file, const char *path, const char *what, struct err *err)
{
    struct stat status;

    *file = (struct loader_file){.path = path};
    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->fd < 0)
        return err_sys(err, errno, "cannot open the %s %s", what, path);
    if (fstat(file->fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        close(file->fd);
        return err_set(err, "the %s %s is not a regular file", what, path);
    }
    file->size = (uint64_t)status.st_size;
    return 0;
}

int loader_no_room(const struct dma *dma, const char *path, struct err *err)
{
    err_set(err, "%s does not fit into the machine's memory of %llu MiB at 0x%llx", path,
            (unsigned long long)(dma->size >> 20), (unsigned long long)dma->base);
    return err_hint(err, "a bigger --memory, or a file that is linked for this machine");
}

int loader_bytes(const struct dma *dma, const struct loader_file *file, uint64_t offset,
                 uint64_t gpa, uint64_t bytes, struct err *err)
{
    uint8_t *to;

    if (!dma_is_ram(dma, gpa, bytes))
        return loader_no_room(dma, file->path, err);
    to = dma->ram + (gpa - dma->base);
    while (bytes > 0) {
        ssize_t got = pread(file->fd, to, bytes, (off_t)offset);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(err, errno, "cannot read %s", file->path);
        if (got == 0)
            return err_set(err, "%s has become shorter while it was read", file->path);
        to += got;
        offset += (uint64_t)got;
        bytes -= (uint64_t)got;
    }
    return 0;
}

/* The gpa of the entry; the reader of the file has seen to it that a segment holds it. */
static uint64_t physical_entry(const struct elf_image *image)
{
    const struct elf_segment *segment = image->segments;

    while (image->entry < segment->vaddr || image->entry - segment->vaddr >= segment->memsz)
        segment++;
    return segment->paddr + (image->entry - segment->vaddr);
}

int loader_elf(const struct dma *dma, const struct elf_image *image, const char *path,
               struct loaded_kernel *kernel, struct err *err)
{
    const struct loader_file file = {.fd = image->fd, .path = path};

    *kernel = (struct loaded_kernel){.start = UINT64_MAX, .entry = physical_entry(image)};
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        if (!dma_is_ram(dma, segment->paddr, segment->memsz))
            return loader_no_room(dma, path, err);
        /* The rest of memsz is zero already. */
        if (loader_bytes(dma, &file, segment->offset, segment->paddr, segment->filesz, err) < 0)
            return -1;
        if (segment->paddr < kernel->start)
            kernel->start = segment->paddr;
        if (segment->paddr + segment->memsz > kernel->end)
            kernel->end = segment->paddr + segment->memsz;
    }
    return 0;
}

int loader_initrd(const struct dma *dma, const char *path, uint64_t above, uint64_t below,
                  uint64_t *start, uint64_t *end, struct err *err)
{
    struct loader_file file;
    int answer;

    if (loader_open(&file, path, "initrd", err) < 0)
        return -1;
    if (below < above || file.size > below - above || ((below - file.size) & ~(PAGE - 1)) < above) {
        close(file.fd);
        return loader_no_room(dma, path, err);
    }
    *start = (below - file.size) & ~(PAGE - 1);
    *end = *start + file.size;
    answer = loader_bytes(dma, &file, 0, *start, file.size, err);
    close(file.fd);
    return answer;
}
