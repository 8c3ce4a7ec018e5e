/* shadow.c: see shadow.h. */
#include "emu/lockstep/shadow.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void add_range(struct shadow_ranges *ranges, const struct shadow_range *range)
{
    if (ranges->count == ranges->capacity) {
        ranges->capacity = ranges->capacity == 0 ? 64 : 2 * ranges->capacity;
        ranges->list = realloc(ranges->list, ranges->capacity * sizeof *ranges->list);
        if (ranges->list == NULL)
            err_die_oom();
    }
    ranges->list[ranges->count++] = *range;
}

static int make_copy(struct shadow *shadow, struct err *err)
{
    void *copy = mmap(NULL, shadow->size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (copy == MAP_FAILED) {
        err_sys(err, errno, "making a copy of the guest's memory, %llu MiB, for the interpreter",
                (unsigned long long)(shadow->size >> 20));
        return err_hint(err, "ulimit -v unlimited; vm.overcommit_memory = 0 or 1");
    }
    shadow->copy = copy;
    return 0;
}

static void drop_copy(struct shadow *shadow)
{
    if (shadow->copy != NULL)
        munmap(shadow->copy, shadow->size);
    shadow->copy = NULL;
}

void shadow_fini(struct shadow *shadow)
{
    drop_copy(shadow);
    free(shadow->mapped.list);
    free(shadow->changed.list);
    *shadow = (struct shadow){0};
}

/* Page by page, and only those that differ: what is zero in both takes no memory of the host. */
static void copy_range(struct shadow *shadow, uint64_t offset, uint64_t bytes)
{
    assert(shadow->copy != NULL);
    while (bytes > 0) {
        uint64_t part = MEM_PAGE_SIZE - offset % MEM_PAGE_SIZE;

        if (part > bytes)
            part = bytes;
        if (memcmp(shadow->copy + offset, shadow->real + offset, part) != 0)
            memcpy(shadow->copy + offset, shadow->real + offset, part);
        offset += part;
        bytes -= part;
    }
}

/* The pages of a mapped file, but those that lie beyond its end: to touch these is a SIGBUS, while
 * the host's kernel only refuses to read them. */
static void add_file(struct shadow *shadow, const struct shadow_range *range)
{
    int fd = memfd_create("trivium-probe", MFD_CLOEXEC);
    struct shadow_range page = {.bytes = MEM_PAGE_SIZE, .written = range->written};

    for (uint64_t at = 0; fd >= 0 && at < range->bytes; at += MEM_PAGE_SIZE) {
        page.offset = range->offset + at;
        if (pwrite(fd, shadow->real + page.offset, MEM_PAGE_SIZE, 0) == (ssize_t)MEM_PAGE_SIZE)
            add_range(&shadow->mapped, &page);
    }
    if (fd >= 0)
        close(fd);
}

/* One line of the maps: "start-end rwxp offset device inode name". */
static void add_line(struct shadow *shadow, const char *line)
{
    uint64_t base = (uint64_t)(uintptr_t)shadow->real;
    uint64_t start, end, inode;
    struct shadow_range range;
    char rights[5];

    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*x %*s %" SCNu64, &start, &end, rights,
               &inode) != 4)
        return;
    if (start < base)
        start = base;
    if (end > base + shadow->size)
        end = base + shadow->size;
    if (start >= end || rights[0] != 'r')
        return;
    /* What is shared may be written by another process at any time. */
    range = (struct shadow_range){.offset = start - base,
                                  .bytes = end - start,
                                  .written = rights[1] == 'w' && rights[3] != 's'};
    if (inode != 0)
        add_file(shadow, &range);
    else
        add_range(&shadow->mapped, &range);
}

static int read_maps(struct shadow *shadow, struct err *err)
{
    FILE *file = fopen("/proc/self/maps", "re");
    char *line = NULL;
    size_t size = 0;

    if (file == NULL)
        return err_sys(err, errno, "reading /proc/self/maps to see what the guest has mapped");
    shadow->mapped.count = 0;
    while (getline(&line, &size, file) > 0)
        add_line(shadow, line);
    free(line);
    fclose(file);
    return 0;
}

static int update_process(struct shadow *shadow, struct err *err)
{
    if (read_maps(shadow, err) < 0)
        return -1;
    for (size_t i = 0; i < shadow->mapped.count; i++)
        copy_range(shadow, shadow->mapped.list[i].offset, shadow->mapped.list[i].bytes);
    return 0;
}

int shadow_update(struct shadow *shadow, const struct machine *machine, struct err *err)
{
    bool is_board = machine_is_board(machine);
    uint8_t *real = is_board ? machine->phys.ram : machine->mem.base;

    assert(real != NULL);
    if (shadow->copy == NULL || shadow->real != real) {
        drop_copy(shadow);
        shadow->real = real;
        shadow->size = is_board ? machine->phys.size : machine->mem.span;
        shadow->is_board = is_board;
        shadow->mapped.count = shadow->changed.count = 0;
        if (make_copy(shadow, err) < 0)
            return -1;
        if (is_board) {
            add_range(&shadow->mapped,
                      &(struct shadow_range){.bytes = shadow->size, .written = true});
            copy_range(shadow, 0, shadow->size);
        }
    }
    if (!is_board)
        return update_process(shadow, err);
    shadow_settle(shadow);
    return 0;
}

void shadow_note(struct shadow *shadow, uint64_t offset, uint64_t bytes)
{
    add_range(&shadow->changed, &(struct shadow_range){.offset = offset, .bytes = bytes});
}

void shadow_settle(struct shadow *shadow)
{
    for (size_t i = 0; i < shadow->changed.count; i++)
        copy_range(shadow, shadow->changed.list[i].offset, shadow->changed.list[i].bytes);
    shadow->changed.count = 0;
}

bool shadow_is_same(const struct shadow *shadow, uint64_t *offset)
{
    for (size_t i = 0; i < shadow->mapped.count; i++) {
        const struct shadow_range *range = &shadow->mapped.list[i];
        const uint8_t *real = shadow->real + range->offset;
        const uint8_t *copy = shadow->copy + range->offset;
        uint64_t at = 0;

        if (!range->written || memcmp(real, copy, range->bytes) == 0)
            continue;
        while (real[at] == copy[at])
            at++;
        *offset = range->offset + at;
        return false;
    }
    return true;
}
