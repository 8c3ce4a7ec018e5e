/* Files: contents, offsets, flags, descriptors. */
#include "guest/bin/stress/stress.h"
#include "guest/lib/syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_file(const char *path, int flags)
{
    int fd = open(path, flags, 0644);
    CHECK(fd >= 0);
    return fd;
}

static void remove_file(const char *path)
{
    CHECK(unlink(path) == 0);
}

/* Does the file hold exactly this text? */
static void check_text(const char *path, const char *expected)
{
    char text[64] = {0};
    int fd = open_file(path, O_RDONLY);
    CHECK(read(fd, text, sizeof(text) - 1) == (ssize_t)strlen(expected));
    CHECK(strcmp(text, expected) == 0);
    CHECK(close(fd) == 0);
}

static void file_bytes(void)
{
    char text[8];
    test_enter_folder();
    int fd = open_file("f", O_RDWR | O_CREAT);
    CHECK(read(fd, text, sizeof(text)) == 0);
    test_write(fd, "hello", 5);
    CHECK(read(fd, text, sizeof(text)) == 0);
    CHECK(lseek(fd, 1, SEEK_SET) == 1);
    CHECK(read(fd, text, sizeof(text)) == 4 && memcmp(text, "ello", 4) == 0);
    CHECK(lseek(fd, -2, SEEK_END) == 3);
    test_write(fd, "LOW", 3);
    CHECK(close(fd) == 0);
    check_text("f", "helLOW");
    remove_file("f");
    test_leave_folder();
}

static void file_large(void)
{
    enum { SIZE = 1000 * 1000 + 1 };
    static unsigned char data[3000];
    test_enter_folder();
    test_make_file("f", SIZE);
    int fd = open_file("f", O_RDONLY);
    size_t done = 0;
    for (;;) {
        ssize_t count = read(fd, data, sizeof(data));
        CHECK(count >= 0);
        if (count == 0)
            break;
        for (ssize_t i = 0; i < count; i++)
            CHECK(data[i] == test_byte(done + (size_t)i));
        done += (size_t)count;
    }
    CHECK(done == SIZE);
    close(fd);
    remove_file("f");
    test_leave_folder();
}

static void file_flags(void)
{
    test_enter_folder();
    CHECK_ERROR(open("f", O_RDONLY), ENOENT);
    CHECK_ERROR(open("f", O_WRONLY | O_TRUNC), ENOENT);
    close(open_file("f", O_WRONLY | O_CREAT | O_EXCL));
    CHECK_ERROR(open("f", O_WRONLY | O_CREAT | O_EXCL, 0644), EEXIST);
    int fd = open_file("f", O_WRONLY | O_CREAT);
    test_write(fd, "long text", 9);
    close(fd);
    fd = open_file("f", O_WRONLY);
    test_write(fd, "LONG", 4);
    close(fd);
    check_text("f", "LONG text");
    fd = open_file("f", O_WRONLY | O_TRUNC);
    test_write(fd, "x", 1);
    close(fd);
    check_text("f", "x");
    CHECK_ERROR(open("f", O_RDONLY | O_DIRECTORY), ENOTDIR);
    remove_file("f");
    test_leave_folder();
}

static void file_append(void)
{
    test_enter_folder();
    int first = open_file("f", O_WRONLY | O_CREAT | O_APPEND);
    int second = open_file("f", O_WRONLY | O_APPEND);
    test_write(first, "1", 1);
    test_write(second, "2", 1);
    CHECK(lseek(first, 0, SEEK_SET) == 0);
    test_write(first, "3", 1);
    CHECK(lseek(first, 0, SEEK_CUR) == 3);
    close(first);
    close(second);
    check_text("f", "123");
    remove_file("f");
    test_leave_folder();
}

/* Bytes that were jumped over, or cut off and then jumped over, are zero. */
static void file_hole(void)
{
    enum { FAR = 3 * PAGE + 17 };
    static char data[FAR + 1];
    test_enter_folder();
    int fd = open_file("f", O_RDWR | O_CREAT);
    test_write(fd, "full", 4);
    CHECK(lseek(fd, FAR, SEEK_SET) == FAR);
    struct stat file;
    CHECK(fstat(fd, &file) == 0 && file.st_size == 4);
    test_write(fd, "e", 1);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    test_read(fd, data, sizeof(data));
    CHECK(memcmp(data, "full", 4) == 0 && data[FAR] == 'e');
    for (size_t i = 4; i < FAR; i++)
        CHECK(data[i] == 0);
    close(open_file("f", O_WRONLY | O_TRUNC));
    CHECK(lseek(fd, 2, SEEK_SET) == 2);
    test_write(fd, "x", 1);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    CHECK(read(fd, data, sizeof(data)) == 3 && memcmp(data, "\0\0x", 3) == 0);
    close(fd);
    remove_file("f");
    test_leave_folder();
}

static void file_offset(void)
{
    test_enter_folder();
    test_make_file("f", 10);
    int fd = open_file("f", O_RDWR);
    char byte;
    CHECK(lseek(fd, 0, SEEK_END) == 10);
    CHECK(lseek(fd, -4, SEEK_CUR) == 6);
    CHECK(lseek(fd, 90, SEEK_END) == 100);
    CHECK(read(fd, &byte, 1) == 0);
    CHECK_ERROR(lseek(fd, -1, SEEK_SET), EINVAL);
    CHECK_ERROR(lseek(fd, -11, SEEK_END), EINVAL);
    CHECK_ERROR(lseek(fd, 0, 77), EINVAL);
    CHECK_ERROR(lseek(fd, LONG_MIN, SEEK_CUR), EINVAL);
    CHECK(lseek(fd, 0, SEEK_CUR) == 100);
    close(fd);
    remove_file("f");
    test_leave_folder();
}

static void file_rights(void)
{
    char byte = 'x';
    test_enter_folder();
    test_make_file("f", 10);
    int reads = open_file("f", O_RDONLY);
    int writes = open_file("f", O_WRONLY);
    CHECK_ERROR(write(reads, &byte, 1), EBADF);
    CHECK_ERROR(read(writes, &byte, 1), EBADF);
    close(reads);
    close(writes);
    remove_file("f");
    test_leave_folder();
}

static void file_unlinked(void)
{
    char text[8];
    struct stat file;
    test_enter_folder();
    int fd = open_file("f", O_RDWR | O_CREAT);
    test_write(fd, "before", 6);
    remove_file("f");
    CHECK_ERROR(open("f", O_RDONLY), ENOENT);
    CHECK_ERROR(unlink("f"), ENOENT);
    test_write(fd, "+", 1);
    CHECK(fstat(fd, &file) == 0 && file.st_nlink == 0 && file.st_size == 7);
    close(open_file("f", O_WRONLY | O_CREAT)); /* another file of that name */
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    CHECK(read(fd, text, sizeof(text)) == 7 && memcmp(text, "before+", 7) == 0);
    close(fd);
    check_text("f", "");
    remove_file("f");
    test_leave_folder();
}

static void file_stat(void)
{
    struct stat by_path;
    struct stat by_fd;
    struct stat other;
    test_enter_folder();
    test_make_file("f", 5000);
    close(open_file("g", O_WRONLY | O_CREAT));
    int fd = open_file("f", O_RDONLY);
    CHECK(fstat(fd, &by_fd) == 0 && stat("f", &by_path) == 0 && stat("g", &other) == 0);
    CHECK(S_ISREG(by_fd.st_mode) && (by_fd.st_mode & 0777) == 0644);
    CHECK(by_fd.st_size == 5000 && by_fd.st_nlink == 1);
    CHECK(by_fd.st_ino == by_path.st_ino && by_fd.st_dev == by_path.st_dev);
    CHECK(by_fd.st_ino != other.st_ino && other.st_size == 0);
    CHECK_ERROR(stat("h", &other), ENOENT);
    close(fd);
    remove_file("f");
    remove_file("g");
    test_leave_folder();
}

/* struct iovec: Linux, include/uapi/linux/uio.h. */
struct part {
    void *start;
    size_t size;
};

static void file_parts(void)
{
    char text[16] = {0};
    struct part out[] = {{"one", 3}, {"", 0}, {"two", 3}, {"three", 5}};
    struct part in[] = {{text, 2}, {text + 2, 6}, {text + 8, 8}};
    test_enter_folder();
    int fd = open_file("f", O_RDWR | O_CREAT);
    CHECK(syscall3(SYS_writev, fd, (long)out, 4) == 11);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    CHECK(syscall3(SYS_readv, fd, (long)in, 3) == 11);
    CHECK(strcmp(text, "onetwothree") == 0);
    CHECK(syscall3(SYS_writev, fd, (long)out, 0) == 0);
    CHECK_ERROR(syscall3(SYS_writev, fd, (long)out, -1), EINVAL);
    CHECK_ERROR(syscall3(SYS_writev, fd, (long)out, 1025), EINVAL);
    out[0].size = (size_t)1 << 63;
    CHECK_ERROR(syscall3(SYS_writev, fd, (long)out, 4), EINVAL);
    close(fd);
    remove_file("f");
    test_leave_folder();
}

static void descriptor_lowest(void)
{
    int first = open_file("/dev/null", O_RDONLY);
    int second = open_file("/dev/null", O_RDONLY);
    int third = open_file("/dev/null", O_RDONLY);
    CHECK(second == first + 1 && third == second + 1);
    CHECK(close(second) == 0);
    CHECK_ERROR(close(second), EBADF);
    CHECK(open_file("/dev/null", O_RDONLY) == second);
    CHECK(close(first) == 0);
    int fds[2];
    CHECK(pipe(fds) == 0);
    CHECK(fds[0] == first && fds[1] == third + 1);
}

static void descriptor_copy(void)
{
    char text[8] = {0};
    struct stat file;
    test_enter_folder();
    int fd = open_file("f", O_RDWR | O_CREAT);
    CHECK(dup2(fd, 20) == 20);
    test_write(fd, "ab", 2);
    test_write(20, "cd", 2); /* one offset */
    CHECK(close(fd) == 0);
    CHECK(lseek(20, 0, SEEK_SET) == 0);
    test_read(20, text, 4);
    CHECK(strcmp(text, "abcd") == 0);
    int other = open_file("/dev/null", O_RDONLY);
    CHECK(dup2(20, other) == other); /* closes what was there */
    CHECK(fstat(other, &file) == 0 && file.st_size == 4);
    CHECK(dup2(other, other) == other);
    CHECK_ERROR(syscall3(SYS_dup3, other, other, 0), EINVAL);
    CHECK_ERROR(dup2(77, 20), EBADF);
    CHECK_ERROR(dup2(20, -1), EBADF);
    CHECK_ERROR(dup2(20, 1 << 30), EBADF);
    CHECK(fstat(20, &file) == 0);
    close(20);
    close(other);
    remove_file("f");
    test_leave_folder();
}

/* Four writers append records to one file: all of them are there, whole. */
static void file_shared(void)
{
    enum { WRITERS = 4, RECORDS = 50, RECORD = 100 };
    char record[RECORD];
    int seen[WRITERS] = {0};
    pid_t children[WRITERS];
    test_enter_folder();
    for (int i = 0; i < WRITERS; i++) {
        children[i] = test_fork();
        if (children[i] == 0) {
            int fd = open_file("f", O_WRONLY | O_CREAT | O_APPEND);
            memset(record, 'a' + i, sizeof(record));
            for (int j = 0; j < RECORDS; j++)
                CHECK(write(fd, record, sizeof(record)) == sizeof(record));
            _exit(0);
        }
    }
    for (int i = 0; i < WRITERS; i++)
        test_wait_exit(children[i], 0);
    int fd = open_file("f", O_RDONLY);
    for (int i = 0; i < WRITERS * RECORDS; i++) {
        test_read(fd, record, sizeof(record));
        for (size_t j = 1; j < sizeof(record); j++)
            CHECK(record[j] == record[0]);
        CHECK(record[0] >= 'a' && record[0] < 'a' + WRITERS);
        seen[record[0] - 'a']++;
    }
    for (int i = 0; i < WRITERS; i++)
        CHECK(seen[i] == RECORDS);
    CHECK(read(fd, record, 1) == 0);
    close(fd);
    remove_file("f");
    test_leave_folder();
}

/* The files that the system came with are copied when they are written, not before. */
static void file_initial(void)
{
    unsigned char before[PAGE];
    unsigned char after[PAGE];
    if (!test_own_kernel())
        test_skip("would write into a program of the host's");
    int fd = open_file("/bin/hello", O_RDWR);
    test_read(fd, before, sizeof(before));
    CHECK(lseek(fd, 100, SEEK_SET) == 100);
    test_write(fd, "written", 7);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    test_read(fd, after, sizeof(after));
    CHECK(memcmp(after, before, 100) == 0 && memcmp(after + 100, "written", 7) == 0);
    CHECK(memcmp(after + 107, before + 107, sizeof(before) - 107) == 0);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    test_write(fd, before, sizeof(before));
    test_keep(); /* the copy */
}

/* What two processes know of each other in file_mapped. */
struct mapping_state {
    volatile size_t next; /* the first page that the writer has not written */
    volatile uint64_t maps;
    volatile bool over;
};

/* Maps what nobody has written yet of the file, and unmaps it, again and again. */
static void keep_mapping(int fd, size_t pages, struct mapping_state *state)
{
    while (!state->over) {
        size_t first = state->next;
        if (first == pages)
            continue;
        size_t size = (pages - first) * PAGE;
        char *memory = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, (off_t)(first * PAGE));
        CHECK(memory != MAP_FAILED && munmap(memory, size) == 0);
        state->maps++;
    }
    _exit(0);
}

/* Waits until the other process has mapped the file once more. */
static void await_map(const struct mapping_state *state)
{
    uint64_t before = state->maps;
    while (state->maps == before)
        syscall0(SYS_sched_yield);
}

/* The files that the system came with are mapped in place, as long as nobody writes to them, which
 * another process may do at any moment. */
static void file_mapped(void)
{
    if (!test_own_kernel())
        test_skip("would write into a program of the host's");
    struct mapping_state *state =
        mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(state != MAP_FAILED);
    int fd = open_file("/bin/mix", O_RDWR);
    size_t pages = (size_t)lseek(fd, 0, SEEK_END) / PAGE;
    pid_t mapper = test_fork();
    if (mapper == 0)
        keep_mapping(fd, pages, state);
    for (size_t i = 0; i < pages; i++) {
        char byte;
        CHECK(lseek(fd, (off_t)(i * PAGE), SEEK_SET) >= 0);
        test_read(fd, &byte, 1);
        CHECK(lseek(fd, (off_t)(i * PAGE), SEEK_SET) >= 0);
        await_map(state);
        for (volatile size_t wait = 0; wait < i * 37 % 500; wait++)
            continue;
        test_write(fd, &byte, 1);
        state->next = i + 1;
    }
    state->over = true;
    test_wait_exit(mapper, 0);
    test_keep(); /* the copy */
}

/* Commands of fcntl. Source: Linux, include/uapi/asm-generic/fcntl.h. */
enum { F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030 };
enum { FD_CLOEXEC = 1 };

static long fcntl_call(int fd, long command, long argument)
{
    return syscall3(SYS_fcntl, fd, command, argument);
}

static void descriptor_dup(void)
{
    test_enter_folder();
    int fd = open_file("f", O_RDWR | O_CREAT);
    int copy = (int)syscall1(SYS_dup, fd);
    CHECK(copy > fd);
    test_write(fd, "ab", 2);
    CHECK(lseek(copy, 0, SEEK_CUR) == 2);
    CHECK(close(fd) == 0);
    CHECK(syscall1(SYS_dup, copy) == fd);
    CHECK_ERROR(syscall1(SYS_dup, 1000000), EBADF);
    CHECK_ERROR(syscall1(SYS_dup, -1), EBADF);
    remove_file("f");
    test_leave_folder();
}

static void descriptor_fcntl(void)
{
    test_enter_folder();
    int fd = open_file("f", O_RDWR | O_CREAT);
    CHECK(fcntl_call(fd, F_GETFD, 0) == 0);
    CHECK(fcntl_call(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl_call(fd, F_GETFD, 0) == FD_CLOEXEC);
    int copy = (int)fcntl_call(fd, F_DUPFD, 20);
    CHECK(copy == 20 && fcntl_call(copy, F_GETFD, 0) == 0);
    CHECK(fcntl_call(fd, F_DUPFD_CLOEXEC, 20) == 21 && fcntl_call(21, F_GETFD, 0) == FD_CLOEXEC);
    CHECK_ERROR(fcntl_call(fd, F_DUPFD, -1), EINVAL);
    CHECK_ERROR(fcntl_call(fd, F_DUPFD, 1 << 30), EINVAL);
    CHECK((fcntl_call(fd, F_GETFL, 0) & O_ACCMODE) == O_RDWR);
    CHECK(fcntl_call(fd, F_SETFL, O_APPEND) == 0);
    CHECK(fcntl_call(copy, F_GETFL, 0) & O_APPEND); /* the flags are the file's, not the number's */
    test_write(fd, "ab", 2);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    test_write(fd, "cd", 2);
    check_text("f", "abcd");
    CHECK_ERROR(fcntl_call(1000, F_GETFL, 0), EBADF);
    CHECK_ERROR(fcntl_call(fd, 9999, 0), EINVAL);
    remove_file("f");
    test_leave_folder();
}

static void file_truncate(void)
{
    char text[12];
    test_enter_folder();
    int fd = open_file("f", O_RDWR | O_CREAT);
    test_write(fd, "hello, world", 12);
    CHECK(syscall2(SYS_ftruncate, fd, 5) == 0);
    check_text("f", "hello");
    CHECK(lseek(fd, 0, SEEK_CUR) == 12); /* the offset stays where it is */
    CHECK(syscall2(SYS_ftruncate, fd, 9) == 0);
    CHECK(lseek(fd, 0, SEEK_SET) == 0 && read(fd, text, sizeof(text)) == 9);
    CHECK(memcmp(text, "hello\0\0\0\0", 9) == 0); /* and not what had been there */
    CHECK(syscall2(SYS_ftruncate, fd, 3 * PAGE + 1) == 0);
    CHECK(lseek(fd, 0, SEEK_END) == 3 * PAGE + 1);
    CHECK(syscall2(SYS_ftruncate, fd, 0) == 0 && lseek(fd, 0, SEEK_END) == 0);
    CHECK_ERROR(syscall2(SYS_ftruncate, fd, -1), EINVAL);
    CHECK_ERROR(syscall2(SYS_ftruncate, 1000, 0), EBADF);
    int reader = open_file("f", O_RDONLY);
    CHECK_ERROR(syscall2(SYS_ftruncate, reader, 0), EINVAL);
    remove_file("f");
    test_leave_folder();
}

static const struct test tests[] = {
    {"file_bytes", "a file gives back what was written, at any offset", file_bytes},
    {"file_large", "so does one of a megabyte", file_large},
    {"file_flags", "O_CREAT, O_EXCL, O_TRUNC and O_DIRECTORY do what they should", file_flags},
    {"file_append", "O_APPEND writes at the end, whatever the offset", file_append},
    {"file_hole", "what was never written is zero", file_hole},
    {"file_offset", "lseek knows its limits", file_offset},
    {"file_rights", "a file opened for reading cannot be written, nor the reverse", file_rights},
    {"file_unlinked", "a file that is open lives on without its name", file_unlinked},
    {"file_stat", "stat and fstat tell kind, rights, size and identity", file_stat},
    {"file_parts", "readv and writev take their parts in order", file_parts},
    {"descriptor_lowest", "a new descriptor is the lowest that is free", descriptor_lowest},
    {"descriptor_copy", "a copied descriptor shares the offset", descriptor_copy},
    {"descriptor_dup", "dup takes the lowest number, for the same file", descriptor_dup},
    {"descriptor_fcntl", "fcntl copies, marks, and changes the flags of the file",
     descriptor_fcntl},
    {"file_truncate", "ftruncate cuts, and grows by zeros", file_truncate},
    {"file_shared", "records that four processes append stay whole", file_shared},
    {"file_mapped", "such a file can be mapped while it is written", file_mapped},
    {"file_initial", "a file that the system came with can be written", file_initial},
};

const struct test_group file_tests = {tests, sizeof(tests) / sizeof(tests[0])};
