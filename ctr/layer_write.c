/* layer_write.c: from a folder to a layer; see layer.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "ctr/layer.h"

#define DEPTH_MOST 64

struct writer {
    const struct archive_calls *calls;
    struct archive *archive;
    const struct layer_origin *origin;
    uint64_t bytes; /* so far */
    unsigned depth;
    struct err *err;
};

static int failed(const struct writer *writer, const char *path)
{
    return err_set(writer->err, "cannot write %.200s into a layer: %s", path,
                   writer->calls->archive_error_string(writer->archive));
}

/* Of `first` and those after it, who is `id`? Strangers are root. */
static unsigned owner(unsigned id, unsigned first, unsigned count)
{
    return id >= first && id - first < count ? id - first : 0;
}

/* The header of one entry; its set-user-id bits stay out. */
static int put_header(const struct writer *writer, const char *path, const struct stat *status,
                      const char *link)
{
    const struct archive_calls *calls = writer->calls;
    struct archive_entry *entry = calls->archive_entry_new();
    int answer;

    if (entry == NULL)
        err_die_oom();
    calls->archive_entry_set_pathname(entry, path);
    calls->archive_entry_set_filetype(entry, status->st_mode & S_IFMT);
    calls->archive_entry_set_perm(entry, status->st_mode & 01777);
    calls->archive_entry_set_mtime(entry, status->st_mtime, 0);
    calls->archive_entry_set_uid(entry,
                                 owner(status->st_uid, writer->origin->uid, writer->origin->ids));
    calls->archive_entry_set_gid(entry,
                                 owner(status->st_gid, writer->origin->gid, writer->origin->ids));
    if (link != NULL)
        calls->archive_entry_set_symlink(entry, link);
    if (S_ISREG(status->st_mode))
        calls->archive_entry_set_size(entry, status->st_size);
    answer = calls->archive_write_header(writer->archive, entry);
    calls->archive_entry_free(entry);
    return answer == ARCHIVE_OK ? 0 : failed(writer, path);
}

/* A mark of this layer's: an empty file, whose name says what it means. */
static int put_mark(const struct writer *writer, const char *folder, const char *mark,
                    const char *name)
{
    const struct stat status = {
        .st_mode = S_IFREG | 0644, .st_uid = writer->origin->uid, .st_gid = writer->origin->gid};
    char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%s%s%s%s", folder, folder[0] == '\0' ? "" : "/", mark, name) >=
        (int)sizeof path)
        return err_set(writer->err, "the name %.200s is too long", folder);
    return put_header(writer, path, &status, NULL);
}

/* Counts: a file with holes can be larger than what it is kept in. */
static int take_size(struct writer *writer, off_t size)
{
    if ((uint64_t)size > writer->origin->bytes_most - writer->bytes)
        return err_set(writer->err, "its files are larger than %llu MiB, holes included",
                       (unsigned long long)(writer->origin->bytes_most >> 20));
    writer->bytes += (uint64_t)size;
    return 0;
}

static int put_file(struct writer *writer, int folder, const char *name, const char *path)
{
    char buffer[65536];
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    ssize_t got = 0;
    int answer;

    if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        answer = err_sys(writer->err, errno, "cannot open %.200s", path);
    } else {
        answer = take_size(writer, status.st_size);
        if (answer == 0)
            answer = put_header(writer, path, &status, NULL);
        while (answer == 0 && (got = read(fd, buffer, sizeof buffer)) > 0) {
            if (writer->calls->archive_write_data(writer->archive, buffer, (size_t)got) < 0)
                answer = failed(writer, path);
        }
        if (got < 0)
            answer = err_sys(writer->err, errno, "cannot read %.200s", path);
    }
    if (fd >= 0)
        close(fd);
    return answer;
}

static int put_folder(struct writer *writer, int fd, const char *path);

/* Whether the folder hides what is in it below. Source: overlayfs.rst, "whiteouts and opaque
 * directories"; the second name is with the option userxattr. */
static bool is_opaque(int fd)
{
    char value = 0;

    return (fgetxattr(fd, "trusted.overlay.opaque", &value, 1) == 1 ||
            fgetxattr(fd, "user.overlay.opaque", &value, 1) == 1) &&
           value == 'y';
}

/* An entry of the folder `parent`. */
static int put_entry(struct writer *writer, int folder, const char *name, const char *parent)
{
    char link[PATH_MAX], path[PATH_MAX];
    struct stat status;
    ssize_t length;
    int fd;

    if (snprintf(path, sizeof path, "%s%s%s", parent, parent[0] == '\0' ? "" : "/", name) >=
        (int)sizeof path)
        return err_set(writer->err, "the name %.200s is too long", parent);
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return err_sys(writer->err, errno, "cannot look at %.200s", path);
    if (writer->origin->upper && S_ISCHR(status.st_mode) && status.st_rdev == 0)
        return put_mark(writer, parent, LAYER_WHITEOUT_MARK, name);
    if (writer->origin->upper &&
        strncmp(name, LAYER_WHITEOUT_MARK, sizeof LAYER_WHITEOUT_MARK - 1) == 0)
        return err_set(writer->err, "no layer can have the name %.200s: it means that one is gone",
                       path);
    if (S_ISREG(status.st_mode))
        return put_file(writer, folder, name, path);
    if (S_ISLNK(status.st_mode)) {
        length = readlinkat(folder, name, link, sizeof link - 1);
        if (length < 0)
            return err_sys(writer->err, errno, "cannot read the link %.200s", path);
        link[length] = '\0';
        return put_header(writer, path, &status, link);
    }
    if (!S_ISDIR(status.st_mode))
        return 0;
    if (put_header(writer, path, &status, NULL) < 0)
        return -1;
    fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? err_sys(writer->err, errno, "cannot open the folder %.200s", path)
                  : put_folder(writer, fd, path);
}

/* By bytes, whatever the locale. */
static int compare(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* All that is in the folder; closes fd. */
static int put_folder(struct writer *writer, int fd, const char *path)
{
    struct dirent **entries = NULL;
    int count = scandirat(fd, ".", &entries, NULL, compare), answer = 0;

    if (count < 0)
        answer = err_sys(writer->err, errno, "cannot read the folder %.200s", path);
    else if (writer->origin->upper && is_opaque(fd))
        answer = put_mark(writer, path, LAYER_OPAQUE_MARK, "");
    if (++writer->depth > DEPTH_MOST)
        answer = err_set(writer->err, "the folder %.200s is too deep", path);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;

        if (answer == 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            answer = put_entry(writer, fd, name, path);
        free(entries[i]);
    }
    free(entries);
    writer->depth--;
    close(fd);
    return answer;
}

int layer_write(const struct archive_calls *calls, int folder, const struct layer_origin *origin,
                int to, struct err *err)
{
    static const struct layer_origin plain = {.bytes_most = LAYER_BYTES_MOST};
    struct writer writer = {.calls = calls,
                            .archive = calls->archive_write_new(),
                            .origin = origin == NULL ? &plain : origin,
                            .err = err};
    int answer, own = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (writer.archive == NULL)
        err_die_oom();
    calls->archive_write_set_format_pax_restricted(writer.archive);
    calls->archive_write_set_options(writer.archive, "hdrcharset=BINARY");
    if (own < 0 || calls->archive_write_open_fd(writer.archive, to) != ARCHIVE_OK)
        answer = err_set(err, "cannot begin a layer");
    else
        answer = put_folder(&writer, own, "");
    if (answer == 0 && calls->archive_write_close(writer.archive) != ARCHIVE_OK)
        answer = failed(&writer, "the end");
    calls->archive_write_free(writer.archive);
    return answer;
}
