/* test_layer.c: layers that mean harm: each is refused, or stays within its root. */
#include "tests/unit/unit_main.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctr/layer.h"

/* One entry of a tar file; type: '0' file, '1' hard link, '2' link, '3' device, '5' folder. */
struct row {
    char type;
    const char *name, *link;
    unsigned mode;
    const char *data;
};

static void put_number(char *field, size_t width, unsigned long long number)
{
    char text[32];

    snprintf(text, sizeof text, "%0*llo", (int)width - 1, number);
    memcpy(field, text, width);
}

/* Appends an entry, which claims to have `size` bytes. Source: tar(5), "POSIX ustar Archives". */
static void put_entry(int fd, const struct row *row, unsigned long long size)
{
    char block[512] = {0}, data[512] = {0}, text[16];
    unsigned sum = 0;

    memcpy(block, row->name, strlen(row->name));
    put_number(block + 100, 8, row->mode);
    put_number(block + 108, 8, getuid());
    put_number(block + 116, 8, getgid());
    put_number(block + 124, 12, size);
    put_number(block + 136, 12, 1000000000);
    memset(block + 148, ' ', 8);
    block[156] = row->type;
    if (row->link != NULL)
        memcpy(block + 157, row->link, strlen(row->link));
    memcpy(block + 257, "ustar\00000", 8);
    put_number(block + 329, 8, 1);
    put_number(block + 337, 8, 3);
    for (size_t i = 0; i < sizeof block; i++)
        sum += (unsigned char)block[i];
    snprintf(text, sizeof text, "%06o", sum);
    memcpy(block + 148, text, 6);
    block[154] = '\0';
    ck_assert_int_eq(write(fd, block, sizeof block), sizeof block);
    if (row->data == NULL)
        return;
    memcpy(data, row->data, strlen(row->data));
    ck_assert_int_eq(write(fd, data, sizeof data), sizeof data);
}

static int new_tar(const struct row *rows, size_t count)
{
    static const char end[1024];
    int fd = memfd_create("layer", MFD_CLOEXEC);

    for (size_t i = 0; i < count && rows[i].name != NULL; i++)
        put_entry(fd, &rows[i], rows[i].data == NULL ? 0 : strlen(rows[i].data));
    ck_assert_int_eq(write(fd, end, sizeof end), sizeof end);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

/* A folder with a decoy beside the root that is filled. */
struct place {
    char path[64];
    int folder, root, lower;
    struct archive_calls calls;
};

static void place_init(struct place *place)
{
    struct err err;

    *place = (struct place){.path = "/tmp/trivium-layer.XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(place->path));
    place->folder = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    mkdirat(place->folder, "root", 0755);
    mkdirat(place->folder, "lower", 0755);
    mkdirat(place->folder, "decoy", 0755);
    place->root = openat(place->folder, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    place->lower = openat(place->folder, "lower", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    close(openat(place->folder, "decoy/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    ck_assert_int_eq(archive_calls_load(&place->calls, &err), 0);
}

static void place_fini(struct place *place)
{
    char command[256];
    struct stat status;

    /* The decoy is what it was: one empty file with one name. */
    ck_assert_int_eq(fstatat(place->folder, "decoy/file", &status, 0), 0);
    ck_assert_int_eq(status.st_size, 0);
    ck_assert_uint_eq(status.st_nlink, 1);
    ck_assert_int_eq(fstatat(place->folder, "decoy", &status, 0), 0);
    ck_assert_uint_eq(status.st_nlink, 2);
    snprintf(command, sizeof command, "test $(ls %s/decoy | wc -l) = 1 && rm -r %s", place->path,
             place->path);
    ck_assert_int_eq(system(command), 0);
    close(place->folder);
    close(place->root);
    close(place->lower);
    archive_calls_unload(&place->calls);
}

static int unpack(struct place *place, int fd, uint64_t most, struct err *err)
{
    const int roots[] = {place->lower, place->root};
    const struct layer_target target = {.roots = roots, .count = 2, .bytes_most = most};
    int answer = layer_unpack(&place->calls, fd, &target, err);

    close(fd);
    return answer;
}

#define ROWS 4

static const struct {
    const char *why; /* a part of what is said */
    struct row rows[ROWS];
} refused[] = {
    {"leads out of its folder", {{'0', "../decoy/file", NULL, 0644, "x"}}},
    {"leads out of its folder", {{'0', "a/../../decoy/new", NULL, 0644, "x"}}},
    {"leads out of its folder", {{'5', "..", NULL, 0755, NULL}}},
    {"leads out of its folder",
     {{'0', "a", NULL, 0644, "x"}, {'1', "b", "../decoy/file", 0644, NULL}}},
    {"begins at the host's root", {{'0', "/tmp/x", NULL, 0644, "x"}}},
    {"begins at the host's root", {{'1', "a", "/etc/passwd", 0644, NULL}}},
    {"a device, pipe or socket", {{'3', "null", NULL, 0666, NULL}}},
    {"a device, pipe or socket", {{'4', "disk", NULL, 0666, NULL}}},
    {"a device, pipe or socket", {{'6', "pipe", NULL, 0666, NULL}}},
    {"could be taken away", {{'0', ".wh...", NULL, 0644, NULL}}},
    {"could be taken away", {{'0', "a/.wh..", NULL, 0644, NULL}}},
    {"could be taken away", {{'0', ".wh.", NULL, 0644, NULL}}},
    {"could be taken away", {{'0', ".wh..wh.plnk", NULL, 0644, NULL}}},
    {"a whiteout is no folder", {{'0', ".wh.../decoy", NULL, 0644, "x"}}},
    {"the layer's root is no folder", {{'2', ".", "/", 0777, NULL}}},
};

START_TEST(what_leads_out_is_refused)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct place place;
        struct err err = {0};
        int fd = new_tar(refused[i].rows, ROWS);

        place_init(&place);
        ck_assert_msg(layer_check(&place.calls, fd, &err) < 0, "row %zu passes the check", i);
        ck_assert_msg(strstr(err.text, refused[i].why) != NULL, "row %zu: %s", i, err.text);
        lseek(fd, 0, SEEK_SET);
        ck_assert_msg(unpack(&place, fd, LAYER_BYTES_MOST, &err) < 0, "row %zu is unpacked", i);
        ck_assert_msg(strstr(err.text, refused[i].why) != NULL, "row %zu: %s", i, err.text);
        place_fini(&place);
    }
}
END_TEST

/* A link out of the root, and a file by its name: the link is looked for beneath the root. */
START_TEST(what_is_written_through_a_link_stays_within)
{
    static const char *const targets[] = {"../decoy", "../../../../../../../tmp", "/decoy"};

    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        const struct row rows[ROWS] = {{'2', "out", targets[i], 0777, NULL},
                                       {'0', "out/file", NULL, 0644, "harm"}};
        struct place place;
        struct err err;

        place_init(&place);
        unpack(&place, new_tar(rows, 2), LAYER_BYTES_MOST, &err); /* ENOENT is as well */
        ck_assert_int_ne(access("/tmp/file", F_OK), 0);
        place_fini(&place);
    }
}
END_TEST

START_TEST(a_file_replaces_a_link_and_does_not_follow_it)
{
    const struct row rows[] = {{'2', "out", "../decoy/file", 0777, NULL},
                               {'0', "out", NULL, 0644, "harm"}};
    struct place place;
    struct err err;
    struct stat status;

    place_init(&place);
    ck_assert_int_eq(unpack(&place, new_tar(rows, 2), LAYER_BYTES_MOST, &err), 0);
    ck_assert_int_eq(fstatat(place.root, "out", &status, AT_SYMLINK_NOFOLLOW), 0);
    ck_assert(S_ISREG(status.st_mode));
    place_fini(&place);
}
END_TEST

/* The link's folder is a link out of the root. */
START_TEST(a_hard_link_to_a_file_outside_is_refused)
{
    const struct row rows[] = {{'2', "out", "../decoy", 0777, NULL},
                               {'1', "mine", "out/file", 0644, NULL}};
    struct place place;
    struct err err;

    place_init(&place);
    ck_assert_int_lt(unpack(&place, new_tar(rows, 2), LAYER_BYTES_MOST, &err), 0);
    place_fini(&place);
}
END_TEST

START_TEST(set_user_id_bits_stay_out)
{
    const struct row rows[] = {{'0', "su", NULL, 06755, "x"}, {'5', "folder", NULL, 02755, NULL}};
    struct place place;
    struct err err;
    struct stat status;

    place_init(&place);
    ck_assert_int_eq(unpack(&place, new_tar(rows, 2), LAYER_BYTES_MOST, &err), 0);
    ck_assert_int_eq(fstatat(place.root, "su", &status, 0), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0755);
    ck_assert_int_eq(fstatat(place.root, "folder", &status, 0), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0755);
    place_fini(&place);
}
END_TEST

/* A header that claims more than there may be, and one that claims more than there is. */
START_TEST(a_size_bomb_is_refused_before_it_is_written)
{
    const struct row row = {'0', "big", NULL, 0644, NULL};
    int fd = memfd_create("layer", MFD_CLOEXEC);
    struct place place;
    struct err err;

    place_init(&place);
    put_entry(fd, &row, 6ULL << 30);
    lseek(fd, 0, SEEK_SET);
    ck_assert_int_lt(layer_check(&place.calls, fd, &err), 0);
    ck_assert_ptr_nonnull(strstr(err.text, "unpacks to more than 4096 MiB"));
    lseek(fd, 0, SEEK_SET);
    ck_assert_int_lt(unpack(&place, fd, 1 << 20, &err), 0);
    ck_assert_ptr_nonnull(strstr(err.text, "unpacks to more than 1 MiB"));
    place_fini(&place);
}
END_TEST

START_TEST(a_truncated_layer_is_refused)
{
    const struct row row = {'0', "half", NULL, 0644, "data"};

    /* In the header, behind it, and in the data. */
    for (off_t length = 100; length <= 700; length += 300) {
        int fd = memfd_create("layer", MFD_CLOEXEC);
        struct place place;
        struct err err;

        place_init(&place);
        put_entry(fd, &row, 5000);
        ck_assert_int_eq(ftruncate(fd, length), 0);
        lseek(fd, 0, SEEK_SET);
        ck_assert_int_lt(layer_check(&place.calls, fd, &err), 0);
        lseek(fd, 0, SEEK_SET);
        ck_assert_int_lt(unpack(&place, fd, LAYER_BYTES_MOST, &err), 0);
        place_fini(&place);
    }
}
END_TEST

static bool is_whiteout(int root, const char *path)
{
    struct stat status;

    return fstatat(root, path, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISCHR(status.st_mode) &&
           status.st_rdev == 0;
}

START_TEST(whiteouts_cover_what_is_below)
{
    const struct row rows[] = {{'0', "a/.wh.gone", NULL, 0644, NULL},
                               {'0', "b/.wh..wh..opq", NULL, 0644, NULL},
                               {'0', "b/new", NULL, 0644, "x"},
                               {'0', "b/c/inner", NULL, 0644, "x"}};
    struct place place;
    struct err err;

    place_init(&place);
    mkdirat(place.lower, "b", 0755);
    mkdirat(place.lower, "b/c", 0755);
    mkdirat(place.lower, "b/d", 0755);
    close(openat(place.lower, "b/new", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    close(openat(place.lower, "b/c/old", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    ck_assert_msg(unpack(&place, new_tar(rows, 4), LAYER_BYTES_MOST, &err) == 0, "%s", err.text);
    ck_assert(is_whiteout(place.root, "a/gone"));
    ck_assert(is_whiteout(place.root, "b/d"));
    ck_assert(is_whiteout(place.root, "b/c/old"));
    ck_assert(!is_whiteout(place.root, "b/new"));
    ck_assert(!is_whiteout(place.root, "b/c/inner"));
    place_fini(&place);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layer");
    TCase *tests = tcase_create("layer");

    tcase_add_test(tests, what_leads_out_is_refused);
    tcase_add_test(tests, what_is_written_through_a_link_stays_within);
    tcase_add_test(tests, a_file_replaces_a_link_and_does_not_follow_it);
    tcase_add_test(tests, a_hard_link_to_a_file_outside_is_refused);
    tcase_add_test(tests, set_user_id_bits_stay_out);
    tcase_add_test(tests, a_size_bomb_is_refused_before_it_is_written);
    tcase_add_test(tests, a_truncated_layer_is_refused);
    tcase_add_test(tests, whiteouts_cover_what_is_below);
    suite_add_tcase(suite, tests);
    return unit_main(suite);
}
