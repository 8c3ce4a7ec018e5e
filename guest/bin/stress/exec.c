/* execve: this program executes itself anew, in a role that answers what it finds. */
#include "guest/bin/stress/stress.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_NOT_EXECUTED = 99, ARGUMENTS = 50 };

/* Where the file of this program is, from any folder: what it was started by. Each role gets it as
 * its first argument, because a copy of the program was started by another path. */
static const char *own_path(void)
{
    const char *path = (const char *)(uintptr_t)getauxval(AT_EXECFN);
    CHECK(path && *path);
    if (*path != '/')
        test_skip("needs to be started by an absolute path");
    return path;
}

/* Executes a file in a role, in a child. */
static pid_t start_role(const char *path, const char *role, const char *argument)
{
    const char *argv[] = {"stress", "--role", role, argument, NULL};
    char *const envp[] = {NULL};
    pid_t child = test_fork();
    if (child == 0) {
        execve(path, (char *const *)(uintptr_t)argv, envp);
        _exit(STATUS_NOT_EXECUTED);
    }
    return child;
}

/* The same, and waits for it to end with this status. */
static void execute(const char *path, const char *role, const char *argument, int status)
{
    test_wait_exit(start_role(path, role, argument), status);
}

static char *number_text(int number, char *text, size_t size)
{
    snprintf(text, size, "%d", number);
    return text;
}

/* The roles. Each returns the exit status; argv[0] is the role's name. */

static int role_status(int argc, char **argv)
{
    return argc == 2 ? atoi(argv[1]) : STATUS_FAILED;
}

/* Arguments 1 .. ARGUMENTS, and two texts in the environment. */
static int role_arguments(int argc, char **argv)
{
    char text[16];
    if (argc != 1 + ARGUMENTS || argv[argc])
        return 2;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], number_text(i, text, sizeof(text))) != 0)
            return 3;
    }
    if (!environ[0] || !environ[1] || environ[2])
        return 4;
    if (strcmp(environ[0], "STRESS=yes") != 0 || strcmp(environ[1], "EMPTY=") != 0)
        return 5;
    return 0;
}

static int role_pid(int argc, char **argv)
{
    return argc == 2 && getpid() == atoi(argv[1]) ? 0 : STATUS_FAILED;
}

/* Is the descriptor closed? */
static int role_closed(int argc, char **argv)
{
    struct stat file;
    return argc == 2 && fstat(atoi(argv[1]), &file) < 0 && errno == EBADF ? 0 : STATUS_FAILED;
}

/* Is it open, with its offset? */
static int role_open(int argc, char **argv)
{
    return argc == 2 && lseek(atoi(argv[1]), 0, SEEK_CUR) == 3 ? 0 : STATUS_FAILED;
}

static int role_folder(int argc, char **argv)
{
    char path[64];
    if (argc != 2 || !getcwd(path, sizeof(path)))
        return 2;
    return strcmp(path, argv[1]) == 0 ? 0 : STATUS_FAILED;
}

static int role_ignoring(int argc, char **argv)
{
    (void)argv;
    return argc == 2 && signal(SIGTERM, SIG_DFL) == SIG_IGN ? 0 : STATUS_FAILED;
}

/* Written by fresh_memory before it executes this program anew. */
static int marker = 1;

static int role_fresh(int argc, char **argv)
{
    (void)argv;
    return argc == 2 && marker == 1 ? 0 : STATUS_FAILED;
}

/* Uses so many bytes of the stack, counted from an address in it. Returns how many. */
static size_t use_stack(uintptr_t from, size_t size)
{
    volatile char frame[500];
    size_t used = from - (uintptr_t)frame;
    frame[0] = 1;
    if (used < size)
        used = use_stack(from, size);
    return used - 1 + (size_t)frame[0];
}

/* Uses so many KiB of the stack, after it has mapped memory that an overflow might run into. */
static int role_deep(int argc, char **argv)
{
    enum { MAPPED = 1 << 20 };
    char top;
    void *memory = mmap(NULL, MAPPED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (argc != 2 || memory == MAP_FAILED)
        return 2;
    size_t size = (size_t)atoi(argv[1]) * 1024;
    return use_stack((uintptr_t)&top, size) >= size ? 0 : STATUS_FAILED;
}

int exec_role(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } roles[] = {
        {"status", role_status}, {"arguments", role_arguments}, {"pid", role_pid},
        {"closed", role_closed}, {"open", role_open},           {"folder", role_folder},
        {"fresh", role_fresh},   {"ignoring", role_ignoring},   {"deep", role_deep},
    };
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (strcmp(argv[0], roles[i].name) == 0)
            return roles[i].run(argc, argv);
    }
    fprintf(stderr, "stress: no role %s\n", argv[0]);
    return 2;
}

/* The tests. */

static void exec_status(void)
{
    execute(own_path(), "status", "0", 0);
    execute(own_path(), "status", "43", 43);
}

static void exec_arguments(void)
{
    char numbers[ARGUMENTS][4];
    char *argv[3 + ARGUMENTS + 1] = {"stress", "--role", "arguments"};
    char *const envp[] = {"STRESS=yes", "EMPTY=", NULL};
    const char *path = own_path();
    for (int i = 0; i < ARGUMENTS; i++)
        argv[3 + i] = number_text(i + 1, numbers[i], sizeof(numbers[i]));
    pid_t child = test_fork();
    if (child == 0) {
        execve(path, argv, envp);
        _exit(STATUS_NOT_EXECUTED);
    }
    test_wait_exit(child, 0);
}

static void exec_keeps(void)
{
    char text[16];
    char *argv[] = {"stress", "--role", "pid", text, NULL};
    char *const envp[] = {NULL};
    const char *path = own_path();
    pid_t child = test_fork();
    if (child == 0) {
        number_text(getpid(), text, sizeof(text));
        execve(path, argv, envp);
        _exit(STATUS_NOT_EXECUTED);
    }
    test_wait_exit(child, 0);
    CHECK(chdir("/tmp") == 0);
    execute(path, "folder", "/tmp", 0);
    CHECK(signal(SIGTERM, SIG_IGN) != SIG_ERR);
    execute(path, "ignoring", "", 0);
}

static void exec_closes(void)
{
    char text[16];
    test_enter_folder();
    test_make_file("f", 10);
    int kept = open("f", O_RDONLY);
    int closed = open("f", O_RDONLY | O_CLOEXEC);
    CHECK(kept >= 0 && closed >= 0 && lseek(kept, 3, SEEK_SET) == 3);
    execute(own_path(), "open", number_text(kept, text, sizeof(text)), 0);
    execute(own_path(), "closed", number_text(closed, text, sizeof(text)), 0);
    CHECK(dup2(closed, kept) == kept); /* the copy has no mark */
    CHECK(lseek(kept, 3, SEEK_SET) == 3);
    execute(own_path(), "open", number_text(kept, text, sizeof(text)), 0);
    CHECK(unlink("f") == 0);
    test_leave_folder();
}

static void fresh_memory(void)
{
    marker = 2;
    execute(own_path(), "fresh", "", 0);
    CHECK(marker == 2);
}

static void check_no_exec(const char *path, int number)
{
    char *const argv[] = {"stress", "--role", "status", "98", NULL}; /* if it is, after all */
    char *const envp[] = {NULL};
    CHECK_ERROR(execve(path, argv, envp), number);
}

static void exec_refused(void)
{
    test_enter_folder();
    check_no_exec("missing", ENOENT);
    check_no_exec("", ENOENT);
    check_no_exec("/", EACCES);
    test_make_file("f", 100);
    check_no_exec("f", EACCES); /* no x bit */
    check_no_exec("f/f", ENOTDIR);
    CHECK(unlink("f") == 0);
    test_leave_folder();
}

/* Makes an executable file of these bytes, and then, of the own program, the rest. */
static void make_program(const char *path, const void *data, size_t size, bool complete)
{
    static char buffer[PAGE];
    ssize_t count;
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    CHECK(out >= 0);
    test_write(out, data, size);
    int in = open(own_path(), O_RDONLY);
    CHECK(in >= 0 && lseek(in, (off_t)size, SEEK_SET) == (off_t)size);
    while (complete && (count = read(in, buffer, sizeof(buffer))) != 0) {
        CHECK(count > 0);
        test_write(out, buffer, (size_t)count);
    }
    close(in);
    CHECK(close(out) == 0);
}

/* The ELF header and the first entry of the program header table. */
enum {
    ELF_HEAD = 120,
    ELF_MACHINE = 18,
    ELF_PHOFF = 32,
    ELF_PHENTSIZE = 54,
};

static void exec_broken(void)
{
    static const struct {
        size_t place;
        unsigned char byte;
    } mistakes[] = {
        {0, 0x7e}, {1, 'e'}, {ELF_MACHINE, 0x99}, {ELF_PHOFF + 6, 0x7f}, {ELF_PHENTSIZE, 1},
    };
    unsigned char head[ELF_HEAD];
    int fd = open(own_path(), O_RDONLY);
    CHECK(fd >= 0);
    test_read(fd, head, sizeof(head));
    close(fd);
    test_enter_folder();
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        unsigned char right = head[mistakes[i].place];
        head[mistakes[i].place] = mistakes[i].byte;
        make_program("p", head, sizeof(head), true);
        check_no_exec("p", ENOEXEC);
        head[mistakes[i].place] = right;
    }
    make_program("p", "", 0, false);
    check_no_exec("p", ENOEXEC);
    make_program("p", head, 63, false); /* shorter than the header */
    check_no_exec("p", ENOEXEC);
    CHECK(unlink("p") == 0);
    test_leave_folder();
}

/* A copy of the program works as the program does, from memory that was written. */
static void exec_copy(void)
{
    test_enter_folder();
    make_program("p", "", 0, true);
    execute("p", "status", "21", 21);
    execute("./p", "fresh", "", 0);
    pid_t child = test_fork();
    if (child == 0) {
        char *const argv[] = {"stress", "--role", "status", "22", NULL};
        char *const envp[] = {NULL};
        execve("p", argv, envp);
        _exit(STATUS_NOT_EXECUTED);
    }
    test_wait_exit(child, 22);
    CHECK(unlink("p") == 0);
    test_leave_folder();
}

/* The parts of a 64-bit ELF file that say how large the stack is. */
enum {
    ELF_HEADERS = 1024, /* bytes: both kinds of headers */
    ELF_PHNUM = 56,
    PHDR_SIZE = 56,
    PHDR_MEMSZ = 40,
    PT_GNU_STACK = 0x6474e551,
};

/* Makes a copy of this program that asks for so many bytes of stack. */
static void make_with_stack(const char *path, uint64_t size)
{
    static unsigned char head[ELF_HEADERS];
    uint64_t at;
    uint32_t type = 0;
    int fd = open(own_path(), O_RDONLY);
    CHECK(fd >= 0);
    test_read(fd, head, sizeof(head));
    close(fd);
    memcpy(&at, head + ELF_PHOFF, sizeof(at));
    for (int i = 0; i < head[ELF_PHNUM] && type != PT_GNU_STACK; i++, at += PHDR_SIZE) {
        CHECK(at + PHDR_SIZE <= sizeof(head));
        memcpy(&type, head + at, sizeof(type));
        if (type == PT_GNU_STACK)
            memcpy(head + at + PHDR_MEMSZ, &size, sizeof(size));
    }
    CHECK(type == PT_GNU_STACK);
    make_program(path, head, sizeof(head), true);
}

static void exec_stack(void)
{
    enum { KIB = 1024, MIB = 1024 * KIB };
    static const struct {
        uint64_t size; /* what the file says, 0 being nothing */
        const char *enough;
        const char *more; /* KiB */
    } stacks[] = {
        {0, "1000", "1100"},
        {1, "1", "80"}, /* a page, and the rest of that with the arguments */
        {256 * KIB, "250", "300"},
        {8 * MIB, "8150", "8300"},
    };
    test_enter_folder();
    for (size_t i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++) {
        make_with_stack("p", stacks[i].size);
        execute("p", "deep", stacks[i].enough, 0);
        if (test_own_kernel()) /* a host's stacks grow */
            test_wait_signal(start_role("p", "deep", stacks[i].more), SIGSEGV);
    }
    static const uint64_t too_large[] = {8 * MIB + 1, (uint64_t)1 << 40, UINT64_MAX};
    for (size_t i = 0; test_own_kernel() && i < sizeof(too_large) / sizeof(too_large[0]); i++) {
        make_with_stack("p", too_large[i]);
        check_no_exec("p", ENOMEM);
    }
    CHECK(unlink("p") == 0);
    test_leave_folder();
}

static void exec_too_long(void)
{
    enum { LONG = 3 * 1024 * 1024 };
    char *text = malloc(LONG);
    CHECK(text);
    memset(text, 'x', LONG - 1);
    text[LONG - 1] = '\0';
    char *const argv[] = {"stress", "--role", text, NULL};
    char *const envp[] = {NULL};
    CHECK_ERROR(execve(own_path(), argv, envp), E2BIG);
    free(text);
}

/* Arguments in memory that another process keeps changing: one of them is there or is not, is short
 * or long. What is executed may find any of that. */
static void exec_changing(void)
{
    enum { ROUNDS = 100, LONG = 4000 };
    struct arguments {
        const char *vector[5];
        char text[LONG + 1];
        volatile bool over;
    };
    const char *path = own_path();
    struct arguments *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(shared != MAP_FAILED);
    memset(shared->text, '0', LONG);
    memcpy(shared->vector, (const char *[]){"stress", "--role", "status", shared->text, NULL},
           sizeof(shared->vector));
    pid_t changer = test_fork();
    if (changer == 0) {
        for (uint64_t i = 0; !shared->over; i++) {
            __atomic_store_n(&shared->text[1], i & 1 ? '\0' : '0', __ATOMIC_RELAXED);
            __atomic_store_n(&shared->vector[3], i & 2 ? shared->text : NULL, __ATOMIC_RELAXED);
        }
        _exit(0);
    }
    for (int i = 0; i < ROUNDS; i++) {
        int status;
        pid_t child = test_fork();
        if (child == 0) {
            char *const envp[] = {NULL};
            execve(path, (char *const *)(uintptr_t)shared->vector, envp);
            _exit(errno == EFAULT || errno == E2BIG ? 0 : STATUS_NOT_EXECUTED);
        }
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(status == 0 || status == STATUS_FAILED << 8); /* "status" with and without a number */
    }
    shared->over = true;
    test_wait_exit(changer, 0);
}

static void exec_many(void)
{
    for (int i = 0; i < 30; i++)
        execute(own_path(), "status", "7", 7);
}

static const struct test tests[] = {
    {"exec_status", "an executed program's exit status arrives", exec_status},
    {"exec_arguments", "50 arguments and the environment arrive, in order", exec_arguments},
    {"exec_keeps", "number, folder and ignored signals outlive execve", exec_keeps},
    {"exec_closes", "execve closes what is marked so, and nothing else", exec_closes},
    {"fresh_memory", "an executed program finds its data as in its file", fresh_memory},
    {"exec_refused", "what is missing, a folder or not executable is not executed", exec_refused},
    {"exec_broken", "files that are nearly programs are ENOEXEC, the caller goes on", exec_broken},
    {"exec_copy", "a program that was just written can be executed", exec_copy},
    {"exec_stack", "the stack is as large as the file says, and ends there", exec_stack},
    {"exec_too_long", "arguments of megabytes are E2BIG", exec_too_long},
    {"exec_changing", "arguments may change while execve reads them", exec_changing},
    {"exec_many", "30 times fork and execve", exec_many},
};

const struct test_group exec_tests = {tests, sizeof(tests) / sizeof(tests[0])};
