/* layer_unpack.c: from a layer to a folder, of which no name leads out; see layer.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "ctr/layer.h"

#define DEPTH_MOST 64

/* What a stranger's link says is looked for beneath the root, whatever it says. */
static int open_inside(int root, const char *path, int flags)
{
    struct open_how how = {
        .flags = (unsigned)flags | O_CLOEXEC,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
    };

    return (int)syscall(SYS_openat2, root, path[0] == '\0' ? "." : path, &how, sizeof how);
}

/* The folder that `path` is in, made where it is not there, and in *name the rest of `path`. */
static int open_parent(int root, const char *path, const char **name, struct err *err)
{
    char folder[PATH_MAX] = "";
    const char *end;
    int fd = open_inside(root, "", O_PATH | O_DIRECTORY);

    *name = path;
    while (fd >= 0 && (end = strchr(*name, '/')) != NULL) {
        char step[NAME_MAX + 1] = "";

        memcpy(step, *name, (size_t)(end - *name));
        memcpy(folder, path, (size_t)(end - path));
        folder[end - path] = '\0';
        mkdirat(fd, step, 0755); /* there already, or the next call says what is wrong */
        close(fd);
        fd = open_inside(root, folder, O_PATH | O_DIRECTORY);
        *name = end + 1;
    }
    if (fd < 0)
        err_sys(err, errno, "cannot open the folder of a layer's file (openat2)");
    return fd;
}

static int write_data(struct layer *layer, int fd, struct err *err)
{
    char buffer[65536];
    la_ssize_t got;

    while ((got = layer->calls->archive_read_data(layer->archive, buffer, sizeof buffer)) > 0) {
        for (la_ssize_t at = 0; at < got;) {
            ssize_t put = write(fd, buffer + at, (size_t)(got - at));

            if (put < 0)
                return err_sys(err, errno, "cannot write a layer's file");
            at += put;
        }
    }
    return got < 0 ? err_set(err, "the layer is broken: %s",
                             layer->calls->archive_error_string(layer->archive))
                   : 0;
}

static int put_file(struct layer *layer, int folder, const char *name,
                    const struct layer_entry *entry, bool owners, struct err *err)
{
    const struct timespec times[2] = {{.tv_sec = entry->mtime}, {.tv_sec = entry->mtime}};
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int answer;

    if (fd < 0)
        return err_sys(err, errno, "cannot make a layer's file");
    answer = write_data(layer, fd, err);
    if (answer == 0 && ((owners && fchown(fd, entry->uid, entry->gid) < 0) ||
                        fchmod(fd, entry->mode) < 0 || futimens(fd, times) < 0))
        answer = err_sys(err, errno, "cannot set the owner, mode and time of a layer's file");
    close(fd);
    return answer;
}

static int put_folder(int folder, const char *name, const struct layer_entry *entry, bool owners,
                      struct err *err)
{
    int fd, answer = 0;

    if (name[0] != '\0' && mkdirat(folder, name, 0700) < 0 && errno != EEXIST)
        return err_sys(err, errno, "cannot make a layer's folder");
    fd = openat(folder, name[0] == '\0' ? "." : name,
                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || (owners && fchown(fd, entry->uid, entry->gid) < 0) || fchmod(fd, entry->mode) < 0)
        answer = err_sys(err, errno, "cannot set the owner and mode of a layer's folder");
    if (fd >= 0)
        close(fd);
    return answer;
}

static int put_symlink(int folder, const char *name, const struct layer_entry *entry, bool owners,
                       struct err *err)
{
    if (symlinkat(entry->link, folder, name) < 0 ||
        (owners && fchownat(folder, name, entry->uid, entry->gid, AT_SYMLINK_NOFOLLOW) < 0))
        return err_sys(err, errno, "cannot make a layer's link");
    return 0;
}

static int put_hardlink(int root, int folder, const char *name, const struct layer_entry *entry,
                        struct err *err)
{
    const char *target;
    int from = open_parent(root, entry->link, &target, err), answer;

    if (from < 0)
        return -1;
    answer = linkat(from, target, folder, name, 0) < 0
                 ? err_sys(err, errno, "cannot make a layer's hard link")
                 : 0;
    close(from);
    return answer;
}

static int put_whiteout(int folder, const char *name, struct err *err)
{
    if (mknodat(folder, name, S_IFCHR, makedev(0, 0)) < 0 && errno != EEXIST)
        return err_sys(err, errno, "cannot make the whiteout of a layer (mknod)");
    return 0;
}

/* The folder itself; what is below it is covered when all is there. */
static int put_opaque(int folder, const char *name, struct err *err)
{
    if (name[0] != '\0' && mkdirat(folder, name, 0755) < 0 && errno != EEXIST)
        return err_sys(err, errno, "cannot make a layer's folder");
    return 0;
}

static bool is_folder(int root, const char *path)
{
    int fd = open_inside(root, path, O_PATH | O_DIRECTORY | O_NOFOLLOW);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* Each name that `below` has in the folder gets a whiteout in `root`, or is opaque there, too. */
static int cover(int root, int below, const char *path, unsigned depth, struct err *err)
{
    int fd = open_inside(below, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), answer = 0;
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);

    if (folder == NULL)
        return 0; /* there is none below */
    for (struct dirent *at = readdir(folder); at != NULL && answer == 0; at = readdir(folder)) {
        char inner[PATH_MAX];
        int place;

        if (strcmp(at->d_name, ".") == 0 || strcmp(at->d_name, "..") == 0)
            continue;
        if (depth == DEPTH_MOST ||
            snprintf(inner, sizeof inner, "%s%s%s", path, path[0] == '\0' ? "" : "/", at->d_name) >=
                (int)sizeof inner) {
            answer = err_set(err, "a folder that a layer makes opaque is too deep");
        } else if (is_folder(root, inner)) {
            answer = cover(root, below, inner, depth + 1, err);
        } else {
            place = open_inside(root, path, O_PATH | O_DIRECTORY);
            answer = place < 0 ? err_sys(err, errno, "cannot open an opaque folder")
                               : put_whiteout(place, at->d_name, err);
            if (place >= 0)
                close(place);
        }
    }
    closedir(folder);
    return answer;
}

static int put(struct layer *layer, const struct layer_target *target,
               const struct layer_entry *entry, struct err *err)
{
    int root = target->roots[target->count - 1], answer = -1;
    const char *name;
    int folder = open_parent(root, entry->path, &name, err);

    if (folder < 0)
        return -1;
    /* A later entry of the same name counts. What a link of that name leads to stays as it is. */
    if (entry->kind != LAYER_FOLDER && entry->kind != LAYER_OPAQUE && name[0] != '\0')
        unlinkat(folder, name, 0);
    switch (entry->kind) {
    case LAYER_FOLDER: answer = put_folder(folder, name, entry, target->owners, err); break;
    case LAYER_FILE: answer = put_file(layer, folder, name, entry, target->owners, err); break;
    case LAYER_SYMLINK: answer = put_symlink(folder, name, entry, target->owners, err); break;
    case LAYER_HARDLINK: answer = put_hardlink(root, folder, name, entry, err); break;
    case LAYER_WHITEOUT: answer = put_whiteout(folder, name, err); break;
    case LAYER_OPAQUE: answer = put_opaque(folder, name, err); break;
    }
    close(folder);
    return answer < 0 ? err_wrap(err, "%.200s", entry->path) : 0;
}

/* When all is there: what is not there may be covered. */
static int cover_all(const struct archive_calls *calls, int fd, const struct layer_target *target,
                     struct err *err)
{
    int root = target->roots[target->count - 1], answer;
    struct layer layer;
    struct layer_entry entry = {.size = 0};

    if (lseek(fd, 0, SEEK_SET) < 0)
        return err_sys(err, errno, "cannot read a layer a second time");
    if (layer_open(&layer, calls, fd, target->bytes_most, err) < 0)
        return -1;
    while ((answer = layer_next(&layer, &entry, err)) == 1) {
        for (size_t i = 0; i + 1 < target->count && entry.kind == LAYER_OPAQUE; i++) {
            if (is_folder(root, entry.path) &&
                cover(root, target->roots[i], entry.path, 0, err) < 0) {
                layer_close(&layer);
                return -1;
            }
        }
    }
    layer_close(&layer);
    return answer;
}

int layer_unpack(const struct archive_calls *calls, int fd, const struct layer_target *target,
                 struct err *err)
{
    struct layer layer;
    struct layer_entry entry = {.size = 0};
    bool opaque = false;
    int answer;

    if (layer_open(&layer, calls, fd, target->bytes_most, err) < 0)
        return -1;
    while ((answer = layer_next(&layer, &entry, err)) == 1 &&
           (answer = put(&layer, target, &entry, err)) == 0)
        opaque |= entry.kind == LAYER_OPAQUE;
    layer_close(&layer);
    return answer < 0 || !opaque ? answer : cover_all(calls, fd, target, err);
}
