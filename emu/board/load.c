/* load.c: putting kernel, initrd and device tree into RAM; see load.h. */
#include "emu/board/load.h"

#include <string.h>
#include <unistd.h>

#include "dev/loader.h"
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

/* The gpa of the word by which bare-metal tests end, if this kernel has one. */
static void find_tohost(struct board *board, const struct elf_image *image)
{
    uint64_t gpa;

    if (elf_symbol_anywhere(image, "tohost", &gpa) && gpa % 8 == 0 &&
        dma_is_ram(&board->dma, gpa, 8))
        board->tohost = gpa;
}

static int load_elf(struct board *board, const char *path, struct loaded_kernel *kernel,
                    struct err *err)
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
    if (loader_elf(&board->dma, &image, path, kernel, err) < 0)
        goto out;
    if (board->firmware != FIRMWARE_NONE)
        kernel->entry = kernel->start; /* as QEMU does */
    else
        find_tohost(board, &image);
    answer = 0;

out:
    elf_close(&image);
    return answer;
}

/* A flat image: its header may say where it wants to be, and how much memory it needs there. */
static int load_flat(struct board *board, const struct loader_file *file,
                     struct loaded_kernel *kernel, struct err *err)
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
        return loader_no_room(&board->dma, file->path, err);
    kernel->entry = gpa;
    kernel->end = gpa + size;
    return loader_bytes(&board->dma, file, 0, gpa, file->size, err);
}

static int load_kernel(struct board *board, const char *path, struct loaded_kernel *kernel,
                       struct err *err)
{
    char magic[4] = "";
    struct loader_file file;
    bool is_elf;
    int answer;

    if (loader_open(&file, path, "kernel", err) < 0)
        return -1;
    *kernel = (struct loaded_kernel){.entry = 0};
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
        .virtio_count = (config->disk != NULL ? 1U : 0U) + (config->ring ? 1U : 0U),
        .bootargs = config->bootargs,
    };
    struct loaded_kernel kernel = {0};

    loaded->tree = (board->dma.base + board->dma.size - TREE_SIZE_MAX) & ~(MEM_PAGE_SIZE - 1);
    if (load_kernel(board, config->kernel, &kernel, err) < 0)
        return -1;
    if (kernel.end > loaded->tree)
        return loader_no_room(&board->dma, config->kernel, err);
    if (config->initrd != NULL &&
        loader_initrd(&board->dma, config->initrd, kernel.end, loaded->tree, &tree.initrd_start,
                      &tree.initrd_end, err) < 0)
        return -1;
    loaded->entry = kernel.entry;
    return load_tree(board, &tree, loaded->tree, err);
}
