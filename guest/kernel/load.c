/* Loading a program: each segment of the ELF file becomes an area of the file, and what it has
 * beyond the file's bytes an area of zeros.
 *
 *   file:     | headers |  text  |  data |
 *                  \        \        \
 *   space:         | area: text | area: data | area: zeros |  <- brk
 */
#include "guest/kernel/load.h"

#include "guest/kernel/elf64.h"
#include "guest/kernel/file.h"

#include <machine/elf.h>
#include <machine/paging.h>

#include <errno.h>
#include <string.h>

enum { SEGMENTS_MAX = 16 };

static bool read_exactly(struct file *file, void *buffer, size_t size, uint64_t offset)
{
    return file->operations->read_at &&
           file->operations->read_at(file, buffer, size, offset) == (int64_t)size;
}

static bool header_is_good(const struct elf_header *header)
{
    static const uint8_t ident[7] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    return memcmp(header->ident, ident, sizeof(ident)) == 0 && header->type == ELF_EXEC &&
           header->machine == ELF_MACHINE && header->phentsize == sizeof(struct elf_segment) &&
           header->phnum >= 1 && header->phnum <= SEGMENTS_MAX;
}

static bool segment_is_good(const struct elf_segment *segment, uint64_t size_of_file)
{
    return segment->filesz <= segment->memsz && segment->memsz > 0 && segment->vaddr >= PAGE_SIZE &&
           segment->vaddr < USER_LIMIT && segment->memsz <= USER_LIMIT - segment->vaddr &&
           segment->vaddr % PAGE_SIZE == segment->offset % PAGE_SIZE &&
           segment->offset <= size_of_file && segment->filesz <= size_of_file - segment->offset;
}

static uint32_t segment_access(const struct elf_segment *segment)
{
    return (segment->flags & ELF_R ? AREA_READ : 0U) | (segment->flags & ELF_W ? AREA_WRITE : 0U) |
           (segment->flags & ELF_X ? AREA_EXEC : 0U);
}

static int map_segment(struct space *space, struct file *file, const struct elf_segment *segment)
{
    struct area area = {
        .start = page_down(segment->vaddr),
        .end = page_up(segment->vaddr + segment->filesz),
        .flags = segment_access(segment),
        .file = file,
        .file_offset = page_down(segment->offset),
        /* Where zeros follow in the same page, the file's bytes end. Otherwise it does not matter
         * what stands behind them, and the page can be used in place. */
        .file_end =
            segment->memsz > segment->filesz ? segment->offset + segment->filesz : UINT64_MAX,
    };
    uint64_t end = page_up(segment->vaddr + segment->memsz);
    int result = 0;
    if (segment->filesz > 0)
        result = space_map(space, &area);
    else
        area.end = area.start;
    if (result == 0 && area.end < end) {
        struct area zeros = {.start = area.end, .end = end, .flags = area.flags};
        result = space_map(space, &zeros);
    }
    if (result == 0 && end > space->break_start)
        space->break_start = space->break_end = end;
    return result == -EINVAL ? -ENOEXEC : result;
}

int load_program(struct space *space, struct file *file, struct image *image)
{
    struct elf_header header;
    if (!read_exactly(file, &header, sizeof(header), 0) || !header_is_good(&header))
        return -ENOEXEC;

    *image = (struct image){.entry = header.entry, .header_count = header.phnum};
    for (uint64_t i = 0; i < header.phnum; i++) {
        struct elf_segment segment;
        if (!read_exactly(file, &segment, sizeof(segment), header.phoff + i * sizeof(segment)) ||
            segment.type == ELF_INTERP)
            return -ENOEXEC;
        if (segment.type == ELF_GNU_STACK)
            image->stack_size = segment.memsz;
        if (segment.type != ELF_LOAD || segment.memsz == 0)
            continue;
        if (!segment_is_good(&segment, file_size(file)))
            return -ENOEXEC;
        int result = map_segment(space, file, &segment);
        if (result < 0)
            return result;
        uint64_t headers_size = header.phnum * sizeof(segment);
        if (header.phoff >= segment.offset && segment.filesz >= headers_size &&
            header.phoff - segment.offset <= segment.filesz - headers_size)
            image->headers = segment.vaddr + (header.phoff - segment.offset);
    }
    const struct area *code = space_area(space, image->entry);
    return code && code->flags & AREA_EXEC ? 0 : -ENOEXEC;
}
