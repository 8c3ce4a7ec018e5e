/* The initial files, from the archive that the firmware or boot loader has put into memory: a cpio
 * archive in the "newc" format. Files are used in place: nothing is copied but what is written
 * later.
 *
 *   header   "070701", then 13 numbers of 8 hexadecimal digits:
 *            0 inode  1 mode  2 uid  3 gid  4 links  5 time  6 SIZE  7-10 devices  11 NAME SIZE
 *            12 checksum
 *   name     with its final NUL, counted in the name size
 *   zeros    up to a multiple of 4 from the start of the archive
 *   bytes    SIZE of them, and again zeros
 *
 * The last file is called TRAILER!!!. Source: cpio(5), "New ASCII Format".
 */
#include "guest/kernel/arch.h"
#include "guest/kernel/boot.h"
#include "guest/kernel/inode.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum {
    MAGIC_SIZE = 6,
    FIELD_SIZE = 8,
    HEADER_SIZE = MAGIC_SIZE + 13 * FIELD_SIZE,
    FIELD_MODE = 1,
    FIELD_FILE_SIZE = 6,
    FIELD_NAME_SIZE = 11,
};

static const uint64_t MAGIC = 0x313037303730; /* "070701" */

struct archive {
    const char *start;
    uint64_t size;
};

/* A file of the archive. */
struct member {
    uint32_t mode;
    const char *name;
    const char *bytes;
    uint64_t size;
};

/* Where a member belongs: the part of its name up to the last slash, and the folder that this is.
 */
struct place {
    const char *path;
    size_t length;
    struct inode *folder; /* NULL: none yet */
};

/* Eight digits, wherever they lie. */
struct digits {
    uint64_t text;
} __attribute__((packed, may_alias));

static uint64_t text_at(const char *text)
{
    return ((const struct digits *)(const void *)text)->text;
}

/* The number that a field's eight digits write. Byte by byte in one word: a digit's value is its
 * low four bits, and nine more for a letter, which bit 6 tells. */
static uint32_t parse_field(const char *header, uint32_t field)
{
    const uint64_t low = 0x0f0f0f0f0f0f0f0f;
    const uint64_t letter = 0x0101010101010101;
    const char *digits = header + MAGIC_SIZE + field * FIELD_SIZE;
    uint64_t text = text_at(digits);
    uint64_t values = (text & low) + 9 * (text >> 6 & letter);
    if (values & ~low)
        panic("initrd: no hexadecimal digit in a header: %.8s", digits);
    /* The first digit is the lowest byte: swap neighbours into pairs, pairs into fours, fours. */
    values = (values & 0x000f000f000f000f) << 4 | (values >> 8 & 0x000f000f000f000f);
    values = (values & 0x000000ff000000ff) << 8 | (values >> 16 & 0x000000ff000000ff);
    return (uint32_t)((values & 0xffff) << 16 | (values >> 32 & 0xffff));
}

static uint64_t aligned(uint64_t offset)
{
    return (offset + 3) & ~(uint64_t)3;
}

/* Reads the member at *offset and moves behind it. Returns false at the trailer. */
static bool next_member(const struct archive *archive, uint64_t *offset, struct member *member)
{
    uint64_t at = *offset;
    if (at > archive->size || archive->size - at < HEADER_SIZE)
        panic("initrd: ends without a trailer, after %lu bytes", archive->size);
    const char *header = archive->start + at;
    if ((text_at(header) & 0xffffffffffff) != MAGIC)
        panic("initrd: no newc header at byte %lu", at);
    uint64_t name_size = parse_field(header, FIELD_NAME_SIZE);
    at += HEADER_SIZE;
    if (name_size == 0 || name_size > archive->size - at || header[HEADER_SIZE + name_size - 1])
        panic("initrd: a name at byte %lu has no end", at);
    *member = (struct member){
        .mode = parse_field(header, FIELD_MODE),
        .name = archive->start + at,
        .size = parse_field(header, FIELD_FILE_SIZE),
    };
    at = aligned(at + name_size);
    if (at > archive->size || member->size > archive->size - at)
        panic("initrd: %s does not fit into it", member->name);
    member->bytes = archive->start + at;
    *offset = aligned(at + member->size);
    return strcmp(member->name, "TRAILER!!!") != 0;
}

/* The folder of that name, made if need be. */
static struct inode *enter_folder(struct inode *folder, const char *name, size_t length)
{
    struct inode *found = folder->operations->lookup(folder, name, length);
    if (!found) {
        found = ramfs_new(S_IFDIR | 0755, name, length, false);
        if (!found)
            panic("initrd: no memory for folders");
        inode_attach(folder, inode_get(found));
    }
    if (!inode_is_folder(found))
        panic("initrd: %s is not a folder", found->name);
    inode_put(found); /* the tree has it, and nobody takes it away now */
    return found;
}

/* Whether a part of a path is of that kind: it stands for no folder of its own. */
static bool is_dot(const char *name, size_t length)
{
    return length == 1 && name[0] == '.';
}

static void check_part(const struct member *member, const char *name, size_t length)
{
    if (length > NAME_LONGEST || (length == 2 && name[0] == '.' && name[1] == '.'))
        panic("initrd: a name that cannot be: %s", member->name);
}

/* The folder that a path leads to, made as far as need be. The path ends before `end`, and with a
 * slash if it is not empty. */
static struct inode *enter_folders(const struct member *member, const char *end)
{
    struct inode *folder = inode_root();
    for (const char *name = member->name; name < end;) {
        size_t length = (size_t)((const char *)memchr(name, '/', (size_t)(end - name)) - name);
        check_part(member, name, length);
        if (length > 0 && !is_dot(name, length))
            folder = enter_folder(folder, name, length);
        name += length + 1;
    }
    return folder;
}

/* The same, for members one after the other: most are where the last one was. */
static struct inode *folder_of(struct place *place, const struct member *member, const char *end)
{
    size_t length = (size_t)(end - member->name);
    if (!place->folder || length != place->length || memcmp(member->name, place->path, length) != 0)
        *place = (struct place){member->name, length, enter_folders(member, end)};
    return place->folder;
}

/* Puts a member into the tree. Its name stays in the archive. */
static void add_member(struct place *place, const struct member *member)
{
    const char *name = member->name;
    const char *end = name;
    for (; *end; end++) {
        if (*end == '/')
            name = end + 1;
    }
    size_t length = (size_t)(end - name);
    struct inode *folder = folder_of(place, member, name);
    check_part(member, name, length);
    if (length == 0 || is_dot(name, length))
        return; /* the folder itself */
    if ((member->mode & S_IFMT) == S_IFDIR) {
        enter_folder(folder, name, length);
        return;
    }
    if (!S_ISREG(member->mode)) {
        printk("initrd: %s is neither a file nor a folder: left out\n", member->name);
        return;
    }
    struct inode *file = ramfs_new(member->mode & (S_IFMT | 0777), name, length, true);
    struct inode *older = folder->operations->lookup(folder, name, length);
    if (!file || (older && inode_is_folder(older)))
        panic("initrd: cannot make %s", member->name);
    if (older) { /* of two files of the same name the later one counts */
        inode_detach(older);
        inode_put(older);
    }
    file->contents.initial = (const uint8_t *)member->bytes;
    file->contents.initial_size = file->contents.size = member->size;
    inode_attach(folder, file);
}

void initrd_boot(void)
{
    const struct boot *boot = boot_get();
    struct archive archive = {.size = boot->initrd_size};
    struct member member;
    struct place place = {0};
    uint64_t offset = 0;
    if (boot->initrd_size == 0)
        return;
    archive.start = arch_map(boot->initrd);
    fs_lock();
    while (next_member(&archive, &offset, &member))
        add_member(&place, &member);
    fs_unlock();
}
