/* lib_test: does the library do what C and POSIX say? Speaks TAP.
 *
 * It is ordinary C: tests/e2e/guest_lib.sh also builds it with the host's own C library, so what is
 * expected here is checked against another one.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct tests {
    int count;
    int failed;
    bool good; /* of the test that runs now */
};

/* Notes that part of a test went wrong. */
static void expect(struct tests *tests, bool condition, const char *what)
{
    if (!condition) {
        printf("# wrong: %s\n", what);
        tests->good = false;
    }
}

static __attribute__((format(printf, 3, 4))) void
expect_format(struct tests *tests, const char *expected, const char *format, ...)
{
    char text[128];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (strcmp(text, expected) != 0 || length != (int)strlen(expected)) {
        printf("# wrong: \"%s\" made \"%s\" (%d), expected \"%s\"\n", format, text, length,
               expected);
        tests->good = false;
    }
}

static void test_format_integers(struct tests *t)
{
    expect_format(t, "0 -1 2147483647 -2147483648", "%d %i %d %d", 0, -1, INT_MAX, INT_MIN);
    expect_format(t, "-9223372036854775808", "%ld", LONG_MIN);
    expect_format(t, "18446744073709551615", "%lu", ULONG_MAX);
    expect_format(t, "ff FF 0xff 0XFF 0", "%x %X %#x %#X %#x", 255U, 255U, 255U, 255U, 0U);
    expect_format(t, "17 017 0 1777777777777777777777", "%o %#o %#o %lo", 15U, 15U, 0U, ULONG_MAX);
    expect_format(t, "    7|7    |00007|   -7|-0007", "%5d|%-5d|%05d|%5d|%05d", 7, 7, 7, -7, -7);
    expect_format(t, "+7 -7  7", "%+d %+d % d", 7, -7, 7);
    expect_format(t, "  007|007  |+007|  |", "%5.3d|%-5.3d|%+.3d|%2.0d|%.0d", 7, 7, 7, 0, 0);
    expect_format(t, "0x0000ff|    0xff|0xff    |", "%#08x|%#8x|%-#8x|", 255U, 255U, 255U);
    expect_format(t, "   42|42   |042", "%*d|%*d|%.*d", 5, 42, -5, 42, 3, 42);
    expect_format(t, "-1 255 -1 65535", "%hhd %hhu %hd %hu", (signed char)-1, (unsigned char)255,
                  (short)-1, (unsigned short)65535);
    expect_format(t, "5 6 7 8", "%zu %jd %td %lld", (size_t)5, (intmax_t)6, (ptrdiff_t)7, 8LL);
    expect_format(t, "4294967295 00000000deadbeef", "%" PRIu32 " %016" PRIx64, UINT32_MAX,
                  UINT64_C(0xdeadbeef));
}

static void test_format_texts(struct tests *t)
{
    expect_format(t, "abc|  abc|abc  |ab|   ab", "%s|%5s|%-5s|%.2s|%5.2s", "abc", "abc", "abc",
                  "abc", "abc");
    expect_format(t, "x|  x|x  |%", "%c|%3c|%-3c|%%", 'x', 'x', 'x');
    expect_format(t, "0x1234 (nil)", "%p %p", (void *)0x1234, NULL);
    expect_format(t, "", "%s", "");
}

static void test_format_limits(struct tests *t)
{
    char text[8] = "xxxxxxx";
    volatile size_t room = 4; /* volatile: compilers warn of what they can see */
    expect(t, snprintf(text, room, "%s", "abcdef") == 6,
           "the length of the whole text is returned");
    expect(t, memcmp(text, "abc\0xxx", 8) == 0, "text is cut and ended inside its memory");
    expect(t, snprintf(NULL, 0, "%d", 12345) == 5, "no memory is needed to measure");
}

static void test_strtol(struct tests *t)
{
    char *end;
    errno = 0;
    expect(t, strtol("  -42x", &end, 10) == -42 && *end == 'x' && errno == 0, "blanks, sign, rest");
    expect(t, strtol("0x1F", NULL, 0) == 31 && strtol("017", NULL, 0) == 15, "bases by prefix");
    expect(t, strtol("ff", NULL, 16) == 255 && strtol("0xff", NULL, 16) == 255, "base 16");
    expect(t, strtol("0x", &end, 16) == 0 && *end == 'x', "0x without digits is 0");
    expect(t, strtol("z", NULL, 36) == 35, "base 36");
    expect(t, strtol("9223372036854775807", NULL, 10) == LONG_MAX && errno == 0, "greatest");
    expect(t, strtol("-9223372036854775808", NULL, 10) == LONG_MIN && errno == 0, "least");
    expect(t, strtol("9223372036854775808", NULL, 10) == LONG_MAX && errno == ERANGE, "too great");
    errno = 0;
    expect(t, strtol("-9223372036854775809", NULL, 10) == LONG_MIN && errno == ERANGE, "too small");
    errno = 0;
    expect(t, strtoul("18446744073709551615", NULL, 10) == ULONG_MAX && errno == 0, "unsigned");
    expect(t, strtoul("18446744073709551616", NULL, 10) == ULONG_MAX && errno == ERANGE,
           "unsigned too great");
    const char *none = "none";
    expect(t, strtol(none, &end, 10) == 0 && end == none, "no digits, nothing read");
    expect(t, atoi("12abc") == 12, "atoi");
}

static void test_memory(struct tests *t)
{
    char text[16] = "0123456789";
    memmove(text + 2, text, 8);
    expect(t, strcmp(text, "0101234567") == 0, "memmove up, overlapping");
    memmove(text, text + 2, 9);
    expect(t, strcmp(text, "01234567") == 0, "memmove down, overlapping");
    expect(t, memcmp("a\xff", "a\x01", 2) > 0, "memcmp compares unsigned bytes");
    expect(t, memcmp("abc", "abd", 2) == 0, "memcmp stops at the size");
    memset(text, 'z', 3);
    expect(t, strcmp(text, "zzz34567") == 0, "memset");
    expect(t, memchr(text, '3', 3) == NULL && memchr(text, '3', 4) == text + 3, "memchr");
}

static void test_text(struct tests *t)
{
    const char *path = "/usr/lib/x";
    expect(t, strchr(path, 'l') == path + 5 && strchr(path, 'q') == NULL, "strchr");
    expect(t, strchr(path, '\0') == path + 10 && strrchr(path, '\0') == path + 10,
           "the final NUL can be found");
    expect(t, strrchr(path, '/') == path + 8 && strrchr(path, 'q') == NULL, "strrchr");
    expect(t, strcmp("a", "b") < 0 && strcmp("b", "a") > 0 && strcmp("", "") == 0, "strcmp");
    expect(t, strcmp("\x80", "a") > 0, "strcmp compares unsigned bytes");
    expect(t, strncmp("abx", "aby", 2) == 0 && strncmp("ab", "abc", 3) < 0, "strncmp");
    expect(t, isspace('\v') && !isspace('x') && toupper('q') == 'Q' && tolower('1') == '1',
           "ctype");
}

static int compare_pairs(const void *left, const void *right)
{
    const unsigned int *a = left;
    const unsigned int *b = right;
    return (*a > *b) - (*a < *b);
}

static void test_qsort(struct tests *t)
{
    static unsigned int values[1000];
    for (size_t count = 0; count <= 1000; count = count * 2 + 1) {
        unsigned int state = 12345;
        unsigned int sum = 0;
        for (size_t i = 0; i < count; i++) {
            state = state * 1103515245U + 12345U;
            values[i] = state >> 16 & 0xff; /* with many equal ones */
            sum += values[i];
        }
        qsort(values, count, sizeof(values[0]), compare_pairs);
        for (size_t i = 0; i < count; i++) {
            sum -= values[i];
            expect(t, i == 0 || values[i - 1] <= values[i], "each is at least the one before");
        }
        expect(t, sum == 0, "the same values as before");
    }
}

/* Many blocks of changing sizes, each filled with a mark of its own that must stay. */
static void test_malloc(struct tests *t)
{
    enum { BLOCKS = 64, ROUNDS = 2000 };
    static unsigned char *blocks[BLOCKS];
    static size_t sizes[BLOCKS];
    unsigned int state = 1;
    for (int round = 0; round < ROUNDS; round++) {
        state = state * 1103515245U + 12345U;
        size_t i = state >> 16 & (BLOCKS - 1);
        for (size_t k = 0; k < sizes[i]; k++)
            expect(t, blocks[i][k] == (unsigned char)i, "nobody wrote into a block");
        free(blocks[i]);
        sizes[i] = state >> 8 & 0xfff;
        blocks[i] = malloc(sizes[i]);
        expect(t, blocks[i] && (uintptr_t)blocks[i] % 16 == 0, "blocks are aligned");
        if (!blocks[i])
            return;
        memset(blocks[i], (int)i, sizes[i]);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        free(blocks[i]);
}

static void test_malloc_edges(struct tests *t)
{
    volatile size_t huge = SIZE_MAX; /* volatile: compilers refuse what they can see */
    errno = 0;
    expect(t, malloc(huge) == NULL && errno == ENOMEM, "more than there is");
    expect(t, calloc(huge / 2, 3) == NULL, "a product that overflows");
    unsigned char *zeroes = calloc(100, 3);
    for (size_t i = 0; zeroes && i < 300; i++)
        expect(t, zeroes[i] == 0, "calloc clears");
    free(zeroes);
    free(NULL);
    char *text = realloc(NULL, 4);
    if (text) {
        strcpy(text, "abc");
        text = realloc(text, 100000);
    }
    expect(t, text && strcmp(text, "abc") == 0, "realloc keeps what was there");
    free(text);
}

static void test_environment(struct tests *t)
{
    expect(t, getenv("TRIVIUM_TEST_NAME") == NULL, "not set at first");
    expect(t, setenv("TRIVIUM_TEST_NAME", "one", 1) == 0, "set");
    expect(t, setenv("TRIVIUM_TEST_NAME", "two", 0) == 0, "not overwritten");
    expect(t, getenv("TRIVIUM_TEST_NAME") && strcmp(getenv("TRIVIUM_TEST_NAME"), "one") == 0,
           "the first value stays");
    setenv("TRIVIUM_TEST_NAME", "three", 1);
    expect(t, strcmp(getenv("TRIVIUM_TEST_NAME"), "three") == 0, "overwritten");
    expect(t, getenv("TRIVIUM_TEST_NAM") == NULL, "a prefix is another name");
    expect(t, setenv("A=B", "x", 1) < 0 && errno == EINVAL, "no = in a name");
    expect(t, getauxval(AT_PAGESZ) == 4096, "the page size is on the stack");
}

static void test_files(struct tests *t)
{
    struct stat file;
    char name[64];
    char data[8] = "";
    snprintf(name, sizeof(name), "/tmp/trivium-lib-test.%d", (int)getpid());
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    expect(t, fd >= 0, "a file is made");
    expect(t, open(name, O_RDWR | O_CREAT | O_EXCL, 0600) < 0 && errno == EEXIST, "only once");
    expect(t, write(fd, "hello", 5) == 5 && lseek(fd, 1, SEEK_SET) == 1, "written and rewound");
    expect(t, read(fd, data, sizeof(data)) == 4 && strcmp(data, "ello") == 0, "read back");
    expect(t, fstat(fd, &file) == 0 && file.st_size == 5 && S_ISREG(file.st_mode), "fstat");
    expect(t, (file.st_mode & 0777) == 0600 && file.st_nlink == 1, "mode and links");
    expect(t, dup2(fd, fd) == fd && dup2(99, 99) < 0 && errno == EBADF, "dup2 onto itself");
    expect(t, !isatty(fd) && close(fd) == 0 && close(fd) < 0 && errno == EBADF, "closed once");
    expect(t, unlink(name) == 0 && stat(name, &file) < 0 && errno == ENOENT, "removed");
}

static void test_folders(struct tests *t)
{
    char name[64];
    char where[PATH_MAX];
    int found = 0;
    snprintf(name, sizeof(name), "/tmp/trivium-lib-dir.%d", (int)getpid());
    expect(t, mkdir(name, 0700) == 0, "a folder is made");
    expect(t, chdir(name) == 0 && getcwd(where, sizeof(where)) && strcmp(where, name) == 0,
           "and entered");
    for (int i = 0; i < 300; i++) { /* more names than one call of the kernel returns */
        char entry[32];
        snprintf(entry, sizeof(entry), "a-file-with-number-%d", i);
        close(open(entry, O_WRONLY | O_CREAT, 0600));
    }
    DIR *dir = opendir(".");
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        found += entry->d_name[0] == 'a';
    expect(t, found == 300, "every name is read once");
    expect(t, dir && closedir(dir) == 0, "closed");
    for (int i = 0; i < 300; i++) {
        char entry[32];
        snprintf(entry, sizeof(entry), "a-file-with-number-%d", i);
        unlink(entry);
    }
    expect(t, chdir("/") == 0 && rmdir(name) == 0, "removed");
    expect(t, opendir(name) == NULL && errno == ENOENT, "gone");
}

static void test_processes(struct tests *t)
{
    int fds[2];
    int status = 0;
    pid_t numbers[2] = {0, 0};
    pid_t parent = getpid();
    expect(t, pipe(fds) == 0, "a pipe");
    pid_t pid = fork();
    if (pid == 0) {
        numbers[0] = getppid();
        numbers[1] = getpid();
        _exit(write(fds[1], numbers, sizeof(numbers)) == sizeof(numbers) ? 42 : 1);
    }
    close(fds[1]);
    expect(t, read(fds[0], numbers, sizeof(numbers)) == sizeof(numbers), "the child writes");
    expect(t, read(fds[0], &status, 1) == 0, "then the pipe ends");
    close(fds[0]);
    expect(t, numbers[0] == parent && numbers[1] == pid, "who is whose parent");
    expect(t, waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 42,
           "its status");
    expect(t, waitpid(pid, &status, 0) < 0 && errno == ECHILD, "is told once");

    pid = fork();
    if (pid == 0) {
        for (;;)
            sched_yield();
    }
    expect(t, kill(pid, SIGTERM) == 0 && wait(&status) == pid, "a child is ended");
    expect(t, WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "by that signal");
    char *const argv[] = {"nobody", NULL};
    setenv("PATH", "/usr/bin:/bin", 1);
    expect(t, execvp("there-is-no-such-program", argv) < 0 && errno == ENOENT, "not found");
}

static void test_signals(struct tests *t)
{
    expect(t, signal(SIGTERM, SIG_IGN) == SIG_DFL, "was default");
    expect(t, kill(getpid(), SIGTERM) == 0, "ignored");
    expect(t, signal(SIGTERM, SIG_DFL) == SIG_IGN, "was ignored");
    expect(t, signal(SIGKILL, SIG_IGN) == SIG_ERR && errno == EINVAL, "some cannot be");
}

static void test_mappings(struct tests *t)
{
    int status = 0;
    int protection = PROT_READ | PROT_WRITE;
    int *shared = mmap(NULL, 4096, protection, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int *own = mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    expect(t, shared != MAP_FAILED && own != MAP_FAILED, "mapped");
    if (shared == MAP_FAILED || own == MAP_FAILED)
        return;
    expect(t, shared[0] == 0 && own[0] == 0, "zeroed");
    pid_t pid = fork();
    if (pid == 0) {
        shared[0] = 1;
        own[0] = 1;
        _exit(0);
    }
    waitpid(pid, &status, 0);
    expect(t, shared[0] == 1 && own[0] == 0, "a child's writes are seen when shared only");

    pid = fork();
    if (pid == 0) {
        mprotect(own, 4096, PROT_READ);
        *(volatile int *)own = 1;
        _exit(0);
    }
    waitpid(pid, &status, 0);
    expect(t, WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV, "read-only means it");
    expect(t, munmap(shared, 4096) == 0 && munmap(own, 4096) == 0, "unmapped");
}

static void test_clocks(struct tests *t)
{
    struct timespec before;
    struct timespec after;
    const struct timespec pause = {0, 2000000};
    expect(t, clock_gettime(CLOCK_MONOTONIC, &before) == 0, "a clock");
    expect(t, nanosleep(&pause, NULL) == 0, "a pause");
    clock_gettime(CLOCK_MONOTONIC, &after);
    long passed = (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec;
    expect(t, passed >= 2000000, "it was not shorter than asked");
    expect(t, clock_gettime(12345, &after) < 0 && errno == EINVAL, "no such clock");
}

static void test_system(struct tests *t)
{
    struct utsname names;
    unsigned char random[16] = {0};
    int sum = 0;
    expect(t, uname(&names) == 0 && names.sysname[0] != '\0', "the system has a name");
    expect(t, getrandom(random, sizeof(random), 0) == sizeof(random), "random bytes");
    for (size_t i = 0; i < sizeof(random); i++)
        sum += random[i];
    expect(t, sum != 0, "not all are 0");
    expect(t, strcmp(strerror(ENOENT), "No such file or directory") == 0, "a known error");
    expect(t, strcmp(strerror(9999), "Unknown error 9999") == 0, "an unknown error");
}

/* A child prints without a newline, and forks before that is written. */
static void test_output(struct tests *t)
{
    char text[64] = "";
    int fds[2];
    fflush(stdout);
    expect(t, pipe(fds) == 0, "a pipe");
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fds[1], STDOUT_FILENO);
        close(fds[0]);
        close(fds[1]);
        printf("one ");
        fflush(stdout); /* this library's fork does it, others need it */
        if (fork() == 0) {
            printf("two ");
            exit(0);
        }
        wait(NULL);
        fputs("three", stdout);
        exit(0);
    }
    close(fds[1]);
    waitpid(pid, NULL, 0);
    expect(t, read(fds[0], text, sizeof(text) - 1) > 0, "all was written");
    close(fds[0]);
    expect(t, strcmp(text, "one two three") == 0, "once, and in order");
}

static void test_input(struct tests *t)
{
    char text[8];
    int fds[2];
    expect(t, pipe(fds) == 0 && dup2(fds[0], STDIN_FILENO) == STDIN_FILENO, "a pipe");
    expect(t, write(fds[1], "ab\nlonger line\nend", 18) == 18, "three lines");
    close(fds[0]);
    close(fds[1]);
    expect(t, fgets(text, sizeof(text), stdin) && strcmp(text, "ab\n") == 0, "a short line");
    expect(t, fgets(text, sizeof(text), stdin) && strcmp(text, "longer ") == 0, "a part");
    expect(t, fgets(text, sizeof(text), stdin) && strcmp(text, "line\n") == 0, "the rest");
    expect(t, getchar() == 'e', "a character");
    expect(t, fgets(text, sizeof(text), stdin) && strcmp(text, "nd") == 0, "no final newline");
    expect(t, fgets(text, sizeof(text), stdin) == NULL && getchar() == EOF, "the end");
}

int main(void)
{
    static const struct {
        const char *name;
        void (*run)(struct tests *tests);
    } all[] = {
        {"printf formats integers", test_format_integers},
        {"printf formats texts and pointers", test_format_texts},
        {"snprintf stays inside its memory", test_format_limits},
        {"strtol and strtoul read every base and tell what is out of range", test_strtol},
        {"memory functions copy, fill and compare bytes", test_memory},
        {"text functions find and compare", test_text},
        {"qsort sorts any number of elements", test_qsort},
        {"malloc keeps blocks apart through thousands of calls", test_malloc},
        {"malloc refuses what cannot be", test_malloc_edges},
        {"the environment can be read and set", test_environment},
        {"files are made, written, read and removed", test_files},
        {"a folder with many names is read", test_folders},
        {"processes fork, answer, exit and are waited for", test_processes},
        {"signals can be ignored and restored", test_signals},
        {"memory is mapped, shared and protected", test_mappings},
        {"clocks run", test_clocks},
        {"the system tells its name, random bytes and errors", test_system},
        {"output is written once and in order around fork", test_output},
        {"input is read by lines and characters", test_input},
    };
    struct tests tests = {0};
    const int count = (int)(sizeof(all) / sizeof(all[0]));
    printf("1..%d\n", count);
    for (int i = 0; i < count; i++) {
        tests.good = true;
        all[i].run(&tests);
        tests.failed += !tests.good;
        printf("%sok %d - %s\n", tests.good ? "" : "not ", ++tests.count, all[i].name);
    }
    return tests.failed > 0;
}
