/* load.c: puts a program file into a fresh address space; see load.h. */
#include "emu/user/load.h"

#include "emu/user/script.h"
#include "emu/user/stack.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Fills in err for a file that exists but does not fit; the answer is -1. */
static int refuse(struct err *err, int code, const char *path, const char *why, const char *hint)
{
    err_set(err, "%s: %s", path, why);
    err->code = code;
    return err_hint(err, "%s", hint);
}

/* May the file be executed at all? As execve: a regular file that we have the x right for. */
static int check_may_execute(const char *path, struct err *err)
{
    struct stat status;

    if (stat(path, &status) == -1)
        return err_sys(err, errno, "%s", path);
    if (!S_ISREG(status.st_mode))
        return refuse(err, EACCES, path, "not a regular file", "name a program file");
    if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == -1) {
        err_sys(err, errno, "%s may not be executed", path);
        return err_hint(err, "chmod +x %s", path);
    }
    return 0;
}

/* Does the emulated machine have what the program was compiled for? */
static int check_machine(const char *path, const struct elf_image *image, struct err *err)
{
    struct elf_rv64_needs needs;

    if (!elf_is_rv64(image)) {
        err_set(err, "%s: a program for %s, not for the emulated 64-bit RISC-V processor", path,
                elf_machine_name(image->machine));
        err->code = ENOEXEC;
        return err_hint(err, "compile it with riscv64-linux-gnu-gcc -march=rv64imac -mabi=lp64 "
                             "-static, or run it with --on native");
    }
    needs = elf_rv64_needs(image);
    if (needs.embedded)
        return refuse(err, ENOEXEC, path, "compiled for RV64E, the RISC-V with 16 registers",
                      "compile it with -march=rv64imac -mabi=lp64");
    if (needs.float_bits != 0)
        return refuse(err, ENOEXEC, path,
                      "compiled to pass floating-point numbers in F registers, which the emulated "
                      "processor does not have",
                      "compile and link it with -march=rv64imac -mabi=lp64, libraries too");
    return 0;
}

/* Does it lie where the address space has room for programs? */
static int check_addresses(const char *path, const struct elf_image *image, struct err *err)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        uint64_t end = segment->vaddr + segment->memsz;

        if (segment->vaddr >= SPACE_LOWEST && end <= SPACE_MAP_TOP)
            continue;
        err_set(err,
                "%s: a segment at 0x%" PRIx64 "..0x%" PRIx64 ", but programs lie in 0x%" PRIx64
                "..0x%" PRIx64,
                path, segment->vaddr, end, SPACE_LOWEST, SPACE_MAP_TOP);
        err->code = ENOEXEC;
        return err_hint(err, "link it at another address: -Wl,-Ttext-segment=0x10000");
    }
    return 0;
}

static uint64_t page_down(uint64_t gva)
{
    return gva & ~(MEM_PAGE_SIZE - 1);
}

static uint64_t page_up(uint64_t gva)
{
    return page_down(gva + MEM_PAGE_SIZE - 1);
}

/* Maps those pages of the segment that no earlier one has mapped, zeroed and writable for now. */
static int map_segment(struct space *space, const struct elf_segment *segment, struct err *err)
{
    uint64_t start = page_down(segment->vaddr);
    uint64_t end = page_up(segment->vaddr + segment->memsz);

    while (start < end && space_is_mapped(space, start, MEM_PAGE_SIZE))
        start += MEM_PAGE_SIZE;
    if (start < end) {
        const struct space_request request = {
            .gva = start,
            .length = end - start,
            .prot = PROT_READ | PROT_WRITE,
            .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
            .fd = -1,
        };
        int64_t result = space_map(space, &request);

        if (result < 0)
            return err_sys(err, (int)-result, "mapping %" PRIu64 " KiB for the program",
                           request.length >> 10);
    }
    return 0;
}

/* Segments are copied, not mapped: a file that shrinks later cannot pull them away. */
static int read_segment(struct space *space, const struct elf_image *image,
                        const struct elf_segment *segment, struct err *err)
{
    uint8_t *to = space_buffer(space, segment->vaddr, segment->filesz);
    uint64_t done = 0;

    while (done < segment->filesz) {
        ssize_t got =
            pread(image->fd, to + done, segment->filesz - done, (off_t)(segment->offset + done));

        if (got == -1 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_sys(err, got == 0 ? EIO : errno,
                           "reading the program's segment at 0x%" PRIx64, segment->vaddr);
        done += (uint64_t)got;
    }
    return 0;
}

static uint64_t prot_from_flags(unsigned flags)
{
    return (flags & ELF_READ ? (uint64_t)PROT_READ : 0) |
           (flags & ELF_WRITE ? (uint64_t)PROT_WRITE : 0) |
           (flags & ELF_EXEC ? (uint64_t)PROT_EXEC : 0);
}

int load_segments(struct space *space, const struct elf_image *image, struct err *err)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        if (map_segment(space, segment, err) == -1 ||
            read_segment(space, image, segment, err) == -1)
            return -1;
        /* Segments are in ascending order: the last one counts. */
        space->heap = page_up(segment->vaddr + segment->memsz);
    }
    /* Only now, since two segments may share a page; the later one's rights hold for it. */
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        uint64_t start = page_down(segment->vaddr);
        int result = space_protect(space, start, page_up(segment->vaddr + segment->memsz) - start,
                                   prot_from_flags(segment->flags));

        if (result < 0)
            return err_sys(err, -result, "protecting the program's segment at 0x%" PRIx64,
                           segment->vaddr);
    }
    space->heap_end = space->heap;
    return 0;
}

/* Opens and checks the ELF file; err->code as execve's errno. */
static int open_image(struct elf_image *image, const char *path, struct err *err)
{
    if (check_may_execute(path, err) == -1)
        return -1;
    if (elf_open(image, path, err) == -1) {
        if (err->code == 0)
            err->code = ENOEXEC;
        return -1;
    }
    if (check_machine(path, image, err) == -1 || check_addresses(path, image, err) == -1) {
        elf_close(image);
        return -1;
    }
    return 0;
}

static int load_elf(struct program *program, const char *path, struct stack_contents contents,
                    struct err *err)
{
    struct elf_image image;

    contents.image = &image;
    if (open_image(&image, path, err) == -1)
        return -1;
    *program = (struct program){.entry = image.entry, .path = realpath(path, NULL)};
    if (program->path == NULL) {
        err_sys(err, errno, "finding the absolute path of %s", path);
        goto out_image;
    }
    if (space_init(&program->space, err) == -1)
        goto out_path;
    if (load_segments(&program->space, &image, err) == -1 ||
        stack_build(&program->space, &contents, &program->sp, err) == -1)
        goto out_space;
    elf_close(&image);
    return 0;

out_space:
    space_fini(&program->space);
out_path:
    free(program->path);
out_image:
    elf_close(&image);
    return err_wrap(err, "%s", path);
}

int program_load(struct program *program, const char *path, char *const *argv, char *const *envp,
                 struct err *err)
{
    struct stack_contents contents = {.path = path, .argv = argv, .envp = envp};
    struct script script;
    char **script_argv;
    int result;

    if (!script_read(&script, path))
        return load_elf(program, path, contents, err);
    if (check_may_execute(path, err) == -1)
        return -1;
    script_argv = script_arguments(&script, path, argv);
    if (script_argv == NULL)
        return err_sys(err, ENOMEM, "running the script %s", path);
    contents.argv = script_argv;
    result = load_elf(program, script.interpreter, contents, err);
    free(script_argv);
    return result == -1 ? err_wrap(err, "the interpreter of the script %s", path) : 0;
}

void program_fini(struct program *program)
{
    space_fini(&program->space);
    free(program->path);
    *program = (struct program){0};
}
