/* Folders: names, paths, listing. */
#include "guest/bin/stress/stress.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
    CHECK(fd >= 0);
    CHECK(close(fd) == 0);
}

static void folder_made(void)
{
    struct stat file;
    test_enter_folder();
    CHECK(mkdir("d", 0755) == 0);
    CHECK(stat("d", &file) == 0 && S_ISDIR(file.st_mode) && (file.st_mode & 0777) == 0755);
    CHECK_ERROR(mkdir("d", 0755), EEXIST);
    CHECK_ERROR(mkdir("x/d", 0755), ENOENT);
    make_file("d/f");
    CHECK_ERROR(mkdir("d/f", 0755), EEXIST);
    CHECK_ERROR(mkdir("d/f/d", 0755), ENOTDIR);
    CHECK_ERROR(rmdir("d"), ENOTEMPTY);
    CHECK_ERROR(rmdir("d/f"), ENOTDIR);
    CHECK_ERROR(unlink("d"), EISDIR);
    CHECK(unlink("d/f") == 0);
    CHECK_ERROR(rmdir("d/."), EINVAL);
    CHECK(rmdir("d") == 0);
    CHECK_ERROR(rmdir("d"), ENOENT);
    test_leave_folder();
}

static void folder_opened(void)
{
    char byte;
    test_enter_folder();
    CHECK_ERROR(open(".", O_WRONLY), EISDIR);
    CHECK_ERROR(open(".", O_RDWR), EISDIR);
    CHECK_ERROR(open(".", O_RDONLY | O_CREAT, 0644), EISDIR);
    int fd = open(".", O_RDONLY);
    CHECK(fd >= 0);
    CHECK_ERROR(read(fd, &byte, 1), EISDIR);
    close(fd);
    test_leave_folder();
}

static void paths(void)
{
    struct stat here;
    struct stat there;
    test_enter_folder();
    CHECK(mkdir("a", 0755) == 0);
    CHECK(mkdir("a/b", 0755) == 0);
    make_file("a/b/f");
    CHECK(stat("a//b///f", &there) == 0);
    CHECK(stat("./a/../a/b/./f", &here) == 0 && here.st_ino == there.st_ino);
    CHECK(stat("a/b/", &there) == 0 && S_ISDIR(there.st_mode));
    CHECK(stat("a/b/..", &there) == 0 && stat("a", &here) == 0 && here.st_ino == there.st_ino);
    CHECK(stat("/..", &there) == 0 && stat("/", &here) == 0 && here.st_ino == there.st_ino);
    CHECK_ERROR(stat("a/b/f/", &here), ENOTDIR);
    CHECK_ERROR(stat("a/b/f/.", &here), ENOTDIR);
    CHECK_ERROR(stat("a/c/../b", &here), ENOENT);
    CHECK_ERROR(stat("", &here), ENOENT);
    int folder = open("a", O_RDONLY | O_DIRECTORY);
    CHECK(folder >= 0 && fstatat(folder, "b/f", &here, 0) == 0 && S_ISREG(here.st_mode));
    close(folder);
    CHECK(unlink("a/b/f") == 0 && rmdir("a/b") == 0 && rmdir("a") == 0);
    test_leave_folder();
}

static void path_lengths(void)
{
    char name[258];
    char path[PATH_MAX + 8];
    struct stat file;
    test_enter_folder();
    memset(name, 'n', sizeof(name));
    name[256] = '\0';
    CHECK_ERROR(open(name, O_WRONLY | O_CREAT, 0644), ENAMETOOLONG);
    CHECK_ERROR(mkdir(name, 0755), ENAMETOOLONG);
    name[255] = '\0';
    make_file(name);
    CHECK(unlink(name) == 0);
    for (size_t i = 0; i < sizeof(path); i += 2)
        memcpy(path + i, "./", 2);
    path[sizeof(path) - 1] = '\0';
    CHECK_ERROR(stat(path, &file), ENAMETOOLONG);
    path[PATH_MAX - 1] = '\0';
    CHECK(stat(path, &file) == 0);
    test_leave_folder();
}

static void working_folder(void)
{
    char before[64];
    char path[64];
    test_enter_folder();
    CHECK(getcwd(before, sizeof(before)));
    CHECK(mkdir("a", 0755) == 0 && mkdir("a/b", 0755) == 0);
    CHECK(chdir("a/b") == 0);
    CHECK(getcwd(path, sizeof(path)));
    CHECK(strncmp(path, before, strlen(before)) == 0);
    CHECK(strcmp(path + strlen(before), "/a/b") == 0);
    CHECK(getcwd(path, 5) == NULL && errno == ERANGE);
    make_file("f");
    CHECK_ERROR(chdir("f"), ENOTDIR);
    CHECK_ERROR(chdir("nowhere"), ENOENT);
    CHECK(unlink("f") == 0);
    CHECK(chdir("../..") == 0);
    CHECK(getcwd(path, sizeof(path)) && strcmp(path, before) == 0);
    CHECK(chdir("/") == 0 && getcwd(path, sizeof(path)) && strcmp(path, "/") == 0);
    CHECK(chdir(before) == 0);
    CHECK(rmdir("a/b") == 0 && rmdir("a") == 0);
    test_leave_folder();
}

/* A folder that is gone is still there for who stands in it, and empty. */
static void folder_lost(void)
{
    char path[64];
    test_enter_folder();
    CHECK(mkdir("d", 0755) == 0);
    CHECK(chdir("d") == 0);
    CHECK(rmdir("../d") == 0);
    CHECK(getcwd(path, sizeof(path)) == NULL && errno == ENOENT);
    CHECK_ERROR(open("f", O_WRONLY | O_CREAT, 0644), ENOENT);
    CHECK_ERROR(mkdir("e", 0755), ENOENT);
    CHECK(chdir("/") == 0);
    snprintf(path, sizeof(path), "/tmp/stress.%d", getpid());
    CHECK(chdir(path) == 0);
    test_leave_folder();
}

/* Lists the folder. Each name is fN with N < count, and must be there once if the bit says so. */
static void check_listing(int count, bool (*there)(int number))
{
    bool seen[600] = {false};
    int dots = 0;
    DIR *dir = opendir(".");
    CHECK(dir);
    errno = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            dots++;
            continue;
        }
        int number = 0;
        for (const char *p = entry->d_name + 1; *p; p++)
            number = number * 10 + (*p - '0');
        CHECK(entry->d_name[0] == 'f' && number >= 0 && number < count && !seen[number]);
        seen[number] = true;
    }
    CHECK(errno == 0 && dots == 2);
    closedir(dir);
    for (int i = 0; i < count; i++)
        CHECK(seen[i] == there(i));
}

static bool always(int number)
{
    return number >= 0;
}

static bool is_odd(int number)
{
    return number % 2 == 1;
}

static bool never(int number)
{
    return number < 0;
}

static void listing(void)
{
    enum { FILES = 500 };
    char name[16];
    test_enter_folder();
    check_listing(0, never);
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof(name), "f%d", i);
        make_file(name);
    }
    check_listing(FILES, always);
    for (int i = 0; i < FILES; i += 2) {
        snprintf(name, sizeof(name), "f%d", i);
        CHECK(unlink(name) == 0);
    }
    check_listing(FILES, is_odd);
    for (int i = 1; i < FILES; i += 2) {
        snprintf(name, sizeof(name), "f%d", i);
        CHECK(unlink(name) == 0);
    }
    check_listing(FILES, never);
    test_leave_folder();
}

/* Removes every name that it reads: none may be left over. */
static void listing_removed(void)
{
    enum { FILES = 200 };
    char name[16];
    test_enter_folder();
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof(name), "f%d", i);
        make_file(name);
    }
    DIR *dir = opendir(".");
    CHECK(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == 'f')
            CHECK(unlink(entry->d_name) == 0);
    }
    closedir(dir);
    check_listing(FILES, never);
    test_leave_folder();
}

/* Four processes make and remove the same name: each time one of them wins. */
static void contended(void)
{
    enum { WORKERS = 4, TIMES = 60 };
    pid_t workers[WORKERS];
    int wins[2];
    int made = 0;
    test_enter_folder();
    CHECK(pipe(wins) == 0);
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = test_fork();
        if (workers[i] == 0) {
            int balance = 0; /* made minus removed */
            for (int j = 0; j < TIMES; j++) {
                int fd = open("f", O_WRONLY | O_CREAT | O_EXCL, 0644);
                CHECK(fd >= 0 || errno == EEXIST);
                if (fd >= 0) {
                    balance++;
                    close(fd);
                }
                if (unlink("f") == 0)
                    balance--;
                else
                    CHECK(errno == ENOENT);
            }
            test_write(wins[1], &balance, sizeof(balance));
            _exit(0);
        }
    }
    for (int i = 0; i < WORKERS; i++) {
        int balance;
        test_read(wins[0], &balance, sizeof(balance));
        made += balance;
        test_wait_exit(workers[i], 0);
    }
    CHECK(made == (unlink("f") == 0 ? 1 : 0));
    test_leave_folder();
}

static void deep(void)
{
    enum { DEPTH = 60 };
    test_enter_folder();
    for (int i = 0; i < DEPTH; i++) {
        CHECK(mkdir("d", 0755) == 0);
        CHECK(chdir("d") == 0);
    }
    char path[PATH_MAX];
    CHECK(getcwd(path, sizeof(path)) && strlen(path) > 2 * DEPTH);
    for (int i = 0; i < DEPTH; i++) {
        CHECK(chdir("..") == 0);
        CHECK(rmdir("d") == 0);
    }
    test_leave_folder();
}

static const struct test tests[] = {
    {"folder_made", "folders are made and removed, when they are empty", folder_made},
    {"folder_opened", "a folder is no file to read or write", folder_opened},
    {"paths", "paths lead to the same file, however they are written", paths},
    {"path_lengths", "names have 255 bytes at most, paths 4095", path_lengths},
    {"working_folder", "chdir and getcwd agree", working_folder},
    {"folder_lost", "one can stand in a folder that was removed", folder_lost},
    {"listing", "a folder of 500 files lists each of them once", listing},
    {"listing_removed", "what is listed can be removed meanwhile", listing_removed},
    {"contended", "of four processes one makes a file, one removes it", contended},
    {"deep", "60 folders, one inside the other", deep},
};

const struct test_group folder_tests = {tests, sizeof(tests) / sizeof(tests[0])};
