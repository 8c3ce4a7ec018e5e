/* cases.c: malformed ELF files as data; see cases.h. */
#include "tests/elf/cases.h"

#include <assert.h>
#include <elf.h>
#include <string.h>

#define IDENT(index, value)          \
    {                                \
        PART_HEADER, index, 1, value \
    }
#define HEADER(field, value) EDIT(PART_HEADER, Elf64_Ehdr, field, value)
#define TEXT(field, value)   EDIT(PART_TEXT, Elf64_Phdr, field, value)
#define DATA(field, value)   EDIT(PART_DATA, Elf64_Phdr, field, value)
#define OTHER(field, value)  EDIT(PART_OTHER, Elf64_Phdr, field, value)
#define EDIT(part, type, field, value)                                 \
    {                                                                  \
        part, offsetof(type, field), sizeof(((type *)0)->field), value \
    }

static Elf64_Ehdr *header_of(const struct elf_bytes *file)
{
    return (Elf64_Ehdr *)(void *)file->data;
}

/* The program header that `part` stands for. */
static Elf64_Phdr *phdr_of(const struct elf_bytes *file, enum elf_part part)
{
    Elf64_Phdr *phdrs = (Elf64_Phdr *)(void *)(file->data + header_of(file)->e_phoff);
    Elf64_Phdr *found = NULL;

    for (unsigned i = 0; i < header_of(file)->e_phnum; i++) {
        Elf64_Phdr *phdr = &phdrs[i];

        if ((part == PART_OTHER) == (phdr->p_type == PT_LOAD))
            continue;
        /* Of text the first counts, of the others the last. */
        if (part != PART_TEXT || (found == NULL && (phdr->p_flags & PF_X) != 0))
            found = phdr;
    }
    assert(found != NULL);
    return found;
}

static void *part_of(const struct elf_bytes *file, enum elf_part part)
{
    return part == PART_HEADER ? (void *)header_of(file) : (void *)phdr_of(file, part);
}

void elf_case_apply(const struct elf_case *which, struct elf_bytes *file)
{
    uint8_t *parts[3] = {NULL};

    /* Found before anything changes, since an edit may make a part impossible to find. */
    for (int i = 0; i < 3 && which->edits[i].part != PART_NONE; i++)
        parts[i] = part_of(file, which->edits[i].part);
    for (int i = 0; i < 3 && parts[i] != NULL; i++) {
        const struct elf_edit *edit = &which->edits[i];

        memcpy(parts[i] + edit->offset, &edit->value, edit->width); /* little-endian */
    }
    if (which->mutate != NULL)
        which->mutate(file);
}

/* Not an ELF file at all. */

static void make_empty(struct elf_bytes *file)
{
    file->size = 0;
}

static void cut_to_1(struct elf_bytes *file)
{
    file->size = 1;
}

static void cut_to_magic(struct elf_bytes *file)
{
    file->size = SELFMAG;
}

static void cut_to_ident(struct elf_bytes *file)
{
    file->size = EI_NIDENT;
}

static void cut_before_header_ends(struct elf_bytes *file)
{
    file->size = sizeof(Elf64_Ehdr) - 1;
}

static void cut_after_header(struct elf_bytes *file)
{
    file->size = sizeof(Elf64_Ehdr);
}

static void cut_before_phdrs_end(struct elf_bytes *file)
{
    const Elf64_Ehdr *header = header_of(file);

    file->size = header->e_phoff + header->e_phnum * sizeof(Elf64_Phdr) - 1;
}

static void cut_before_data_ends(struct elf_bytes *file)
{
    const Elf64_Phdr *data = phdr_of(file, PART_DATA);

    file->size = data->p_offset + data->p_filesz - 1;
}

static void make_text(struct elf_bytes *file)
{
    memset(file->data, 'x', file->size);
}

static void make_script(struct elf_bytes *file)
{
    memcpy(file->data, "#!/bin/sh\n", 10);
}

static void make_archive(struct elf_bytes *file)
{
    memcpy(file->data, "!<arch>\n", 8);
}

static void make_zeros(struct elf_bytes *file)
{
    memset(file->data, 0, file->size);
}

static void make_ones(struct elf_bytes *file)
{
    memset(file->data, 0xff, file->size);
}

static void fill_header_with_ones(struct elf_bytes *file)
{
    memset(file->data + EI_NIDENT, 0xff, sizeof(Elf64_Ehdr) - EI_NIDENT);
}

static void fill_phdrs_with_ones(struct elf_bytes *file)
{
    memset(file->data + header_of(file)->e_phoff, 0xff,
           header_of(file)->e_phnum * sizeof(Elf64_Phdr));
}

static void fill_phdrs_with_loads(struct elf_bytes *file)
{
    Elf64_Phdr *phdrs = (Elf64_Phdr *)(void *)(file->data + header_of(file)->e_phoff);
    Elf64_Phdr load = *phdr_of(file, PART_TEXT);

    for (unsigned i = 0; i < header_of(file)->e_phnum; i++)
        phdrs[i] = load;
}

static void make_nothing_load(struct elf_bytes *file)
{
    Elf64_Phdr *phdrs = (Elf64_Phdr *)(void *)(file->data + header_of(file)->e_phoff);

    for (unsigned i = 0; i < header_of(file)->e_phnum; i++)
        phdrs[i].p_type = PT_NOTE;
}

/* Where the program headers are. */

static void put_table_at_end(struct elf_bytes *file)
{
    header_of(file)->e_phoff = (file->size - sizeof(Elf64_Phdr)) & ~UINT64_C(7);
}

static void put_table_after_end(struct elf_bytes *file)
{
    header_of(file)->e_phoff = (file->size + 8) & ~UINT64_C(7);
}

/* Where the program starts. */

static void enter_before_text(struct elf_bytes *file)
{
    header_of(file)->e_entry = phdr_of(file, PART_TEXT)->p_vaddr - 4;
}

static void enter_after_text(struct elf_bytes *file)
{
    const Elf64_Phdr *text = phdr_of(file, PART_TEXT);

    header_of(file)->e_entry = text->p_vaddr + text->p_memsz;
}

static void enter_zeros_after_text(struct elf_bytes *file)
{
    Elf64_Phdr *text = phdr_of(file, PART_TEXT);

    text->p_filesz -= 4;
    header_of(file)->e_entry = text->p_vaddr + text->p_filesz;
}

static void enter_data(struct elf_bytes *file)
{
    header_of(file)->e_entry = phdr_of(file, PART_DATA)->p_vaddr;
}

static void enter_between_instructions(struct elf_bytes *file)
{
    header_of(file)->e_entry += 2;
}

static void enter_at_odd_address(struct elf_bytes *file)
{
    header_of(file)->e_flags |= EF_RISCV_RVC;
    header_of(file)->e_entry += 1;
}

/* Segments. */

static void end_text_after_file(struct elf_bytes *file)
{
    Elf64_Phdr *text = phdr_of(file, PART_TEXT);

    text->p_filesz = text->p_memsz = file->size + 1;
}

static void start_data_after_file(struct elf_bytes *file)
{
    Elf64_Phdr *data = phdr_of(file, PART_DATA);

    data->p_align = 1;
    data->p_offset = file->size + 1;
}

static void start_data_at_last_byte(struct elf_bytes *file)
{
    Elf64_Phdr *data = phdr_of(file, PART_DATA);

    data->p_align = 1;
    data->p_offset = file->size - 1;
    data->p_filesz = data->p_memsz = 2;
}

static void put_data_on_last_byte_of_text(struct elf_bytes *file)
{
    const Elf64_Phdr *text = phdr_of(file, PART_TEXT);
    Elf64_Phdr *data = phdr_of(file, PART_DATA);

    data->p_align = 1;
    data->p_vaddr = text->p_vaddr + text->p_memsz - 1;
}

static void put_data_where_text_is(struct elf_bytes *file)
{
    Elf64_Phdr *data = phdr_of(file, PART_DATA);

    data->p_align = 1;
    data->p_vaddr = phdr_of(file, PART_TEXT)->p_vaddr;
}

static void overfill_the_memory(struct elf_bytes *file)
{
    phdr_of(file, PART_DATA)->p_memsz = (UINT64_C(1) << 30) - phdr_of(file, PART_TEXT)->p_memsz + 1;
}

static void end_data_at_2_to_64(struct elf_bytes *file)
{
    Elf64_Phdr *data = phdr_of(file, PART_DATA);

    data->p_align = 1;
    data->p_vaddr = -data->p_memsz;
}

#define DAMAGED_OFFSET UINT64_C(0xfffffffffffff000)

const struct elf_case elf_bad_cases[] = {
    {"an empty file", .mutate = make_empty, .expected = "the file is empty"},
    {"one byte of an ELF file", .mutate = cut_to_1, .expected = "cut short: it has 1 bytes"},
    {"the magic alone", .mutate = cut_to_magic, .expected = "cut short: it has 4 bytes"},
    {"e_ident alone", .mutate = cut_to_ident, .expected = "cut short: it has 16 bytes"},
    {"a header short of a byte", .mutate = cut_before_header_ends, .expected = "it has 63 bytes"},
    {"a header alone", .mutate = cut_after_header, .expected = "e_phoff is 0x40"},
    {"program headers short of a byte", .mutate = cut_before_phdrs_end, .expected = "e_phoff is"},
    {"data short of a byte", .mutate = cut_before_data_ends, .expected = "reach beyond the file"},
    {"a text file", .mutate = make_text, .expected = "not an ELF file: its first byte is 0x78"},
    {"a script", .mutate = make_script, .expected = "a script (it begins with #!)"},
    {"an archive", .mutate = make_archive, .expected = "an archive of object files"},
    {"zeros", .mutate = make_zeros, .expected = "not an ELF file: its first byte is 0x00"},
    {"ones", .mutate = make_ones, .expected = "not an ELF file: its first byte is 0xff"},
    {"a header of ones", .mutate = fill_header_with_ones, .expected = "e_machine is 65535"},
    {"program headers of ones", .mutate = fill_phdrs_with_ones,
     .expected = "no segment is PT_LOAD"},

    {"a wrong second byte", {IDENT(EI_MAG1, 'e')}, .expected = "not an ELF file"},
    {"a wrong fourth byte", {IDENT(EI_MAG3, 'f')}, .expected = "not an ELF file"},
    {"class 0", {IDENT(EI_CLASS, ELFCLASSNONE)}, .expected = "EI_CLASS is 0, must be 2 (64-bit)"},
    {"a 32-bit file", {IDENT(EI_CLASS, ELFCLASS32)}, .expected = "EI_CLASS is 1 (32-bit), must be"},
    {"class 3", {IDENT(EI_CLASS, 3)}, .expected = "EI_CLASS is 3, must be"},
    {"no byte order", {IDENT(EI_DATA, ELFDATANONE)}, .expected = "EI_DATA is 0, must be 1"},
    {"big-endian", {IDENT(EI_DATA, ELFDATA2MSB)}, .expected = "EI_DATA is 2 (big-endian), must be"},
    {"byte order 255", {IDENT(EI_DATA, 255)}, .expected = "EI_DATA is 255, must be"},
    {"ident version 0", {IDENT(EI_VERSION, EV_NONE)}, .expected = "EI_VERSION is 0, must be 1"},
    {"ident version 2", {IDENT(EI_VERSION, 2)}, .expected = "EI_VERSION is 2, must be 1"},
    {"a FreeBSD program", {IDENT(EI_OSABI, ELFOSABI_FREEBSD)}, .expected = "EI_OSABI is 9, must"},
    {"bare metal", {IDENT(EI_OSABI, ELFOSABI_STANDALONE)}, .expected = "EI_OSABI is 255, must be"},

    {"no type", {HEADER(e_type, ET_NONE)}, .expected = "e_type is 0, must be 2 (a program)"},
    {"an object file", {HEADER(e_type, ET_REL)}, .expected = "e_type is 1 (an object file), must"},
    {"a library", {HEADER(e_type, ET_DYN)}, .expected = "e_type is 3 (position-independent, or"},
    {"a core dump", {HEADER(e_type, ET_CORE)}, .expected = "e_type is 4 (a core dump), must be 2"},
    {"a type of an OS", {HEADER(e_type, ET_LOOS)}, .expected = "e_type is 65024, must be 2"},
    {"no machine", {HEADER(e_machine, EM_NONE)}, .expected = "e_machine is 0 (unknown), must be"},
    {"a 386", {HEADER(e_machine, EM_386)}, .expected = "e_machine is 3 (x86, 32-bit), must be"},
    {"an ARM",
     {HEADER(e_machine, EM_ARM)},
     .expected = "e_machine is 40 (ARM), must be 62 (x86-64)"},
    {"an AArch64", {HEADER(e_machine, EM_AARCH64)}, .expected = "e_machine is 183 (ARM, 64-bit)"},
    {"a future machine", {HEADER(e_machine, 0x7fff)}, .expected = "e_machine is 32767 (unknown)"},
    {"version 0", {HEADER(e_version, 0)}, .expected = "e_version is 0, must be 1"},
    {"version 0x1000001",
     {HEADER(e_version, 0x1000001)},
     .expected = "e_version is 16777217, must"},
    {"header size 0", {HEADER(e_ehsize, 0)}, .expected = "e_ehsize is 0, must be 64"},
    {"a 32-bit header size", {HEADER(e_ehsize, 52)}, .expected = "e_ehsize is 52, must be 64"},
    {"flags nobody defined", {HEADER(e_flags, 0x20)}, .expected = "e_flags is 0x20, must have no"},
    {"a vendor's flags", {HEADER(e_flags, 0x80000000)}, .expected = "e_flags is 0x80000000, must"},

    {"entry size 0", {HEADER(e_phentsize, 0)}, .expected = "e_phentsize is 0, must be 56"},
    {"a 32-bit entry size", {HEADER(e_phentsize, 32)}, .expected = "e_phentsize is 32, must be 56"},
    {"entry size 57", {HEADER(e_phentsize, 57)}, .expected = "e_phentsize is 57, must be 56"},
    {"no program headers", {HEADER(e_phnum, 0)}, .expected = "e_phnum is 0: the file says nothing"},
    {"65 program headers", {HEADER(e_phnum, 65)}, .expected = "e_phnum is 65, must be at most 64"},
    {"a number elsewhere", {HEADER(e_phnum, PN_XNUM)}, .expected = "e_phnum is 65535, must be at"},
    {"a table at 0", {HEADER(e_phoff, 0)}, .expected = "e_phoff is 0x0, must be a multiple of 8"},
    {"a table in the header", {HEADER(e_phoff, 56)}, .expected = "e_phoff is 0x38, must be a mult"},
    {"a table out of step",
     {HEADER(e_phoff, 65)},
     .expected = "e_phoff is 0x41, must be a multiple"},
    {"a table at the end", .mutate = put_table_at_end, .expected = "program headers end beyond"},
    {"a table after the end", .mutate = put_table_after_end, .expected = "headers end beyond the"},
    {"a table at 2^63", {HEADER(e_phoff, UINT64_C(1) << 63)}, .expected = "headers end beyond the"},
    {"a table that wraps", {HEADER(e_phoff, UINT64_MAX - 7)}, .expected = "headers end beyond the"},
    {"4 billion sections", {HEADER(e_shnum, 0)}, .expected = "e_shnum is 0 although e_shoff is 0x"},

    {"entry 0", {HEADER(e_entry, 0)}, .expected = "e_entry is 0x0, must be in the file's part of"},
    {"entry -1", {HEADER(e_entry, UINT64_MAX)}, .expected = "e_entry is 0xffffffffffffffff, must"},
    {"entry before text", .mutate = enter_before_text, .expected = "must be in the file's part"},
    {"entry after text", .mutate = enter_after_text, .expected = "must be in the file's part of"},
    {"entry in text's zeros", .mutate = enter_zeros_after_text,
     .expected = "must be in the file's"},
    {"entry in data", .mutate = enter_data, .expected = "must be in the file's part of an exec"},
    {"entry amid an instruction", .mutate = enter_between_instructions,
     .expected = "multiple of 4"},
    {"an odd entry", .mutate = enter_at_odd_address, .expected = ", must be a multiple of 2"},
    {"text is data", {TEXT(p_flags, PF_R | PF_W)}, .expected = "part of an executable segment"},
    {"text is empty", {TEXT(p_filesz, 0), TEXT(p_memsz, 0)}, .expected = "e_entry is 0x"},

    {"nothing to load", .mutate = make_nothing_load, .expected = "no segment is PT_LOAD: there is"},
    {"a dynamic linker", {OTHER(p_type, PT_INTERP)}, .expected = "is PT_INTERP: the program needs"},
    {"relocations", {OTHER(p_type, PT_DYNAMIC)}, .expected = "is PT_DYNAMIC: the program needs"},
    {"more in the file than in memory",
     {DATA(p_memsz, 0)},
     .expected = "must be at most p_memsz, 0x0"},
    {"2^64-1 bytes in the file",
     {DATA(p_filesz, UINT64_MAX), DATA(p_memsz, UINT64_MAX)},
     .expected = "p_filesz 0xffffffffffffffff reach beyond the file's"},
    {"text ends after the file", .mutate = end_text_after_file,
     .expected = "reach beyond the file"},
    {"data starts after the file", .mutate = start_data_after_file,
     .expected = "beyond the file's"},
    {"data ends after the file", .mutate = start_data_at_last_byte,
     .expected = "beyond the file's"},
    {"an offset that wraps",
     {TEXT(p_offset, DAMAGED_OFFSET)},
     .expected = "reach beyond the file's"},
    {"an offset of 2^63",
     {DATA(p_offset, UINT64_C(1) << 63)},
     .expected = "reach beyond the file's"},
    {"alignment 3", {TEXT(p_align, 3)}, .expected = "p_align is 0x3, must be a power of two or 0"},
    {"alignment 2^64-1",
     {TEXT(p_align, UINT64_MAX)},
     .expected = "p_align is 0xffffffffffffffff, m"},
    {"data out of step", {DATA(p_vaddr, 0x70008)}, .expected = "must agree modulo p_align, 0x1000"},
    {"alignment 2^63 on odd pages",
     {DATA(p_align, UINT64_C(1) << 63), DATA(p_vaddr, UINT64_C(1) << 63)},
     .expected = "must agree modulo p_align, 0x8000000000000000"},

    {"1 GiB and a bit",
     {DATA(p_memsz, (1 << 30) + 1)},
     .expected = "than the 1024 MiB that are all"},
    {"2^62 bytes of memory",
     {DATA(p_memsz, UINT64_C(1) << 62)},
     .expected = "more than the 1024 MiB"},
    {"2^64-1 bytes of memory",
     {DATA(p_memsz, UINT64_MAX)},
     .expected = "p_memsz is 0xffffffffffffff"},
    {"1 GiB and a byte in all segments", .mutate = overfill_the_memory,
     .expected = "1024 MiB that"},
    {"a segment that wraps",
     {DATA(p_align, 1), DATA(p_vaddr, DAMAGED_OFFSET), DATA(p_memsz, 0x2000)},
     .expected = "p_vaddr 0xfffffffffffff000 and p_memsz 0x2000 reach beyond the 64-bit address"},
    {"a segment up to 2^64", .mutate = end_data_at_2_to_64,
     .expected = "beyond the 64-bit address"},
    {"segments out of order",
     {DATA(p_align, 1), DATA(p_vaddr, 0x1000)},
     .expected = "p_vaddr is 0x1000, must be above"},
    {"segments overlap", .mutate = put_data_on_last_byte_of_text, .expected = "segment before"},
    {"segments at one place", .mutate = put_data_where_text_is, .expected = "the segment before"},
    {"one segment many times", .mutate = fill_phdrs_with_loads, .expected = "overlaps the segment"},
    {.name = NULL},
};

static void remove_sections(struct elf_bytes *file)
{
    header_of(file)->e_shoff = 0;
    header_of(file)->e_shnum = 0;
}

static void make_data_zeros_after_file(struct elf_bytes *file)
{
    Elf64_Phdr *data = phdr_of(file, PART_DATA);

    data->p_filesz = 0;
    data->p_memsz = 8;
    data->p_align = 1;
    data->p_offset = file->size + 0x1000;
}

static void put_data_right_after_text(struct elf_bytes *file)
{
    const Elf64_Phdr *text = phdr_of(file, PART_TEXT);
    Elf64_Phdr *data = phdr_of(file, PART_DATA);

    data->p_align = 1;
    data->p_vaddr = text->p_vaddr + text->p_memsz;
}

static void fill_the_memory(struct elf_bytes *file)
{
    phdr_of(file, PART_DATA)->p_memsz = (UINT64_C(1) << 30) - phdr_of(file, PART_TEXT)->p_memsz;
}

static void enter_compressed(struct elf_bytes *file)
{
    header_of(file)->e_flags |= EF_RISCV_RVC;
    header_of(file)->e_entry += 2;
}

const struct elf_case elf_good_cases[] = {
    {.name = "the file as it is"},
    {"no sections", .mutate = remove_sections},
    {"sections that are nowhere", .edits = {HEADER(e_shoff, UINT64_MAX)}},
    {"more sections than the file has", .edits = {HEADER(e_shnum, 0xfeff)}},
    {"GNU/Linux as the OS", .edits = {IDENT(EI_OSABI, ELFOSABI_GNU)}},
    {"thread-local storage", .edits = {OTHER(p_type, PT_TLS)}},
    {"a type of program header that nobody knows", .edits = {OTHER(p_type, 0x12345678)}},
    {"an empty segment", .edits = {OTHER(p_type, PT_LOAD), OTHER(p_filesz, 0), OTHER(p_memsz, 0)}},
    {"a segment of zeros beyond the file's end", .mutate = make_data_zeros_after_file},
    {"segments that touch within a page", .mutate = put_data_right_after_text},
    {"a segment without permissions", .edits = {DATA(p_flags, 0)}},
    {"no permissions anywhere, as bare-metal linkers leave them",
     .edits = {TEXT(p_flags, 0), DATA(p_flags, 0)}},
    {"a segment with all permissions", .edits = {TEXT(p_flags, PF_R | PF_W | PF_X)}},
    {"an alignment of 0", .edits = {TEXT(p_align, 0)}},
    {"exactly 1 GiB", .mutate = fill_the_memory},
    {"an entry between words with compressed instructions", .mutate = enter_compressed},
    {.name = NULL},
};

static void put_code_into_upper_half(struct elf_bytes *file)
{
    Elf64_Phdr *data = phdr_of(file, PART_DATA);

    data->p_vaddr += UINT64_C(0xffffffff00000000);
    data->p_flags |= PF_X;
    header_of(file)->e_entry = data->p_vaddr;
}

const struct elf_case elf_loader_cases[] = {
    {"data at the end of the address space",
     .edits = {DATA(p_align, 1), DATA(p_vaddr, UINT64_C(1) << 38)},
     .expected = "segment at 0x4000000000"},
    {"data across the end of the address space",
     .edits = {DATA(p_align, 1), DATA(p_vaddr, (UINT64_C(1) << 38) - 0x1000),
               DATA(p_memsz, 0x2000)},
     .expected = "segment at 0x3ffffff000..0x4000001000"},
    {"code in the upper half", .mutate = put_code_into_upper_half, .expected = "segment at 0xffff"},
    {"single-precision arguments", .edits = {HEADER(e_flags, EF_RISCV_FLOAT_ABI_SINGLE)},
     .expected = "F registers"},
    {"double-precision arguments", .edits = {HEADER(e_flags, EF_RISCV_FLOAT_ABI_DOUBLE)},
     .expected = "F registers"},
    {"quad-precision arguments", .edits = {HEADER(e_flags, EF_RISCV_FLOAT_ABI_QUAD)},
     .expected = "F registers"},
    {"sixteen registers", .edits = {HEADER(e_flags, EF_RISCV_RVE)}, .expected = "RV64E"},
    {"another processor", .edits = {HEADER(e_machine, EM_X86_64)}, .expected = "for x86-64"},
    {.name = NULL},
};
