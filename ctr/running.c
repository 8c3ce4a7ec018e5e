/* running.c: making, reading and sweeping the files of running containers; see running.h. */
#include "ctr/running.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define JSON_MOST 32768

/* How often it is tried to make a file, should somebody sweep it away before it is locked. */
#define ATTEMPTS 5

static void find_path(char path[PATH_MAX])
{
    const char *own = getenv("TRIVIUM_RUN"), *session = getenv("XDG_RUNTIME_DIR");

    if (own != NULL && own[0] != '\0')
        snprintf(path, PATH_MAX, "%s", own);
    else if (session != NULL && session[0] == '/')
        snprintf(path, PATH_MAX, "%s/trivium", session);
    else /* in memory: on a disk, removing a file can take longer than making a container */
        snprintf(path, PATH_MAX, "%s/trivium-%u",
                 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (unsigned)geteuid());
}

/* The folder, ours and nobody else's: -1, and errno says why not. `make`: if it is not there. */
static int open_folder(char path[PATH_MAX], bool make)
{
    struct stat status;
    int fd;

    find_path(path);
    if (make && mkdir(path, 0700) < 0 && errno != EEXIST)
        return -1;
    fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || (fstat(fd, &status) == 0 && status.st_uid == geteuid() &&
                   (status.st_mode & (S_IWGRP | S_IWOTH)) == 0))
        return fd;
    close(fd);
    errno = EPERM;
    return -1;
}

/* The locked file, which still has its name; -1: EWOULDBLOCK: somebody else has locked it. */
static int make_file(int folder, const char *name)
{
    struct stat status;
    int fd = openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return -1;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        if (fstat(fd, &status) == 0 && status.st_nlink > 0 && ftruncate(fd, 0) == 0)
            return fd;
        errno = ENOENT;
    }
    close(fd);
    return -1;
}

/* The open file of a container that runs; one that nobody has locked is removed. -1: none. */
static int open_locked(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return -1;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return fd;
    unlinkat(folder, name, 0);
    close(fd);
    return -1;
}

static int is_name(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strlen(entry->d_name) < RUNNING_NAME;
}

int running_open(struct running *running, const char *name, struct err *err)
{
    struct dirent **entries = NULL;
    char path[PATH_MAX];
    int count;

    *running = (struct running){.folder = open_folder(path, true), .fd = -1};
    if (running->folder < 0) {
        err_sys(err, errno, "cannot use %s, where running containers are listed", path);
        return err_hint(err, "TRIVIUM_RUN=FOLDER, one that is yours alone");
    }
    if (name == NULL)
        snprintf(running->name, sizeof running->name, "%d", (int)getpid());
    else
        snprintf(running->name, sizeof running->name, "%s", name);
    for (int attempt = 0; running->fd < 0 && attempt < ATTEMPTS; attempt++) {
        running->fd = make_file(running->folder, running->name);
        if (running->fd < 0 && errno != ENOENT)
            break;
    }
    if (running->fd < 0) {
        if (errno == EWOULDBLOCK) {
            err_set(err, "a container called '%s' is running", running->name);
            err_hint(err, "another --name; trivium ps");
        } else {
            err_sys(err, errno, "cannot make a file in %s", path);
        }
        close(running->folder);
        running->folder = -1;
        return -1;
    }
    count = scandirat(running->folder, ".", &entries, is_name, NULL);
    for (int i = 0; i < count; i++) {
        int fd = strcmp(entries[i]->d_name, running->name) == 0
                     ? -1
                     : open_locked(running->folder, entries[i]->d_name);

        if (fd >= 0)
            close(fd);
        free(entries[i]);
    }
    free(entries);
    return 0;
}

void running_tell(const struct running *running, const struct running_container *container)
{
    json_t *groups = json_object(), *root;

    for (unsigned i = 0; i < CONTROL_COUNT; i++) {
        if (container->groups[i].version != 0)
            json_object_set_new(groups, control_names[i],
                                json_pack("{s:i, s:s}", "version", container->groups[i].version,
                                          "path", container->groups[i].path));
    }
    root = json_pack("{s:i, s:I, s:s, s:s, s:o}", "init", (int)container->init, "since",
                     (json_int_t)container->since, "program", container->program, "image",
                     container->image, "groups", groups);
    if (root != NULL && running->fd >= 0)
        json_dumpfd(root, running->fd, JSON_COMPACT);
    json_decref(root);
}

void running_close(struct running *running)
{
    char path[PATH_MAX];

    if (running->folder < 0)
        return;
    unlinkat(running->folder, running->name, 0);
    close(running->fd);
    close(running->folder);
    find_path(path);
    rmdir(path); /* unless somebody else needs it */
    *running = (struct running){.folder = -1, .fd = -1};
}

static void take_text(char *text, size_t size, const json_t *value)
{
    snprintf(text, size, "%s", json_is_string(value) ? json_string_value(value) : "");
}

/* What the file says; what it does not say is 0 or empty, as while the container is being made. */
static void read_file(int fd, struct running_container *container)
{
    char *text = malloc(JSON_MOST);
    ssize_t got;
    json_t *root, *groups;

    if (text == NULL)
        err_die_oom();
    got = read(fd, text, JSON_MOST);
    root = got <= 0 ? NULL : json_loadb(text, (size_t)got, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    container->init = (pid_t)json_integer_value(json_object_get(root, "init"));
    container->since = json_integer_value(json_object_get(root, "since"));
    take_text(container->program, sizeof container->program, json_object_get(root, "program"));
    take_text(container->image, sizeof container->image, json_object_get(root, "image"));
    groups = json_object_get(root, "groups");
    for (unsigned i = 0; i < CONTROL_COUNT; i++) {
        const json_t *group = json_object_get(groups, control_names[i]);

        container->groups[i].version = (int)json_integer_value(json_object_get(group, "version"));
        take_text(container->groups[i].path, PATH_MAX, json_object_get(group, "path"));
    }
    json_decref(root);
}

int running_list(int (*each)(void *owner, const struct running_container *container), void *owner,
                 struct err *err)
{
    struct running_container *container = calloc(1, sizeof *container);
    struct dirent **entries = NULL;
    char path[PATH_MAX];
    int folder = open_folder(path, false), count, answer = 0;

    if (container == NULL)
        err_die_oom();
    if (folder < 0 && errno != ENOENT)
        answer = err_sys(err, errno, "cannot read %s, where running containers are listed", path);
    count = folder < 0 ? 0 : scandirat(folder, ".", &entries, is_name, alphasort);
    for (int i = 0; i < count; i++) {
        int fd = open_locked(folder, entries[i]->d_name);

        if (fd >= 0 && answer == 0) {
            *container = (struct running_container){.init = 0};
            snprintf(container->name, sizeof container->name, "%.64s", entries[i]->d_name);
            read_file(fd, container);
            answer = each(owner, container);
        }
        if (fd >= 0)
            close(fd);
        free(entries[i]);
    }
    free(entries);
    free(container);
    if (folder >= 0)
        close(folder);
    return answer;
}
