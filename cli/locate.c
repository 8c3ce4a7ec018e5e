/* locate.c: bundled programs and paths; see locate.h. */
#include "cli/locate.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/status.h"
#include "cli/suggest.h"
#include "lib/elf.h"

#define NAMES_MAX 64

/* The folder of the running executable, without the last slash. */
static int own_folder(char folder[PATH_MAX], struct err *err)
{
    ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);

    if (length < 0)
        return err_sys(err, errno, "cannot find out where trivium is (/proc/self/exe)");
    folder[length] = '\0';
    *strrchr(folder, '/') = '\0';
    return 0;
}

/* The folder that holds the ARCH folders of the bundled programs. */
static int guest_folder(char folder[PATH_MAX], struct err *err)
{
    static const char *const beside[] = {"guest", "../libexec/trivium/guest"};
    const char *given = getenv("TRIVIUM_GUEST_DIR");
    char own[PATH_MAX];
    struct stat status;

    if (given != NULL && given[0] != '\0') {
        snprintf(folder, PATH_MAX, "%s", given);
        return 0;
    }
    if (own_folder(own, err) < 0)
        return -1;
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        if (snprintf(folder, PATH_MAX, "%s/%s", own, beside[i]) >= PATH_MAX)
            return err_set(err, "the path of %s is too long", own);
        if (stat(folder, &status) == 0)
            return 0;
    }
    err_set(err, "the bundled programs are neither in %s/%s nor in %s/%s", own, beside[0], own,
            beside[1]);
    return err_hint(err, "make, or make install");
}

static int bundled_path(char path[PATH_MAX], const char *arch, const char *name, struct err *err)
{
    char folder[PATH_MAX];

    if (guest_folder(folder, err) < 0)
        return -1;
    if (snprintf(path, PATH_MAX, "%s/%s/%s", folder, arch, name) >= PATH_MAX)
        return err_set(err, "the path of %s in %s is too long", name, folder);
    return 0;
}

/* Fills the hint with the bundled program that was probably meant. */
static void suggest_bundled(const char *name, const char *arch, struct err *err)
{
    char folder[PATH_MAX];
    char *names[NAMES_MAX];
    const char *near;
    size_t count = 0;
    struct err ignored;
    DIR *dir;

    if (bundled_path(folder, arch, "", &ignored) < 0 || (dir = opendir(folder)) == NULL)
        return;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        /* libguest.a, crt0.o and the like are no programs */
        if (count < NAMES_MAX && entry->d_type != DT_DIR && strchr(entry->d_name, '.') == NULL)
            names[count++] = strdup(entry->d_name);
    }
    closedir(dir);
    near = suggest_nearest(name, (const char *const *)names, count);
    if (near != NULL)
        err_hint(err, "%s; or, for a file in this folder, ./%s", near, name);
    else
        err_hint(err, "a path with a slash for a file of yours, such as ./%s", name);
    for (size_t i = 0; i < count; i++)
        free(names[i]);
}

/* Is there a regular file that may be executed? The statuses are those of env(1). */
static int check_executable(const char *path, struct err *err)
{
    struct stat status;

    if (stat(path, &status) < 0) {
        err_sys(err, errno, "cannot run %s", path);
        return err->code == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
    }
    if (!S_ISREG(status.st_mode)) {
        err_set(err, "cannot run %s: it is %s, not a program", path,
                S_ISDIR(status.st_mode) ? "a directory" : "not a regular file");
        return STATUS_NOT_EXECUTABLE;
    }
    if (access(path, X_OK) < 0) {
        err_sys(err, errno, "cannot run %s", path);
        err_hint(err, "chmod +x %s", path);
        return STATUS_NOT_EXECUTABLE;
    }
    return 0;
}

static int locate_path(struct located *located, struct err *err)
{
    int status = check_executable(located->name, err);

    if (status != 0)
        return status;
    /* Whether the program is one that its way can run is for the way to say. */
    if (elf_machine(located->name, &located->machine, err) < 0)
        return err->code == EACCES ? STATUS_NOT_EXECUTABLE : STATUS_FAILED;
    return 0;
}

static int locate_bundled(const struct located *located, struct err *err)
{
    char path[PATH_MAX];

    for (size_t i = 0; i < ways_count; i++) {
        if (bundled_path(path, ways[i].arch, located->name, err) < 0)
            return STATUS_FAILED;
        if (access(path, F_OK) == 0)
            return 0;
    }
    err_set(err, "there is no bundled program called '%s'", located->name);
    suggest_bundled(located->name, ways[0].arch, err);
    return STATUS_NOT_FOUND;
}

int locate_program(struct located *located, const char *name, struct err *err)
{
    *located = (struct located){.name = name, .bundled = strchr(name, '/') == NULL};
    if (!located->bundled)
        return locate_path(located, err);
    if (name[0] == '\0' || name[0] == '.') {
        err_set(err, "'%s' is not the name of a program", name);
        return STATUS_NOT_FOUND;
    }
    return locate_bundled(located, err);
}

int locate_file(const struct located *located, const struct way *way, char path[PATH_MAX],
                struct err *err)
{
    const struct way *fitting;
    int status;

    if (located->bundled) {
        if (bundled_path(path, way->arch, located->name, err) < 0)
            return STATUS_FAILED;
        status = check_executable(path, err);
        if (status == STATUS_NOT_FOUND)
            err_hint(err, "make: this build has no %s version of %s", way->arch, located->name);
        return status;
    }
    if (located->machine != way->machine_type) {
        err_set(err, "%s is a program for %s; %s runs those for %s", located->name,
                elf_machine_name(located->machine), way->name, elf_machine_name(way->machine_type));
        fitting = ways_for_machine(located->machine);
        if (fitting != NULL)
            err_hint(err, "--on %s", fitting->name);
        return STATUS_FAILED;
    }
    snprintf(path, PATH_MAX, "%s", located->name);
    return 0;
}

int locate_bundled_file(char path[PATH_MAX], const char *arch, const char *name, struct err *err)
{
    if (bundled_path(path, arch, name, err) < 0)
        return -1;
    if (access(path, R_OK) < 0) {
        err_sys(err, errno, "cannot read the bundled %s %s", name, path);
        return err_hint(err, "make");
    }
    return 0;
}
