/*
 * elf_file.c: is this an ELF file that we can read at all? See elf_file.h.
 *
 * The first 64 bytes are looked at here, before libelf sees the file: it would only say "invalid
 * file", and it allocates for as many sections as the file claims to have.
 */
#include "lib/elf_file.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *file_kind(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR: return "a directory";
    case S_IFIFO: return "a pipe (FIFO)";
    case S_IFCHR:
    case S_IFBLK: return "a device";
    case S_IFSOCK: return "a socket";
    default: return "not a regular file";
    }
}

static int check_regular(mode_t mode, const char *name, struct err *err)
{
    if (S_ISREG(mode))
        return 0;
    err_set(err, "%s: this is %s, and a program is a regular file", name, file_kind(mode));
    return err_hint(err, "name the program's file itself");
}

/* The host refused `path` with `errnum`: what that means for somebody who wants to run it. */
static int refused(const char *path, int errnum, struct err *err)
{
    struct stat link;

    err_sys(err, errnum, "cannot open %s", path);
    if (errnum == ENOENT && lstat(path, &link) == 0)
        err_hint(err, "it is a symbolic link to a file that does not exist: make that file");
    if (errnum == EACCES)
        err_hint(err, "chmod +r %s (and +x on the folders above it)", path);
    return -1;
}

int elf_file_open(const char *path, struct err *err)
{
    struct stat st;
    int fd;

    /* Asked before open(), since opening alone makes some devices do something. */
    if (stat(path, &st) != 0)
        return refused(path, errno, err);
    if (check_regular(st.st_mode, path, err) != 0)
        return -1;
    /* O_NONBLOCK: were it a FIFO by now, open() would wait for a writer for ever. */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return refused(path, errno, err);
    return fd;
}

/* Reads up to `size` bytes from the start of the file. The number read, or -1 and errno. */
static ssize_t read_head(int fd, void *head, size_t size)
{
    size_t done = 0;

    while (done < size) {
        ssize_t n = pread(fd, (char *)head + done, size - done, (off_t)done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

/* Is it what its first `size` bytes at `head` say: an ELF file? If not, what is it? */
static int check_magic(const unsigned char *head, size_t size, const char *name, struct err *err)
{
    static const char archive[] = "!<arch>\n";

    if (size == 0) {
        err_set(err, "%s: the file is empty", name);
        return -1;
    }
    if (size >= 2 && memcmp(head, "#!", 2) == 0) {
        err_set(err, "%s: this is a script (it begins with #!), not an ELF program", name);
        return err_hint(err, "run its interpreter, with the script as its first argument");
    }
    if (size >= sizeof archive - 1 && memcmp(head, archive, sizeof archive - 1) == 0) {
        err_set(err, "%s: this is an archive of object files, not an ELF program", name);
        return err_hint(err, "link a program with it");
    }
    if (memcmp(head, ELFMAG, size < SELFMAG ? size : SELFMAG) != 0) {
        err_set(err,
                "%s: this is not an ELF file: its first byte is 0x%02x, an ELF file begins "
                "with 0x7f 'E' 'L' 'F'",
                name, head[0]);
        return err_hint(err, "name a program that a compiler and linker have made");
    }
    return 0;
}

/* e_ident, the 16 bytes that say how to read the rest. */
static int check_ident(const unsigned char *ident, const char *name, struct err *err)
{
    unsigned os = ident[EI_OSABI];

    if (ident[EI_CLASS] != ELFCLASS64) {
        err_set(err, "%s: EI_CLASS is %u%s, must be 2 (64-bit)", name, ident[EI_CLASS],
                ident[EI_CLASS] == ELFCLASS32 ? " (32-bit)" : "");
        return err_hint(err, "build it for a 64-bit processor: -m64, or -march=rv64ima -mabi=lp64");
    }
    if (ident[EI_DATA] != ELFDATA2LSB) {
        err_set(err, "%s: EI_DATA is %u%s, must be 1 (little-endian)", name, ident[EI_DATA],
                ident[EI_DATA] == ELFDATA2MSB ? " (big-endian)" : "");
        return err_hint(err, "build it for x86-64 or for RISC-V, which are little-endian");
    }
    if (ident[EI_VERSION] != EV_CURRENT)
        return err_set(err, "%s: EI_VERSION is %u, must be 1", name, ident[EI_VERSION]);
    if (os != ELFOSABI_SYSV && os != ELFOSABI_GNU) {
        err_set(err, "%s: EI_OSABI is %u, must be 0 (System V) or 3 (GNU/Linux)", name, os);
        return err_hint(err, "build it for Linux");
    }
    return 0;
}

/*
 * A file with 65280 sections or more says so with e_shnum 0 and puts the number, up to 2^32, where
 * e_shoff points. libelf allocates that many at once, and a sparse file gets the number for
 * nothing.
 */
static int check_section_count(const Elf64_Ehdr *header, const char *name, struct err *err)
{
    uint64_t table = le64toh(header->e_shoff);

    if (header->e_shnum == 0 && table != 0)
        return err_set(err,
                       "%s: e_shnum is 0 although e_shoff is 0x%llx: a program with 65280 "
                       "sections or more is not supported",
                       name, (unsigned long long)table);
    return 0;
}

static int check_head(int fd, const char *name, struct err *err)
{
    unsigned char head[sizeof(Elf64_Ehdr)];
    Elf64_Ehdr header;
    ssize_t size = read_head(fd, head, sizeof head);

    if (size < 0)
        return err_sys(err, errno, "cannot read %s", name);
    if (check_magic(head, (size_t)size, name, err) != 0)
        return -1;
    if (size >= EI_NIDENT && check_ident(head, name, err) != 0)
        return -1;
    if ((size_t)size < sizeof head)
        return err_set(err, "%s: the file is cut short: it has %zd bytes, an ELF header has %zu",
                       name, size, sizeof head);
    memcpy(&header, head, sizeof header);
    return check_section_count(&header, name, err);
}

Elf *elf_file_begin(int fd, const char *name, uint64_t *size, struct err *err)
{
    struct stat st;
    Elf *elf;

    if (fstat(fd, &st) != 0) {
        err_sys(err, errno, "cannot examine %s", name);
        return NULL;
    }
    if (check_regular(st.st_mode, name, err) != 0 || check_head(fd, name, err) != 0)
        return NULL;
    *size = (uint64_t)st.st_size;
    elf_version(EV_CURRENT); /* libelf refuses to work before it has been asked this */
    /* ELF_C_READ and not a mapping, which a file that shrinks would turn into a SIGBUS. */
    elf = elf_begin(fd, ELF_C_READ, NULL);
    if (elf == NULL) {
        err_set(err, "%s: cannot be read as an ELF file: %s", name, elf_errmsg(-1));
        return NULL;
    }
    if (elf_kind(elf) != ELF_K_ELF || elf64_getehdr(elf) == NULL) {
        err_set(err, "%s: the file has changed while it was read", name);
        elf_end(elf);
        return NULL;
    }
    return elf;
}
