/*
 * fuzz_elf.c: a libFuzzer target for lib/elf: the input is a file that is opened as a program.
 *
 * Whatever the file is, it is refused with a message, or accepted with everything that elf.h
 * promises of an image; and its symbols can be asked for. abort() tells libFuzzer of a broken
 * promise, the sanitizers of everything else.
 *
 * Read next: mk/fuzz.mk.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

static void require(bool promise)
{
    if (!promise)
        abort();
}

static void check_segment(const struct elf_segment *segment, uint64_t floor, uint64_t file_size)
{
    require(segment->memsz > 0 && segment->vaddr >= floor);
    require(segment->vaddr + segment->memsz > segment->vaddr);
    require(segment->filesz <= segment->memsz);
    require(segment->filesz == 0 ||
            (segment->filesz <= file_size && segment->offset <= file_size - segment->filesz));
}

static void check_image(const struct elf_image *image, uint64_t file_size)
{
    uint64_t end = 0, total = 0;
    bool entry_is_code = false;
    unsigned stated = 0; /* permissions of any segment */

    require(image->segment_count > 0 && image->segment_count <= ELF_SEGMENTS_MAX);
    require(image->machine == EM_X86_64 || image->machine == EM_RISCV);
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        check_segment(segment, end, file_size);
        end = segment->vaddr + segment->memsz;
        total += segment->memsz;
        stated |= segment->flags;
    }
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        bool is_code = stated == 0 || (segment->flags & ELF_EXEC) != 0;

        entry_is_code |= is_code && image->entry >= segment->vaddr &&
                         image->entry - segment->vaddr < segment->filesz;
    }
    require(total <= ELF_MEMORY_MAX && entry_is_code);
}

/* A name must be one line that can be shown, and lead back to an address in the program. */
static void check_name(const struct elf_symbols *symbols, const char *name)
{
    uint64_t gva;

    require(name[0] != '\0');
    for (const char *c = name; *c != '\0'; c++)
        require(*c > ' ' && *c <= '~');
    require(elf_symbols_address(symbols, name, &gva));
}

static void check_symbols(const struct elf_image *image)
{
    struct elf_symbols *symbols = elf_symbols_new(image);

    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        const uint64_t places[] = {segment->vaddr - 1, segment->vaddr,
                                   segment->vaddr + segment->memsz / 2,
                                   segment->vaddr + segment->memsz - 1, image->entry};

        for (size_t j = 0; j < sizeof places / sizeof places[0]; j++) {
            uint64_t offset = 0;
            const char *name = elf_symbols_find(symbols, places[j], &offset);

            if (name == NULL)
                continue;
            require(offset <= places[j]);
            check_name(symbols, name);
        }
    }
    elf_symbols_free(symbols);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz_elf", MFD_CLOEXEC);
    struct err err = {.code = 0};
    struct elf_image image;

    require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    if (elf_open_fd(&image, fd, "FILE", &err) != 0) {
        require(strncmp(err.text, "FILE: ", 6) == 0 && strchr(err.text, '\n') == NULL);
        require(err.hint[0] != '\0' && image.fd == -1);
        return 0;
    }
    check_image(&image, size);
    check_symbols(&image);
    elf_close(&image);
    return 0;
}

/*
 * Most bytes of a program are never looked at here. Every other mutation changes one number in the
 * headers: the ELF header, the program headers after it, or the section headers at its end.
 */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    const size_t headers = sizeof(Elf64_Ehdr) + 8 * sizeof(Elf64_Phdr);
    size_t width = (size_t)1 << (seed >> 1) % 4;
    size_t at = (seed >> 8) % headers;

    if ((seed & 1) == 0 || size < headers)
        return LLVMFuzzerMutate(data, size, max);
    if ((seed >> 3) % 4 == 0) {
        Elf64_Ehdr header;

        memcpy(&header, data, sizeof header);
        if (header.e_shoff < size)
            at = header.e_shoff + (seed >> 8) % (size - header.e_shoff);
    }
    at -= at % width;
    if (at + width > size)
        return LLVMFuzzerMutate(data, size, max);
    LLVMFuzzerMutate(data + at, width, width);
    return size;
}
