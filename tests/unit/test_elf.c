/* test_elf.c: lib/elf against good, malformed and hostile files; tests/elf/cases.c has the tables.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/elf.h"
#include "tests/elf/cases.h"
#include "tests/random.h"
#include "tests/unit/unit_main.h"

#define TEXT_GVA 0x10000
#define DATA_GVA 0x12000
#define ENTRY    (TEXT_GVA + offsetof(struct tiny, code))

/* The smallest file with everything in it that a case changes. */
struct tiny {
    Elf64_Ehdr header;
    Elf64_Phdr text, data, stack;
    uint32_t code[8];
    uint64_t words[4];
    Elf64_Shdr sections[3];
    Elf64_Sym symbols[8];
    char strings[64];
};

static const struct tiny tiny_rv64 = {
    .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
               .e_type = ET_EXEC,
               .e_machine = EM_RISCV,
               .e_version = EV_CURRENT,
               .e_entry = ENTRY,
               .e_phoff = offsetof(struct tiny, text),
               .e_shoff = offsetof(struct tiny, sections),
               .e_ehsize = sizeof(Elf64_Ehdr),
               .e_phentsize = sizeof(Elf64_Phdr),
               .e_phnum = 3,
               .e_shentsize = sizeof(Elf64_Shdr),
               .e_shnum = 3},
    .text = {.p_type = PT_LOAD,
             .p_flags = PF_R | PF_X,
             .p_vaddr = TEXT_GVA,
             .p_filesz = offsetof(struct tiny, words),
             .p_memsz = offsetof(struct tiny, words),
             .p_align = 0x1000},
    .data = {.p_type = PT_LOAD,
             .p_flags = PF_R | PF_W,
             .p_vaddr = DATA_GVA + offsetof(struct tiny, words),
             .p_offset = offsetof(struct tiny, words),
             .p_filesz = sizeof(uint64_t[4]),
             .p_memsz = 0x100,
             .p_align = 0x1000},
    .stack = {.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W},
    .sections = {{.sh_type = SHT_NULL},
                 {.sh_type = SHT_SYMTAB,
                  .sh_offset = offsetof(struct tiny, symbols),
                  .sh_size = sizeof(Elf64_Sym[8]),
                  .sh_link = 2,
                  .sh_entsize = sizeof(Elf64_Sym)},
                 {.sh_type = SHT_STRTAB,
                  .sh_offset = offsetof(struct tiny, strings),
                  .sh_size = sizeof(char[64])}},
    .strings = "\0_start\0work\0worker\0$x\0.Lhere\0words\0evil\033[2J\0elsewhere",
};

enum {
    NAME_START = 1,
    NAME_WORK = 8,
    NAME_WORKER = 13,
    NAME_MARK = 20,
    NAME_LOCAL = 23,
    NAME_WORDS = 30,
    NAME_EVIL = 36,
    NAME_ELSEWHERE = 45
};

/* A descriptor of a file in memory that holds these bytes. */
static int file_of(const void *bytes, size_t size)
{
    int fd = memfd_create("test_elf", MFD_CLOEXEC);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pwrite(fd, bytes, size, 0), (ssize_t)size);
    return fd;
}

static int open_bytes(struct elf_image *image, const void *bytes, size_t size, struct err *err)
{
    *err = (struct err){.code = 0};
    return elf_open_fd(image, file_of(bytes, size), "FILE", err);
}

/* Everything that elf.h promises of an image. */
static void check_image(const struct elf_image *image, uint64_t file_size)
{
    uint64_t end = 0, total = 0;
    bool entry_is_code = false;

    ck_assert(image->machine == EM_X86_64 || image->machine == EM_RISCV);
    ck_assert_uint_ge(image->segment_count, 1);
    ck_assert_uint_le(image->segment_count, image->phnum);
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        ck_assert_uint_ge(segment->vaddr, end);
        ck_assert_uint_ge(segment->memsz, 1);
        ck_assert_uint_le(segment->filesz, segment->memsz);
        ck_assert_uint_le(segment->flags, 7);
        if (segment->filesz > 0) {
            ck_assert_uint_le(segment->filesz, file_size);
            ck_assert_uint_le(segment->offset, file_size - segment->filesz);
        }
        end = segment->vaddr + segment->memsz;
        ck_assert_uint_gt(end, segment->vaddr);
        total += segment->memsz;
        if ((segment->flags & ELF_EXEC) != 0 && image->entry >= segment->vaddr &&
            image->entry < segment->vaddr + segment->filesz)
            entry_is_code = true;
    }
    ck_assert_uint_le(total, ELF_MEMORY_MAX);
    ck_assert(entry_is_code);
}

static void check_refusal(const struct err *err, const char *what)
{
    ck_assert_msg(strstr(err->text, "FILE") != NULL, "%s: no file's name in: %s", what, err->text);
    ck_assert_msg(strchr(err->text, '\n') == NULL, "%s: more than a line: %s", what, err->text);
    ck_assert_msg(err->hint[0] != '\0', "%s: no hint: %s", what, err->text);
}

static size_t count_cases(const struct elf_case *cases)
{
    size_t count = 0;

    while (cases[count].name != NULL)
        count++;
    return count;
}

START_TEST(a_malformed_file_is_refused_with_the_reason)
{
    const struct elf_case *which = &elf_bad_cases[_i];
    struct tiny tiny = tiny_rv64;
    struct elf_bytes file = {(uint8_t *)&tiny, sizeof tiny};
    struct elf_image image;
    struct err err;

    elf_case_apply(which, &file);
    ck_assert_msg(open_bytes(&image, file.data, file.size, &err) == -1, "accepted: %s",
                  which->name);
    ck_assert_msg(strstr(err.text, which->expected) != NULL, "%s: expected \"%s\", got: %s",
                  which->name, which->expected, err.text);
    check_refusal(&err, which->name);
    ck_assert_int_eq(image.fd, -1);
}
END_TEST

START_TEST(an_unusual_but_right_file_is_accepted)
{
    const struct elf_case *which = &elf_good_cases[_i];
    struct tiny tiny = tiny_rv64;
    struct elf_bytes file = {(uint8_t *)&tiny, sizeof tiny};
    struct elf_image image;
    struct err err;

    elf_case_apply(which, &file);
    ck_assert_msg(open_bytes(&image, file.data, file.size, &err) == 0, "%s: %s", which->name,
                  err.text);
    check_image(&image, file.size);
    elf_close(&image);
}
END_TEST

START_TEST(a_file_that_only_the_loader_can_refuse_is_accepted)
{
    const struct elf_case *which = &elf_loader_cases[_i];
    struct tiny tiny = tiny_rv64;
    struct elf_bytes file = {(uint8_t *)&tiny, sizeof tiny};
    struct elf_image image;
    struct err err;

    elf_case_apply(which, &file);
    ck_assert_msg(open_bytes(&image, file.data, file.size, &err) == 0, "%s: %s", which->name,
                  err.text);
    check_image(&image, file.size);
    elf_close(&image);
}
END_TEST

START_TEST(an_image_says_what_the_file_says)
{
    struct elf_image image;
    struct err err;

    ck_assert_int_eq(open_bytes(&image, &tiny_rv64, sizeof tiny_rv64, &err), 0);
    ck_assert(elf_is_rv64(&image));
    ck_assert_uint_eq(image.entry, ENTRY);
    ck_assert_uint_eq(image.phnum, 3);
    ck_assert_uint_eq(image.phdr_gva, TEXT_GVA + sizeof(Elf64_Ehdr));
    ck_assert_uint_eq(image.segment_count, 2);
    ck_assert_uint_eq(image.segments[0].vaddr, TEXT_GVA);
    ck_assert_uint_eq(image.segments[0].flags, ELF_READ | ELF_EXEC);
    ck_assert_uint_eq(image.segments[1].vaddr, DATA_GVA + offsetof(struct tiny, words));
    ck_assert_uint_eq(image.segments[1].offset, offsetof(struct tiny, words));
    ck_assert_uint_eq(image.segments[1].filesz, 32);
    ck_assert_uint_eq(image.segments[1].memsz, 0x100);
    ck_assert_uint_eq(image.segments[1].flags, ELF_READ | ELF_WRITE);
    elf_close(&image);
    ck_assert_int_eq(image.fd, -1);
    elf_close(&image); /* twice does no harm */
}
END_TEST

START_TEST(an_x86_64_program_is_accepted_and_starts_at_any_byte)
{
    struct tiny tiny = tiny_rv64;
    struct elf_image image;
    struct err err;

    tiny.header.e_machine = EM_X86_64;
    tiny.header.e_entry += 1;
    ck_assert_int_eq(open_bytes(&image, &tiny, sizeof tiny, &err), 0);
    ck_assert_uint_eq(image.machine, EM_X86_64);
    ck_assert(!elf_is_rv64(&image));
    elf_close(&image);
}
END_TEST

START_TEST(e_flags_say_what_a_program_needs)
{
    struct elf_image image = {.machine = EM_RISCV, .flags = EF_RISCV_RVC};

    ck_assert(elf_rv64_needs(&image).compressed);
    ck_assert(!elf_rv64_needs(&image).embedded);
    ck_assert_uint_eq(elf_rv64_needs(&image).float_bits, 0);
    image.flags = EF_RISCV_RVE | EF_RISCV_FLOAT_ABI_SINGLE;
    ck_assert(!elf_rv64_needs(&image).compressed);
    ck_assert(elf_rv64_needs(&image).embedded);
    ck_assert_uint_eq(elf_rv64_needs(&image).float_bits, 32);
    image.flags = EF_RISCV_FLOAT_ABI_DOUBLE;
    ck_assert_uint_eq(elf_rv64_needs(&image).float_bits, 64);
    image.flags = EF_RISCV_FLOAT_ABI_QUAD;
    ck_assert_uint_eq(elf_rv64_needs(&image).float_bits, 128);
}
END_TEST

START_TEST(program_headers_outside_every_segment_are_nowhere_in_memory)
{
    struct tiny tiny = tiny_rv64;
    struct elf_image image;
    struct err err;

    tiny.text.p_offset = tiny.text.p_vaddr = offsetof(struct tiny, code);
    tiny.text.p_vaddr += TEXT_GVA;
    tiny.text.p_filesz = tiny.text.p_memsz = sizeof tiny.code;
    ck_assert_int_eq(open_bytes(&image, &tiny, sizeof tiny, &err), 0);
    ck_assert_uint_eq(image.phdr_gva, 0);
    elf_close(&image);
}
END_TEST

START_TEST(sixty_four_segments_are_accepted)
{
    struct many {
        Elf64_Ehdr header;
        Elf64_Phdr phdrs[ELF_SEGMENTS_MAX];
        uint32_t code;
    } many = {.header = tiny_rv64.header};
    struct elf_image image;
    struct err err;

    many.header.e_entry = TEXT_GVA + offsetof(struct many, code);
    many.header.e_phnum = ELF_SEGMENTS_MAX;
    many.header.e_shnum = 0;
    many.header.e_shoff = 0;
    for (unsigned i = 0; i < ELF_SEGMENTS_MAX; i++) {
        many.phdrs[i] = tiny_rv64.text;
        many.phdrs[i].p_vaddr += i * UINT64_C(0x10000);
        many.phdrs[i].p_filesz = many.phdrs[i].p_memsz = sizeof many;
    }
    ck_assert_int_eq(open_bytes(&image, &many, sizeof many, &err), 0);
    ck_assert_uint_eq(image.segment_count, ELF_SEGMENTS_MAX);
    check_image(&image, sizeof many);
    elf_close(&image);
}
END_TEST

START_TEST(a_file_that_ends_anywhere_before_its_last_segment_does_is_refused)
{
    for (size_t size = 0; size < offsetof(struct tiny, sections); size++) {
        struct elf_image image;
        struct err err;

        ck_assert_msg(open_bytes(&image, &tiny_rv64, size, &err) == -1, "accepted: %zu bytes",
                      size);
        check_refusal(&err, "a truncated file");
    }
}
END_TEST

START_TEST(a_file_that_ends_anywhere_after_its_last_segment_does_is_accepted)
{
    for (size_t size = offsetof(struct tiny, sections); size <= sizeof tiny_rv64; size++) {
        struct elf_image image;
        struct err err;

        ck_assert_msg(open_bytes(&image, &tiny_rv64, size, &err) == 0, "%zu bytes: %s", size,
                      err.text);
        elf_symbols_free(elf_symbols_new(&image));
        elf_close(&image);
    }
}
END_TEST

/* Opens the bytes and, if they are accepted, looks at everything. */
static void try_bytes(const void *bytes, size_t size)
{
    struct elf_symbols *symbols;
    struct elf_image image;
    struct err err;
    uint64_t offset;

    if (open_bytes(&image, bytes, size, &err) != 0) {
        check_refusal(&err, "a damaged file");
        return;
    }
    check_image(&image, size);
    symbols = elf_symbols_new(&image);
    elf_symbols_find(symbols, image.entry, &offset);
    elf_symbols_free(symbols);
    elf_close(&image);
}

START_TEST(one_wrong_byte_in_the_headers_is_refused_or_harmless)
{
    static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};

    for (size_t at = 0; at < offsetof(struct tiny, code); at++) {
        for (size_t i = 0; i < sizeof values; i++) {
            struct tiny tiny = tiny_rv64;

            ((uint8_t *)&tiny)[at] = values[i];
            try_bytes(&tiny, sizeof tiny);
        }
    }
}
END_TEST

START_TEST(any_wrong_numbers_in_the_headers_are_refused_or_harmless)
{
    struct random random = {.state = random_seed()};

    printf("# SEED=%llu\n", (unsigned long long)random.state);
    fflush(stdout);
    for (int round = 0; round < 5000; round++) {
        struct tiny tiny = tiny_rv64;
        uint64_t count = 1 + random_below(&random, 4);

        for (uint64_t i = 0; i < count; i++) {
            uint64_t value = random_edge(&random);
            uint64_t width = UINT64_C(1) << random_below(&random, 4);
            uint64_t at = random_below(&random, sizeof tiny - 8) & ~(width - 1);

            memcpy((uint8_t *)&tiny + at, &value, width);
        }
        try_bytes(&tiny, sizeof tiny);
    }
}
END_TEST

START_TEST(the_descriptor_is_taken_over_also_on_failure)
{
    struct elf_image image;
    struct err err;
    int fd = file_of("no ELF", 6);

    ck_assert_int_eq(elf_open_fd(&image, fd, "FILE", &err), -1);
    ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
    ck_assert_int_eq(errno, EBADF);
    fd = file_of(&tiny_rv64, sizeof tiny_rv64);
    ck_assert_int_eq(elf_open_fd(&image, fd, "FILE", &err), 0);
    ck_assert_int_eq(image.fd, fd);
    elf_close(&image);
    ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
}
END_TEST

START_TEST(a_file_that_shrinks_after_it_was_opened_ends_reads_early)
{
    struct elf_image image;
    struct err err;
    char byte;

    ck_assert_int_eq(open_bytes(&image, &tiny_rv64, sizeof tiny_rv64, &err), 0);
    ck_assert_int_eq(ftruncate(image.fd, 100), 0);
    ck_assert_ptr_null(elf_symbols_new(&image));
    ck_assert_int_eq(pread(image.fd, &byte, 1, (off_t)image.segments[1].offset), 0);
    elf_close(&image);
}
END_TEST

START_TEST(a_huge_sparse_file_costs_nothing)
{
    struct tiny tiny = tiny_rv64;
    struct elf_image image;
    struct err err;
    int fd;

    tiny.header.e_shnum = 0xfeff;
    tiny.sections[1].sh_size = UINT64_C(1) << 40;
    fd = file_of(&tiny, sizeof tiny);
    ck_assert_int_eq(ftruncate(fd, (off_t)1 << 42), 0);
    ck_assert_int_eq(elf_open_fd(&image, fd, "FILE", &err), 0);
    ck_assert_ptr_null(elf_symbols_new(&image));
    elf_close(&image);
}
END_TEST

/* What is found at a path. */

/* A new folder, whose name the caller frees. */
static char *make_folder(void)
{
    char *path = strdup("/tmp/trivium-elf.XXXXXX");

    ck_assert_ptr_nonnull(path);
    ck_assert_ptr_nonnull(mkdtemp(path));
    return path;
}

static char *join(const char *folder, const char *name)
{
    char *path;

    ck_assert_int_gt(asprintf(&path, "%s/%s", folder, name), 0);
    return path;
}

/* elf_open(path) must fail, naming the path and saying `expected`. */
static void refuse_path(const char *path, int code, const char *expected)
{
    struct elf_image image;
    struct err err = {.code = 0};

    ck_assert_int_eq(elf_open(&image, path, &err), -1);
    ck_assert_int_eq(image.fd, -1);
    ck_assert_msg(strstr(err.text, path) != NULL, "no path in: %s", err.text);
    ck_assert_msg(strstr(err.text, expected) != NULL || strstr(err.hint, expected) != NULL,
                  "expected \"%s\", got: %s (%s)", expected, err.text, err.hint);
    ck_assert_int_eq(err.code, code);
}

START_TEST(a_path_to_no_regular_file_is_refused)
{
    char *folder = make_folder();
    char *fifo = join(folder, "fifo"), *socket_path = join(folder, "socket");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    refuse_path(folder, 0, "this is a directory");
    refuse_path(fifo, 0, "this is a pipe");
    refuse_path(socket_path, 0, "this is a socket");
    refuse_path("/dev/null", 0, "this is a device");
    close(fd);
    unlink(fifo);
    unlink(socket_path);
    rmdir(folder);
    free(socket_path);
    free(fifo);
    free(folder);
}
END_TEST

START_TEST(a_descriptor_of_no_regular_file_is_refused)
{
    struct elf_image image;
    struct err err;
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(elf_open_fd(&image, ends[0], "FILE", &err), -1);
    ck_assert_ptr_nonnull(strstr(err.text, "FILE: this is a pipe"));
    close(ends[1]);
    ck_assert_int_eq(elf_open_fd(&image, open("/", O_RDONLY | O_CLOEXEC), "FILE", &err), -1);
    ck_assert_ptr_nonnull(strstr(err.text, "FILE: this is a directory"));
}
END_TEST

START_TEST(a_path_to_nothing_is_refused_with_the_host_s_reason)
{
    char *folder = make_folder();
    char *link = join(folder, "link"), *loop = join(folder, "loop"), *none = join(folder, "none");

    ck_assert_int_eq(symlink("nowhere", link), 0);
    ck_assert_int_eq(symlink("loop", loop), 0);
    refuse_path(none, ENOENT, "No such file or directory");
    refuse_path(link, ENOENT, "a symbolic link to a file that does not exist");
    refuse_path(loop, ELOOP, "Too many levels of symbolic links");
    unlink(link);
    unlink(loop);
    rmdir(folder);
    free(none);
    free(loop);
    free(link);
    free(folder);
}
END_TEST

START_TEST(a_program_at_a_path_is_opened_close_on_exec_through_links)
{
    char *folder = make_folder();
    char *file = join(folder, "program"), *link = join(folder, "link");
    struct elf_image image;
    struct err err;
    int fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

    ck_assert_int_eq(write(fd, &tiny_rv64, sizeof tiny_rv64), sizeof tiny_rv64);
    close(fd);
    ck_assert_int_eq(symlink("program", link), 0);
    ck_assert_int_eq(elf_open(&image, link, &err), 0);
    ck_assert_int_ne(fcntl(image.fd, F_GETFD) & FD_CLOEXEC, 0);
    elf_close(&image);
    unlink(link);
    unlink(file);
    rmdir(folder);
    free(link);
    free(file);
    free(folder);
}
END_TEST

/* Symbols. */

static const Elf64_Sym good_symbols[8] = {
    [1] = {.st_name = NAME_START,
           .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE),
           .st_shndx = 1,
           .st_value = ENTRY},
    [2] = {.st_name = NAME_MARK,
           .st_info = ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE),
           .st_shndx = 1,
           .st_value = ENTRY + 12},
    [3] = {.st_name = NAME_WORKER,
           .st_info = ELF64_ST_INFO(STB_LOCAL, STT_FUNC),
           .st_shndx = 1,
           .st_value = ENTRY + 16,
           .st_size = 4},
    [4] = {.st_name = NAME_WORK,
           .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
           .st_shndx = 1,
           .st_value = ENTRY + 16,
           .st_size = 8},
    [5] = {.st_name = NAME_LOCAL,
           .st_info = ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE),
           .st_shndx = 1,
           .st_value = ENTRY + 20},
    [6] = {.st_name = NAME_WORDS,
           .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
           .st_shndx = 1,
           .st_value = DATA_GVA + offsetof(struct tiny, words),
           .st_size = 32},
    [7] = {.st_name = NAME_ELSEWHERE,
           .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
           .st_shndx = SHN_UNDEF,
           .st_value = ENTRY + 28},
};

/* The symbols of a file like `tiny`. NULL as elf_symbols_new() says. */
static struct elf_symbols *symbols_of(const struct tiny *tiny)
{
    struct elf_symbols *symbols;
    struct elf_image image;
    struct err err;

    ck_assert_int_eq(open_bytes(&image, tiny, sizeof *tiny, &err), 0);
    symbols = elf_symbols_new(&image);
    elf_close(&image);
    return symbols;
}

static void find(const struct elf_symbols *symbols, uint64_t gva, const char *name, uint64_t offset)
{
    uint64_t got = 0;

    ck_assert_pstr_eq(elf_symbols_find(symbols, gva, &got), name);
    if (name != NULL)
        ck_assert_uint_eq(got, offset);
}

START_TEST(an_address_has_the_name_of_its_function)
{
    struct tiny tiny = tiny_rv64;
    struct elf_symbols *symbols;

    memcpy(tiny.symbols, good_symbols, sizeof tiny.symbols);
    symbols = symbols_of(&tiny);
    ck_assert_ptr_nonnull(symbols);
    find(symbols, 0, NULL, 0);
    find(symbols, ENTRY - 1, NULL, 0);
    find(symbols, ENTRY, "_start", 0);
    find(symbols, ENTRY + 4, "_start", 4);
    find(symbols, ENTRY + 15, "_start", 15); /* no size: up to the next symbol */
    find(symbols, ENTRY + 16, "work", 0);    /* the global name before the local one */
    find(symbols, ENTRY + 22, "work", 6);
    find(symbols, ENTRY + 24, NULL, 0); /* past its size */
    find(symbols, tiny.data.p_vaddr, NULL, 0);
    find(symbols, UINT64_MAX, NULL, 0);
    find(NULL, ENTRY, NULL, 0);
    elf_symbols_free(symbols);
    elf_symbols_free(NULL);
}
END_TEST

START_TEST(a_function_s_name_has_its_address)
{
    struct tiny tiny = tiny_rv64;
    struct elf_symbols *symbols;
    uint64_t gva = 0;

    memcpy(tiny.symbols, good_symbols, sizeof tiny.symbols);
    symbols = symbols_of(&tiny);
    ck_assert(elf_symbols_address(symbols, "worker", &gva));
    ck_assert_uint_eq(gva, ENTRY + 16);
    ck_assert(elf_symbols_address(symbols, "_start", &gva));
    ck_assert_uint_eq(gva, ENTRY);
    ck_assert(!elf_symbols_address(symbols, "words", &gva)); /* data */
    ck_assert(!elf_symbols_address(symbols, "$x", &gva));
    ck_assert(!elf_symbols_address(symbols, "elsewhere", &gva)); /* undefined here */
    ck_assert(!elf_symbols_address(symbols, "", &gva));
    ck_assert(!elf_symbols_address(NULL, "work", &gva));
    elf_symbols_free(symbols);
}
END_TEST

START_TEST(a_last_symbol_without_a_size_ends_with_its_segment)
{
    struct tiny tiny = tiny_rv64;
    struct elf_symbols *symbols;

    tiny.symbols[1] = good_symbols[1];
    symbols = symbols_of(&tiny);
    find(symbols, TEXT_GVA + tiny.text.p_memsz - 1, "_start", sizeof tiny.code - 1);
    find(symbols, TEXT_GVA + tiny.text.p_memsz, NULL, 0);
    elf_symbols_free(symbols);
}
END_TEST

START_TEST(a_symbol_s_size_cannot_leave_its_segment)
{
    struct tiny tiny = tiny_rv64;
    struct elf_symbols *symbols;

    tiny.symbols[1] = good_symbols[4];
    tiny.symbols[1].st_size = UINT64_MAX;
    symbols = symbols_of(&tiny);
    find(symbols, TEXT_GVA + tiny.text.p_memsz - 1, "work", sizeof tiny.code - 17);
    find(symbols, TEXT_GVA + tiny.text.p_memsz, NULL, 0);
    find(symbols, UINT64_MAX, NULL, 0);
    elf_symbols_free(symbols);
}
END_TEST

START_TEST(a_name_that_could_command_a_terminal_is_left_out)
{
    struct tiny tiny = tiny_rv64;

    tiny.symbols[1] = good_symbols[1];
    tiny.symbols[1].st_name = NAME_EVIL;
    ck_assert_ptr_null(symbols_of(&tiny));
}
END_TEST

/* One way each in which a symbol table can be broken. */
struct broken {
    const char *name;
    size_t offset, width;
    uint64_t value;
};

#define BROKEN(field, value) offsetof(struct tiny, field), sizeof tiny_rv64.field, value

static const struct broken broken_tables[] = {
    {"a size that is no multiple", BROKEN(sections[1].sh_size, 25)},
    {"a size of 0", BROKEN(sections[1].sh_size, 0)},
    {"a size beyond the file", BROKEN(sections[1].sh_size, 24 * 1000)},
    {"a size of 2^64-8", BROKEN(sections[1].sh_size, UINT64_MAX - 7)},
    {"an offset beyond the file", BROKEN(sections[1].sh_offset, UINT64_MAX)},
    {"no string table", BROKEN(sections[1].sh_link, 0)},
    {"a string table that is itself", BROKEN(sections[1].sh_link, 1)},
    {"a string table that is nowhere", BROKEN(sections[1].sh_link, UINT32_MAX)},
    {"a compressed table", BROKEN(sections[1].sh_flags, SHF_COMPRESSED)},
    {"compressed strings", BROKEN(sections[2].sh_flags, SHF_COMPRESSED)},
    {"strings of size 0", BROKEN(sections[2].sh_size, 0)},
    {"strings beyond the file", BROKEN(sections[2].sh_size, 1 << 20)},
    {"strings that do not end", BROKEN(sections[2].sh_size, 5)},
    {"strings in no string table", BROKEN(sections[2].sh_type, SHT_PROGBITS)},
    {"strings without bytes", BROKEN(sections[2].sh_type, SHT_NOBITS)},
    {"a name beyond the strings", BROKEN(symbols[1].st_name, 64)},
    {"a name at 2^32-1", BROKEN(symbols[1].st_name, UINT32_MAX)},
    {"an address outside the program", BROKEN(symbols[1].st_value, UINT64_MAX)},
};

START_TEST(a_broken_symbol_table_is_no_symbol_table)
{
    const struct broken *broken = &broken_tables[_i];
    struct tiny tiny = tiny_rv64;
    struct elf_symbols *symbols;

    tiny.symbols[1] = good_symbols[1];
    symbols = symbols_of(&tiny);
    ck_assert_ptr_nonnull(symbols);
    elf_symbols_free(symbols);
    memcpy((uint8_t *)&tiny + broken->offset, &broken->value, broken->width);
    ck_assert_msg(symbols_of(&tiny) == NULL, "%s", broken->name);
}
END_TEST

static Suite *suite(void)
{
    Suite *elf = suite_create("elf");
    TCase *files = tcase_create("ELF files");
    TCase *paths = tcase_create("ELF paths");
    TCase *symbols = tcase_create("ELF symbols");

    tcase_set_timeout(files, 60);
    tcase_add_loop_test(files, a_malformed_file_is_refused_with_the_reason, 0,
                        (int)count_cases(elf_bad_cases));
    tcase_add_loop_test(files, an_unusual_but_right_file_is_accepted, 0,
                        (int)count_cases(elf_good_cases));
    tcase_add_loop_test(files, a_file_that_only_the_loader_can_refuse_is_accepted, 0,
                        (int)count_cases(elf_loader_cases));
    tcase_add_test(files, an_image_says_what_the_file_says);
    tcase_add_test(files, an_x86_64_program_is_accepted_and_starts_at_any_byte);
    tcase_add_test(files, e_flags_say_what_a_program_needs);
    tcase_add_test(files, program_headers_outside_every_segment_are_nowhere_in_memory);
    tcase_add_test(files, sixty_four_segments_are_accepted);
    tcase_add_test(files, a_file_that_ends_anywhere_before_its_last_segment_does_is_refused);
    tcase_add_test(files, a_file_that_ends_anywhere_after_its_last_segment_does_is_accepted);
    tcase_add_test(files, one_wrong_byte_in_the_headers_is_refused_or_harmless);
    tcase_add_test(files, any_wrong_numbers_in_the_headers_are_refused_or_harmless);
    tcase_add_test(files, the_descriptor_is_taken_over_also_on_failure);
    tcase_add_test(files, a_file_that_shrinks_after_it_was_opened_ends_reads_early);
    tcase_add_test(files, a_huge_sparse_file_costs_nothing);
    suite_add_tcase(elf, files);
    tcase_add_test(paths, a_path_to_no_regular_file_is_refused);
    tcase_add_test(paths, a_descriptor_of_no_regular_file_is_refused);
    tcase_add_test(paths, a_path_to_nothing_is_refused_with_the_host_s_reason);
    tcase_add_test(paths, a_program_at_a_path_is_opened_close_on_exec_through_links);
    suite_add_tcase(elf, paths);
    tcase_add_test(symbols, an_address_has_the_name_of_its_function);
    tcase_add_test(symbols, a_function_s_name_has_its_address);
    tcase_add_test(symbols, a_last_symbol_without_a_size_ends_with_its_segment);
    tcase_add_test(symbols, a_symbol_s_size_cannot_leave_its_segment);
    tcase_add_test(symbols, a_name_that_could_command_a_terminal_is_left_out);
    tcase_add_loop_test(symbols, a_broken_symbol_table_is_no_symbol_table, 0,
                        (int)(sizeof broken_tables / sizeof broken_tables[0]));
    suite_add_tcase(elf, symbols);
    return elf;
}

int main(void)
{
    return unit_main(suite());
}
