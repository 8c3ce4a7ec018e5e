/* load.c: putting kernel, initrd and device tree into RAM; see load.h. */
#include "emu/board/load.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emu/board/map.h"
#include "emu/board/tree.h"
#include "emu/cpu/mem.h"
#include "lib/elf.h"

/* The head of a RISC-V Linux Image (Documentation/riscv/boot-image-header). */
struct image_header {
    uint32_t code[2];
    uint64_t text_offset; /* from the start of RAM */
    uint64_t image_size;  /* in memory: with what is zeroed after the file's bytes */
    uint64_t flags;
    uint32_t version;
    uint32_t reserved[3];
    uint64_t magic;  /* "RISCV" */
    uint32_t magic2; /* "RSC\x05" */
    uint32_t reserved2;
};

#define IMAGE_MAGIC2 0x05435352

/* A file to be loaded whole. */
struct file {
    int fd;
    uint64_t size;
    const char *path;
};

static int open_file(struct file *file, const char *path, const char *what, struct err *err)
{
    struct stat status;

    *file = (struct file){.path = path};
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

/* Fills [gpa, gpa + bytes), which is RAM, from the file at `offset`. */
static int read_to_ram(struct board *board, int fd, const char *path, uint64_t offset, uint64_t gpa,
                       uint64_t bytes, struct err *err)
{
    uint8_t *to = board->dma.ram + (gpa - board->dma.base);

    while (bytes > 0) {
        ssize_t got = pread(fd, to, bytes, (off_t)offset);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(err, errno, "cannot read %s", path);
        if (got == 0)
            return err_set(err, "%s has become shorter while it was read", path);
        to += got;
        offset += (uint64_t)got;
        bytes -= (uint64_t)got;
    }
    return 0;
}

static int no_room(struct err *err, const char *path, const struct board *board)
{
    err_set(err, "%s does not fit into the machine's memory of %llu MiB at 0x%llx", path,
            (unsigned long long)(board->dma.size >> 20), (unsigned long long)board->dma.base);
    return err_hint(err, "a bigger --memory, or a file that is linked for this machine");
}

/* Where a kernel is, once it is loaded. */
struct kernel {
    uint64_t start, entry;
    uint64_t end; /* gpa after its last byte */
};

/* The gpa of the word by which bare-metal tests end, if this kernel has one. */
static void find_tohost(struct board *board, const struct elf_image *image)
{
    uint64_t gpa;

    if (elf_symbol_anywhere(image, "tohost", &gpa) && gpa % 8 == 0 &&
        dma_is_ram(&board->dma, gpa, 8))
        board->tohost = gpa;
}

static int load_segments(struct board *board, const struct elf_image *image, const char *path,
                         struct kernel *kernel, struct err *err)
{
    kernel->start = UINT64_MAX;
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        if (!dma_is_ram(&board->dma, segment->paddr, segment->memsz))
            return no_room(err, path, board);
        /* RAM is still zero, so nothing is to be done about the rest of memsz. */
        if (read_to_ram(board, image->fd, path, segment->offset, segment->paddr, segment->filesz,
                        err) < 0)
            return -1;
        if (segment->paddr < kernel->start)
            kernel->start = segment->paddr;
        if (segment->paddr + segment->memsz > kernel->end)
            kernel->end = segment->paddr + segment->memsz;
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

static int load_elf(struct board *board, const char *path, struct kernel *kernel, struct err *err)
{
    struct elf_image image;
    int answer = -1;

    if (elf_open(&image, path, err) < 0)
        return err_wrap(err, "cannot load the kernel");
    if (!elf_is_rv64(&image)) {
        err_set(err, "the kernel %s is for %s, this machine is RISC-V", path,
                elf_machine_name(image.machine));
        goto out;
    }
    if (load_segments(board, &image, path, kernel, err) < 0)
        goto out;
    kernel->entry = board->firmware != FIRMWARE_NONE ? kernel->start : physical_entry(&image);
    if (board->firmware == FIRMWARE_NONE)
        find_tohost(board, &image);
    answer = 0;

out:
    elf_close(&image);
    return answer;
}

/* A flat image: its header may say where it wants to be, and how much memory it needs there. */
static int load_flat(struct board *board, const struct file *file, struct kernel *kernel,
                     struct err *err)
{
    struct image_header header = {0};
    uint64_t gpa = board->firmware != FIRMWARE_NONE ? MAP_KERNEL : MAP_RAM;
    uint64_t size = file->size;

    if (pread(file->fd, &header, sizeof header, 0) == (ssize_t)sizeof header &&
        header.magic2 == IMAGE_MAGIC2) {
        gpa = MAP_RAM + header.text_offset;
        if (header.image_size > size)
            size = header.image_size;
    }
    if (gpa % 4 != 0 || !dma_is_ram(&board->dma, gpa, size))
        return no_room(err, file->path, board);
    kernel->entry = gpa;
    kernel->end = gpa + size;
    return read_to_ram(board, file->fd, file->path, 0, gpa, file->size, err);
}

static int load_kernel(struct board *board, const char *path, struct kernel *kernel,
                       struct err *err)
{
    char magic[4] = "";
    struct file file;
    bool is_elf;
    int answer;

    if (open_file(&file, path, "kernel", err) < 0)
        return -1;
    *kernel = (struct kernel){.entry = 0};
    is_elf = pread(file.fd, magic, sizeof magic, 0) == (ssize_t)sizeof magic &&
             memcmp(magic, "\177ELF", sizeof magic) == 0;
    if (file.size == 0)
        answer = err_set(err, "the kernel %s is empty", path);
    else if (is_elf)
        answer = load_elf(board, path, kernel, err);
    else
        answer = load_flat(board, &file, kernel, err);
    close(file.fd);
    return answer;
}

static uint64_t page_down(uint64_t gpa)
{
    return gpa & ~(MEM_PAGE_SIZE - 1);
}

/* The initrd ends where the device tree begins; [*start, *end) is where it came to be. */
static int load_initrd(struct board *board, const char *path, const struct kernel *kernel,
                       uint64_t below, uint64_t *start, uint64_t *end, struct err *err)
{
    struct file file;
    int answer;

    if (open_file(&file, path, "initrd", err) < 0)
        return -1;
    if (below < kernel->end || file.size > below - kernel->end ||
        page_down(below - file.size) < kernel->end) {
        close(file.fd);
        return no_room(err, path, board);
    }
    *start = page_down(below - file.size);
    *end = *start + file.size;
    answer = read_to_ram(board, file.fd, path, 0, *start, file.size, err);
    close(file.fd);
    return answer;
}

static int load_tree(struct board *board, struct tree_config *config, uint64_t gpa, struct err *err)
{
    uint8_t blob[TREE_SIZE_MAX];
    size_t size;

    for (unsigned i = 0; i < TREE_SEED_WORDS; i++)
        config->seed[i] = board->deterministic ? i + 1 : input_entropy(&board->input, 0);
    if (tree_build(config, blob, &size, err) < 0)
        return -1;
    dma_write(&board->dma, gpa, blob, size);
    return 0;
}

int load_all(struct board *board, const struct board_config *config, struct loaded *loaded,
             struct err *err)
{
    struct tree_config tree = {
        .harts = config->harts,
        .ram_size = board->dma.size,
        .virtio_count = config->disk != NULL ? 1 : 0,
        .bootargs = config->bootargs,
    };
    struct kernel kernel = {0};

    loaded->tree = page_down(board->dma.base + board->dma.size - TREE_SIZE_MAX);
    if (load_kernel(board, config->kernel, &kernel, err) < 0)
        return -1;
    if (kernel.end > loaded->tree)
        return no_room(err, config->kernel, board);
    if (config->initrd != NULL && load_initrd(board, config->initrd, &kernel, loaded->tree,
                                              &tree.initrd_start, &tree.initrd_end, err) < 0)
        return -1;
    loaded->entry = kernel.entry;
    return load_tree(board, &tree, loaded->tree, err);
}
