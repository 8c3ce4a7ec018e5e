/* test_elf.c: lib/elf against good, malformed and hostile files; tests/elf/cases.c has the tables.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/elf/cases.h"
#include "tests/elf/tiny.h"
#include "tests/random.h"
#include "tests/unit/unit_main.h"

/* Everything that elf.h promises of an image. */
static void check_image(const struct elf_image *image, uint64_t file_size)
{
    uint64_t end = 0, total = 0;
    bool entry_is_code = false;
    unsigned stated = 0; /* permissions of any segment */

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
        stated |= segment->flags;
    }
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        if ((stated == 0 || (segment->flags & ELF_EXEC) != 0) && image->entry >= segment->vaddr &&
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
    ck_assert_msg(tiny_open(&image, file.data, file.size, &err) == -1, "accepted: %s", which->name);
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
    ck_assert_msg(tiny_open(&image, file.data, file.size, &err) == 0, "%s: %s", which->name,
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
    ck_assert_msg(tiny_open(&image, file.data, file.size, &err) == 0, "%s: %s", which->name,
                  err.text);
    check_image(&image, file.size);
    elf_close(&image);
}
END_TEST

START_TEST(an_image_says_what_the_file_says)
{
    struct elf_image image;
    struct err err;

    ck_assert_int_eq(tiny_open(&image, &tiny_rv64, sizeof tiny_rv64, &err), 0);
    ck_assert(elf_is_rv64(&image));
    ck_assert_uint_eq(image.entry, TINY_ENTRY);
    ck_assert_uint_eq(image.phnum, 3);
    ck_assert_uint_eq(image.phdr_gva, TINY_TEXT + sizeof(Elf64_Ehdr));
    ck_assert_uint_eq(image.segment_count, 2);
    ck_assert_uint_eq(image.segments[0].vaddr, TINY_TEXT);
    ck_assert_uint_eq(image.segments[0].flags, ELF_READ | ELF_EXEC);
    ck_assert_uint_eq(image.segments[1].vaddr, TINY_DATA + offsetof(struct tiny, words));
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
    ck_assert_int_eq(tiny_open(&image, &tiny, sizeof tiny, &err), 0);
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
    tiny.text.p_vaddr += TINY_TEXT;
    tiny.text.p_filesz = tiny.text.p_memsz = sizeof tiny.code;
    ck_assert_int_eq(tiny_open(&image, &tiny, sizeof tiny, &err), 0);
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

    many.header.e_entry = TINY_TEXT + offsetof(struct many, code);
    many.header.e_phnum = ELF_SEGMENTS_MAX;
    many.header.e_shnum = 0;
    many.header.e_shoff = 0;
    for (unsigned i = 0; i < ELF_SEGMENTS_MAX; i++) {
        many.phdrs[i] = tiny_rv64.text;
        many.phdrs[i].p_vaddr += i * UINT64_C(0x10000);
        many.phdrs[i].p_filesz = many.phdrs[i].p_memsz = sizeof many;
    }
    ck_assert_int_eq(tiny_open(&image, &many, sizeof many, &err), 0);
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

        ck_assert_msg(tiny_open(&image, &tiny_rv64, size, &err) == -1, "accepted: %zu bytes", size);
        check_refusal(&err, "a truncated file");
    }
}
END_TEST

START_TEST(a_file_that_ends_anywhere_after_its_last_segment_does_is_accepted)
{
    for (size_t size = offsetof(struct tiny, sections); size <= sizeof tiny_rv64; size++) {
        struct elf_image image;
        struct err err;

        ck_assert_msg(tiny_open(&image, &tiny_rv64, size, &err) == 0, "%zu bytes: %s", size,
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

    if (tiny_open(&image, bytes, size, &err) != 0) {
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
    struct random random = random_begin();

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
    int fd = tiny_file("no ELF", 6);

    ck_assert_int_eq(elf_open_fd(&image, fd, "FILE", &err), -1);
    ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
    ck_assert_int_eq(errno, EBADF);
    fd = tiny_file(&tiny_rv64, sizeof tiny_rv64);
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

    ck_assert_int_eq(tiny_open(&image, &tiny_rv64, sizeof tiny_rv64, &err), 0);
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
    fd = tiny_file(&tiny, sizeof tiny);
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

static Suite *suite(void)
{
    Suite *elf = suite_create("elf");
    TCase *files = tcase_create("ELF files");
    TCase *paths = tcase_create("ELF paths");

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
    return elf;
}

int main(void)
{
    return unit_main(suite());
}
