/* group.c: finding, making and removing control groups; see group.h. */
#include "ctr/group.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/host.h"

#define FOLDER "trivium"

/* How often it is tried to make a group, should somebody else remove its parent meanwhile. */
#define ATTEMPTS 5

const char *const control_names[CONTROL_COUNT] = {"cpu", "memory", "pids", "cpuset"};

void groups_init(struct groups *groups)
{
    groups->count = 0;
    for (unsigned i = 0; i < CONTROL_COUNT; i++)
        groups->of[i] = -1;
}

/* "FOLDER/NAME"; -1 with errno when that is too long. */
static int join(char path[PATH_MAX], const char *folder, const char *name)
{
    if (snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}

static int write_at(int folder, const char *file, const char *text)
{
    int fd = openat(folder, file, O_WRONLY | O_CLOEXEC), error = 0;

    if (fd < 0)
        return -1;
    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        error = errno;
    close(fd);
    errno = error;
    return error == 0 ? 0 : -1;
}

/* All of a small file. False: there is none. */
static bool read_at(int folder, const char *file, char *text, size_t size)
{
    int fd = openat(folder, file, O_RDONLY | O_CLOEXEC);
    ssize_t got;

    text[0] = '\0';
    if (fd < 0)
        return false;
    got = read(fd, text, size - 1);
    close(fd);
    text[got > 0 ? got : 0] = '\0';
    return got >= 0;
}

int group_write(const struct group *group, enum step_kind kind, const char *file, const char *text,
                struct steps *steps, struct err *err)
{
    char path[PATH_MAX + 64];

    snprintf(path, sizeof path, "%s/%s", group->path, file);
    step_write(steps, kind, path, text);
    if (write_at(group->fd, file, text) < 0)
        return err_sys(err, errno, "cannot write '%s' to %.300s/%s", text, group->path, file);
    return 0;
}

bool group_read(const struct group *group, const char *file, char *text, size_t size)
{
    bool found = read_at(group->fd, file, text, size);

    text[strcspn(text, "\n")] = '\0';
    return found;
}

long long group_number(const struct group *group, const char *file, const char *key)
{
    char text[4096], *rest = text;
    size_t length = strlen(key);

    read_at(group->fd, file, text, sizeof text);
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
        if (strncmp(line, key, length) == 0 && line[length] == ' ')
            return strtoll(line + length, NULL, 10);
    }
    return -1;
}

static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = strstr(list, word); at != NULL; at = strstr(at + 1, word)) {
        if ((at == list || at[-1] == ' ') && strchr(" \n", at[length]) != NULL)
            return true;
    }
    return false;
}

/* Version 2: lets groups below `folder` have the controller. */
static int enable(const char *folder, const char *name, struct steps *steps, struct err *err)
{
    char path[PATH_MAX], list[256], text[32];

    if (join(path, folder, "cgroup.subtree_control") < 0)
        return err_sys(err, errno, "cannot use the control group %.300s", folder);
    if (read_at(AT_FDCWD, path, list, sizeof list) && has_word(list, name))
        return 0;
    snprintf(text, sizeof text, "+%s", name);
    step_write(steps, STEP_GROUP_ENABLE, path, text);
    if (write_at(AT_FDCWD, path, text) < 0)
        return err_sys(err, errno, "cannot write '%s' to %.300s", text, path);
    step_end(steps, "groups below can have the controller %s", name);
    return 0;
}

/* From the top of the hierarchy down to `folder`, inclusive. */
static int enable_down_to(const char *folder, size_t top_length, const char *name,
                          struct steps *steps, struct err *err)
{
    char part[PATH_MAX];
    size_t length = top_length;

    for (;;) {
        snprintf(part, sizeof part, "%.*s", (int)length, folder);
        if (enable(part, name, steps, err) < 0)
            return -1;
        if (folder[length] == '\0')
            return 0;
        length += 1 + strcspn(folder + length + 1, "/");
    }
}

/* Our own group is delegated to us, and we are alone in it: make room by moving down. */
static int move_down(const char *folder, struct steps *steps, struct err *err)
{
    char path[PATH_MAX], pid[16];

    if (join(path, folder, FOLDER "-self") < 0 || (mkdir(path, 0755) < 0 && errno != EEXIST))
        return err_sys(err, errno, "cannot make a control group below %.300s", folder);
    strncat(path, "/cgroup.procs", sizeof path - strlen(path) - 1);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    step_write(steps, STEP_GROUP_MOVE, path, pid);
    if (write_at(AT_FDCWD, path, pid) < 0)
        return err_sys(err, errno, "cannot move to the control group %s", path);
    step_end(steps,
             "a group that has processes can have no controllers for others: out of the way");
    return 0;
}

/* Where in version 2's hierarchy a group for the controller can be made: its parent's parent. */
static int find_base_2(const struct host_cgroup *own, const char *name, char base[PATH_MAX],
                       struct steps *steps, struct err *err)
{
    bool top = strlen(own->folder) == own->top_length;

    if (snprintf(base, PATH_MAX, "%s", own->folder) >= PATH_MAX)
        return err_set(err, "the path of the control group %.300s is too long", own->folder);
    if (!top)
        *strrchr(base, '/') = '\0';
    if (access(base, W_OK) == 0)
        return enable_down_to(base, own->top_length, name, steps, err);
    if (top || access(own->folder, W_OK) < 0)
        return err_sys(err, errno, "cannot make a control group below %.300s", base);
    memcpy(base, own->folder, strlen(own->folder) + 1); /* it did fit */
    if (move_down(base, steps, err) < 0)
        return -1;
    return enable(base, name, steps, err);
}

/* Version 1's cpuset has nothing in it, at first. */
static void inherit_cpuset(const char *folder, const char *parent)
{
    static const char *const files[] = {"cpuset.cpus", "cpuset.mems"};
    char path[PATH_MAX], text[512], now[512];

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (join(path, parent, files[i]) < 0 || !read_at(AT_FDCWD, path, text, sizeof text))
            continue;
        if (join(path, folder, files[i]) == 0 && read_at(AT_FDCWD, path, now, sizeof now) &&
            now[0] <= '\n')
            write_at(AT_FDCWD, path, text);
    }
}

/* Takes away groups whose lock nobody holds. */
static void sweep(const char *base, struct steps *steps)
{
    DIR *folder = opendir(base);

    if (folder == NULL)
        return;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        int fd;

        if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
            continue;
        fd = openat(dirfd(folder), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
            step_begin(steps, STEP_GROUP_SWEEP, "rmdir(%s/%s)", base, entry->d_name);
            write_at(fd, "cgroup.kill", "1");
            if (unlinkat(dirfd(folder), entry->d_name, AT_REMOVEDIR) == 0)
                step_end(steps, "a group that a killed run has left");
        }
        if (fd >= 0)
            close(fd);
    }
    closedir(folder);
}

/* Makes and locks ID in the base. -1: errno tells why. */
static int make_group(struct group *group, const char *base)
{
    struct timespec now;
    struct stat status;
    char id[48];

    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(id, sizeof id, "%d-%llx", (int)getpid(),
             (unsigned long long)now.tv_sec * 1000000000 + (unsigned long long)now.tv_nsec);
    if (join(group->path, base, id) < 0 || (mkdir(base, 0755) < 0 && errno != EEXIST) ||
        mkdir(group->path, 0755) < 0)
        return -1;
    group->fd = open(group->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (group->fd < 0)
        return -1;
    /* Somebody may have swept it away before it was locked. */
    if (flock(group->fd, LOCK_EX | LOCK_NB) == 0 && stat(group->path, &status) == 0)
        return 0;
    close(group->fd);
    errno = ENOENT;
    return -1;
}

/* The group of the hierarchy in which `parent` is; there may be one already. */
static int add_group(struct groups *groups, int version, const char *parent, struct steps *steps,
                     struct err *err)
{
    struct group *group = &groups->list[groups->count];
    char base[PATH_MAX];

    if (join(base, parent, FOLDER) < 0)
        return err_set(err, "the path of the control group %.300s is too long", parent);
    for (unsigned i = 0; i < groups->count; i++) {
        if (strcmp(groups->list[i].base, base) == 0)
            return (int)i;
    }
    group->version = version;
    memcpy(group->base, base, sizeof base);
    sweep(base, steps);
    step_begin(steps, STEP_GROUP_MAKE, "mkdir(%s/...), flock()", base);
    for (int attempt = 0; make_group(group, base) < 0; attempt++) {
        if (errno != ENOENT || attempt == ATTEMPTS)
            return err_sys(err, errno, "cannot make a control group in %.300s", base);
    }
    step_end(steps, "the control group %s", group->path);
    return (int)groups->count++;
}

static int refuse(enum control control, struct err *err)
{
    err_wrap(err, "cannot limit %s", control_names[control]);
    err_hint(err, "as root; or where the user's systemd hands groups over: systemd-run --user "
                  "--scope -p Delegate=yes trivium run ...");
    return -1;
}

int groups_add(struct groups *groups, enum control control, struct steps *steps, struct err *err)
{
    const char *name = control_names[control];
    struct host_cgroup own;
    char base[PATH_MAX];
    int number = -1;

    if (host_cgroup_find("", name, &own)) {
        if (snprintf(base, sizeof base, "%s", own.folder) >= PATH_MAX || access(base, W_OK) < 0)
            err_sys(err, errno, "cannot make a control group below %.300s", base);
        else
            number = add_group(groups, 1, base, steps, err);
        if (number >= 0 && control == CONTROL_CPUSET) {
            inherit_cpuset(groups->list[number].base, base);
            inherit_cpuset(groups->list[number].path, groups->list[number].base);
        }
    } else if (host_cgroup_find("", NULL, &own)) {
        if (find_base_2(&own, name, base, steps, err) == 0)
            number = add_group(groups, 2, base, steps, err);
        if (number >= 0 && enable(groups->list[number].base, name, steps, err) < 0)
            number = -1;
    } else {
        err_set(err, "this host has no control groups mounted");
    }
    if (number < 0)
        return refuse(control, err);
    groups->of[control] = number;
    return 0;
}

const struct group *groups_find(const struct groups *groups, enum control control)
{
    return groups->of[control] < 0 ? NULL : &groups->list[groups->of[control]];
}

int groups_clone_fd(const struct groups *groups)
{
    for (unsigned i = 0; i < groups->count; i++) {
        if (groups->list[i].version == 2)
            return groups->list[i].fd;
    }
    return -1;
}

int groups_enter(const struct groups *groups, struct steps *steps, struct err *err)
{
    //@lab 10.7 into the groups
    for (unsigned i = 0; i < groups->count; i++) {
        if (groups->list[i].version == 2)
            continue;
        if (group_write(&groups->list[i], STEP_GROUP_ENTER, "tasks", "0", steps, err) < 0)
            return -1;
        step_end(steps, "init is in that group, and all that it will start");
    }
    //| (void)groups;
    //| (void)steps;
    //| (void)err;
    //| lab_todo("10.7");
    //@end
    return 0;
}

void groups_remove(struct groups *groups, struct steps *steps)
{
    static const struct timespec moment = {.tv_nsec = 2000000};

    for (unsigned i = 0; i < groups->count; i++) {
        struct group *group = &groups->list[i];
        int answer;

        step_begin(steps, STEP_GROUP_REMOVE, "rmdir(%s)", group->path);
        answer = rmdir(group->path);
        /* The last process may still be on its way out. */
        for (int attempt = 0; answer < 0 && errno == EBUSY && attempt < 50; attempt++) {
            write_at(group->fd, "cgroup.kill", "1");
            nanosleep(&moment, NULL);
            answer = rmdir(group->path);
        }
        step_end(steps, answer == 0 ? "the control group is gone" : "it stays: somebody is in it");
        close(group->fd);
        rmdir(group->base); /* unless somebody else needs it */
    }
    groups_init(groups);
}
