/*
 * elf.c: is this a static program that can be loaded, and from which pieces? See elf.h.
 *
 * libelf reads the headers; here stands everything that must hold between their fields. Each check
 * names the field, what it is and what it must be, since whoever reads that has usually built the
 * file a minute ago and wants to know which linker option was wrong.
 */
#include "lib/elf.h"

#include <elf.h>
#include <inttypes.h>
#include <libelf.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/elf_file.h"

/* Where the checks are: what every message and every check needs. */
struct reader {
    const char *name; /* the file's, for messages */
    uint64_t size;    /* bytes of the file when it was opened */
    uint64_t memory;  /* memsz of the segments accepted so far */
    struct err *err;
};

/* The file is not what it must be: "NAME: " and what is wrong with it. Always -1. */
static int refuse(const struct reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int refuse(const struct reader *reader, const char *format, ...)
{
    char text[sizeof reader->err->text];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return err_set(reader->err, "%s: %s", reader->name, text);
}

const char *elf_machine_name(unsigned machine)
{
    switch (machine) {
    case EM_386: return "x86, 32-bit";
    case EM_X86_64: return "x86-64";
    case EM_ARM: return "ARM";
    case EM_AARCH64: return "ARM, 64-bit";
    case EM_RISCV: return "RISC-V";
    case EM_MIPS: return "MIPS";
    case EM_PPC: return "PowerPC";
    case EM_PPC64: return "PowerPC, 64-bit";
    case EM_S390: return "S/390";
    case EM_SPARC: return "SPARC";
    case EM_SPARCV9: return "SPARC, 64-bit";
    case EM_LOONGARCH: return "LoongArch";
    case EM_BPF: return "BPF";
    default: return "unknown";
    }
}

bool elf_is_rv64(const struct elf_image *image)
{
    return image->machine == EM_RISCV; /* and 64-bit, as every image is */
}

/*
 *   e_flags of RISC-V (psABI, "File Header"); the bits above TSO are not defined
 *
 *       4     3    2     1    0
 *     | TSO | RVE | float | RVC |      float: 0 soft, 1 single, 2 double, 3 quad
 */
#define RV64_FLAGS_DEFINED UINT32_C(0x1f)

struct elf_rv64_needs elf_rv64_needs(const struct elf_image *image)
{
    static const unsigned float_bits[] = {0, 32, 64, 128};

    return (struct elf_rv64_needs){
        .compressed = (image->flags & EF_RISCV_RVC) != 0,
        .embedded = (image->flags & EF_RISCV_RVE) != 0,
        .float_bits = float_bits[(image->flags & EF_RISCV_FLOAT_ABI) >> 1],
    };
}

static int check_type(const struct reader *reader, unsigned type)
{
    switch (type) {
    case ET_EXEC: return 0;
    case ET_REL:
        refuse(reader, "e_type is 1 (an object file), must be 2 (a program)");
        return err_hint(reader->err, "link it first, with -static -no-pie");
    case ET_DYN:
        refuse(reader, "e_type is 3 (position-independent, or a library), must be 2 (a program "
                       "at fixed addresses)");
        return err_hint(reader->err, "link it with -static -no-pie");
    case ET_CORE:
        refuse(reader, "e_type is 4 (a core dump), must be 2 (a program)");
        return err_hint(reader->err, "name the program that dumped it");
    default: return refuse(reader, "e_type is %u, must be 2 (a program)", type);
    }
}

static int check_machine(const struct reader *reader, const Elf64_Ehdr *header)
{
    unsigned machine = header->e_machine;

    if (machine != EM_X86_64 && machine != EM_RISCV) {
        refuse(reader, "e_machine is %u (%s), must be 62 (x86-64) or 243 (RISC-V)", machine,
               elf_machine_name(machine));
        return err_hint(reader->err, "build it for x86-64 or for 64-bit RISC-V");
    }
    if (machine == EM_RISCV && (header->e_flags & ~RV64_FLAGS_DEFINED) != 0)
        return refuse(reader, "e_flags is 0x%" PRIx32 ", must have no bits but 0x%" PRIx32,
                      header->e_flags, RV64_FLAGS_DEFINED);
    return 0;
}

static int check_header(const struct reader *reader, const Elf64_Ehdr *header)
{
    if (check_machine(reader, header) != 0 || check_type(reader, header->e_type) != 0)
        return -1;
    if (header->e_version != EV_CURRENT)
        return refuse(reader, "e_version is %" PRIu32 ", must be 1", header->e_version);
    if (header->e_ehsize != sizeof(Elf64_Ehdr))
        return refuse(reader, "e_ehsize is %u, must be %zu", header->e_ehsize, sizeof(Elf64_Ehdr));
    return 0;
}

/* Where the table of program headers is, before libelf is asked to read it. */
static int check_table(const struct reader *reader, const Elf64_Ehdr *header)
{
    uint64_t offset = header->e_phoff;
    uint64_t bytes = (uint64_t)header->e_phnum * sizeof(Elf64_Phdr);

    if (header->e_phnum == 0) {
        refuse(reader, "e_phnum is 0: the file says nothing about what to load");
        return err_hint(reader->err, "link it with -static -no-pie");
    }
    if (header->e_phnum > ELF_SEGMENTS_MAX)
        return refuse(reader, "e_phnum is %u, must be at most %d", header->e_phnum,
                      ELF_SEGMENTS_MAX);
    if (header->e_phentsize != sizeof(Elf64_Phdr))
        return refuse(reader, "e_phentsize is %u, must be %zu", header->e_phentsize,
                      sizeof(Elf64_Phdr));
    if (offset < sizeof(Elf64_Ehdr) || offset % 8 != 0)
        return refuse(reader,
                      "e_phoff is 0x%" PRIx64
                      ", must be a multiple of 8 after the %zu bytes of the header",
                      offset, sizeof(Elf64_Ehdr));
    if (offset > reader->size || bytes > reader->size - offset)
        return refuse(reader,
                      "e_phoff is 0x%" PRIx64 ": the %u program headers end "
                      "beyond the file's %" PRIu64 " bytes",
                      offset, header->e_phnum, reader->size);
    return 0;
}

/* Are the segment's bytes in the file, and is it laid out as its alignment asks? */
static int check_in_file(const struct reader *reader, const Elf64_Phdr *phdr, unsigned index)
{
    if (phdr->p_filesz > phdr->p_memsz)
        return refuse(reader,
                      "segment %u: p_filesz is 0x%" PRIx64 ", must be at most p_memsz, 0x%" PRIx64,
                      index, phdr->p_filesz, phdr->p_memsz);
    /* A segment of zeros alone may point anywhere: linkers round its offset up past the end. */
    if (phdr->p_filesz != 0 &&
        (phdr->p_offset > reader->size || phdr->p_filesz > reader->size - phdr->p_offset))
        return refuse(reader,
                      "segment %u: p_offset 0x%" PRIx64 " and p_filesz 0x%" PRIx64
                      " reach beyond the file's %" PRIu64 " bytes",
                      index, phdr->p_offset, phdr->p_filesz, reader->size);
    if ((phdr->p_align & (phdr->p_align - 1)) != 0)
        return refuse(reader, "segment %u: p_align is 0x%" PRIx64 ", must be a power of two or 0",
                      index, phdr->p_align);
    if (phdr->p_align != 0 && ((phdr->p_vaddr - phdr->p_offset) & (phdr->p_align - 1)) != 0)
        return refuse(reader,
                      "segment %u: p_vaddr 0x%" PRIx64 " and p_offset 0x%" PRIx64
                      " must agree modulo p_align, 0x%" PRIx64,
                      index, phdr->p_vaddr, phdr->p_offset, phdr->p_align);
    return 0;
}

/* Is the segment's place in memory possible, and after the segment before it (NULL: the first)? */
static int check_in_memory(const struct reader *reader, const Elf64_Phdr *phdr, unsigned index,
                           const struct elf_segment *before)
{
    if (phdr->p_memsz > ELF_MEMORY_MAX - reader->memory) {
        refuse(reader,
               "segment %u: p_memsz is 0x%" PRIx64 ": the program needs more than the %" PRIu64
               " MiB that are allowed",
               index, phdr->p_memsz, ELF_MEMORY_MAX >> 20);
        return err_hint(reader->err, "make its static arrays smaller, or allocate when it runs");
    }
    if (phdr->p_vaddr > UINT64_MAX - phdr->p_memsz)
        return refuse(reader,
                      "segment %u: p_vaddr 0x%" PRIx64 " and p_memsz 0x%" PRIx64
                      " reach beyond the 64-bit address space",
                      index, phdr->p_vaddr, phdr->p_memsz);
    if (before != NULL && phdr->p_vaddr < before->vaddr)
        return refuse(reader,
                      "segment %u: p_vaddr is 0x%" PRIx64
                      ", must be above that of the segment before, 0x%" PRIx64,
                      index, phdr->p_vaddr, before->vaddr);
    if (before != NULL && phdr->p_vaddr < before->vaddr + before->memsz)
        return refuse(reader,
                      "segment %u: p_vaddr 0x%" PRIx64
                      " overlaps the segment before, which ends at 0x%" PRIx64,
                      index, phdr->p_vaddr, before->vaddr + before->memsz);
    return 0;
}

/* One PT_LOAD: checks it and adds it to the image. */
static int take_segment(struct reader *reader, const Elf64_Phdr *phdr, unsigned index,
                        struct elf_image *image)
{
    const struct elf_segment *before = NULL;

    if (image->segment_count > 0)
        before = &image->segments[image->segment_count - 1];
    if (check_in_file(reader, phdr, index) != 0)
        return -1;
    if (phdr->p_memsz == 0)
        return 0; /* some linkers leave an empty one behind, anywhere */
    if (check_in_memory(reader, phdr, index, before) != 0)
        return -1;
    image->segments[image->segment_count++] = (struct elf_segment){
        .vaddr = phdr->p_vaddr,
        .paddr = phdr->p_paddr,
        .memsz = phdr->p_memsz,
        .offset = phdr->p_offset,
        .filesz = phdr->p_filesz,
        .flags = phdr->p_flags & (ELF_READ | ELF_WRITE | ELF_EXEC),
    };
    reader->memory += phdr->p_memsz;
    return 0;
}

static int take_segments(struct reader *reader, const Elf64_Phdr *phdrs, struct elf_image *image)
{
    for (unsigned i = 0; i < image->phnum; i++) {
        switch (phdrs[i].p_type) {
        case PT_LOAD:
            if (take_segment(reader, &phdrs[i], i, image) != 0)
                return -1;
            break;
        case PT_INTERP:
            refuse(reader,
                   "segment %u is PT_INTERP: the program needs a dynamic linker, "
                   "and must be static",
                   i);
            return err_hint(reader->err, "link it with -static -no-pie");
        case PT_DYNAMIC:
            refuse(reader,
                   "segment %u is PT_DYNAMIC: the program needs relocation when "
                   "it starts, and must be at fixed addresses",
                   i);
            return err_hint(reader->err, "link it with -static -no-pie");
        default: break; /* notes, the stack's permissions, TLS: nothing to load */
        }
    }
    if (image->segment_count == 0) {
        refuse(reader, "no segment is PT_LOAD: there is nothing to run");
        return err_hint(reader->err, "link it with -static -no-pie");
    }
    return 0;
}

/* Code comes from the file: an entry among the zeros after it, or in data, is nowhere to start. */
static int check_entry(const struct reader *reader, const struct elf_image *image)
{
    unsigned align = 1, stated = 0;
    bool inside = false;

    if (elf_is_rv64(image))
        align = elf_rv64_needs(image).compressed ? 2 : 4;
    /* Bare-metal linkers may state no permission for anything: memory without an MMU has none. */
    for (unsigned i = 0; i < image->segment_count; i++)
        stated |= image->segments[i].flags;
    for (unsigned i = 0; i < image->segment_count && !inside; i++) {
        const struct elf_segment *segment = &image->segments[i];

        inside = (stated == 0 || (segment->flags & ELF_EXEC) != 0) &&
                 image->entry >= segment->vaddr && image->entry - segment->vaddr < segment->filesz;
    }
    if (!inside) {
        refuse(reader,
               "e_entry is 0x%" PRIx64 ", must be in the file's part of an executable segment",
               image->entry);
        return err_hint(reader->err, "link it with a _start in .text, or -e SYMBOL");
    }
    if (image->entry % align != 0)
        return refuse(reader, "e_entry is 0x%" PRIx64 ", must be a multiple of %u", image->entry,
                      align);
    return 0;
}

/* Where a segment has brought the table of program headers into memory; 0 when none has. */
static uint64_t find_table(const struct elf_image *image, uint64_t offset)
{
    uint64_t bytes = (uint64_t)image->phnum * sizeof(Elf64_Phdr);

    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        if (offset >= segment->offset && bytes <= segment->filesz &&
            offset - segment->offset <= segment->filesz - bytes)
            return segment->vaddr + (offset - segment->offset);
    }
    return 0;
}

/* Fills `image` from the headers that `elf` reads. */
static int read_image(struct reader *reader, Elf *elf, struct elf_image *image)
{
    const Elf64_Ehdr *header = elf64_getehdr(elf);
    const Elf64_Phdr *phdrs;
    size_t count;

    if (check_header(reader, header) != 0 || check_table(reader, header) != 0)
        return -1;
    phdrs = elf64_getphdr(elf);
    /* libelf reads fewer than e_phnum, without a word, when it thinks that fewer fit the file. */
    if (phdrs == NULL || elf_getphdrnum(elf, &count) != 0 || count != header->e_phnum)
        return refuse(reader, "cannot read the program headers: %s", elf_errmsg(-1));
    image->machine = header->e_machine;
    image->entry = header->e_entry;
    image->phnum = header->e_phnum;
    image->flags = header->e_flags;
    if (take_segments(reader, phdrs, image) != 0 || check_entry(reader, image) != 0)
        return -1;
    image->phdr_gva = find_table(image, header->e_phoff);
    return 0;
}

int elf_open_fd(struct elf_image *image, int fd, const char *name, struct err *err)
{
    struct reader reader = {.name = name, .err = err};
    Elf *elf;
    int result = -1;

    *image = (struct elf_image){.fd = fd};
    elf = elf_file_begin(fd, name, &reader.size, err);
    if (elf != NULL)
        result = read_image(&reader, elf, image);
    elf_end(elf);
    if (result != 0) {
        if (err->code == 0)
            err_hint(err, "build or copy the file again: it is damaged, or no linker made it");
        elf_close(image);
    }
    return result;
}

int elf_open(struct elf_image *image, const char *path, struct err *err)
{
    int fd = elf_file_open(path, err);

    if (fd < 0) {
        *image = (struct elf_image){.fd = -1};
        return -1;
    }
    return elf_open_fd(image, fd, path, err);
}

void elf_close(struct elf_image *image)
{
    if (image->fd >= 0)
        close(image->fd);
    *image = (struct elf_image){.fd = -1};
}

int elf_machine(const char *path, unsigned *machine, struct err *err)
{
    struct reader reader = {.name = path, .err = err};
    int fd = elf_file_open(path, err);
    Elf *elf = fd < 0 ? NULL : elf_file_begin(fd, path, &reader.size, err);
    int result = -1;

    if (elf != NULL)
        result = check_machine(&reader, elf64_getehdr(elf));
    if (result == 0)
        *machine = elf64_getehdr(elf)->e_machine;
    elf_end(elf);
    if (fd >= 0)
        close(fd);
    return result;
}
