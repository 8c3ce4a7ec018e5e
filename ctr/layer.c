/* layer.c: reading layers, with a look at each name; see layer.h. */
#include "ctr/layer.h"

#include <errno.h>
#include <string.h>

#include "ctr/ids.h"

#define WHITEOUT_LENGTH (sizeof LAYER_WHITEOUT_MARK - 1)

/* What of a stranger's name is shown: it may hold anything. */
#define SHOWN 100

int layer_open(struct layer *layer, const struct archive_calls *calls, int fd, uint64_t bytes_most,
               struct err *err)
{
    *layer = (struct layer){.calls = calls, .bytes_most = bytes_most};
    layer->archive = calls->archive_read_new();
    if (layer->archive == NULL)
        err_die_oom();
    calls->archive_read_support_format_tar(layer->archive);
    calls->archive_read_support_format_empty(layer->archive);
    /* Names are bytes, in whatever locale we run. */
    calls->archive_read_set_options(layer->archive, "hdrcharset=BINARY");
    if (calls->archive_read_open_fd(layer->archive, fd, 65536) == ARCHIVE_OK)
        return 0;
    err_set(err, "the layer is no tar file: %s", calls->archive_error_string(layer->archive));
    layer_close(layer);
    return -1;
}

void layer_close(struct layer *layer)
{
    layer->calls->archive_read_free(layer->archive);
}

/* `text` with what a terminal would act on replaced. */
static const char *show(char shown[SHOWN], const char *text)
{
    size_t i = 0;

    for (; i < SHOWN - 1 && text[i] != '\0'; i++) {
        shown[i] = text[i];
        if ((unsigned char)text[i] < ' ' || text[i] == 127)
            shown[i] = '?';
    }
    shown[i] = '\0';
    return shown;
}

static int refuse(const char *name, const char *why, struct err *err)
{
    char shown[SHOWN];

    return err_set(err, "the layer has the name '%s': %s", show(shown, name), why);
}

/* From a layer's name to one without . and doubled slashes. What leads out of the root is refused.
 */
static int clean_path(char path[PATH_MAX], const char *name, struct err *err)
{
    size_t used = 0;

    path[0] = '\0';
    if (name == NULL || name[0] == '\0')
        return err_set(err, "the layer has an entry without a name");
    if (name[0] == '/')
        return refuse(name, "it begins at the host's root", err);
    while (*name != '\0') {
        size_t length = strcspn(name, "/");

        if (length == 2 && name[0] == '.' && name[1] == '.')
            return refuse(name, "it leads out of its folder", err);
        if (length > NAME_MAX || used + length + 2 > PATH_MAX)
            return refuse(name, "it is too long", err);
        if (length > 0 && !(length == 1 && name[0] == '.')) {
            if (used > 0)
                path[used++] = '/';
            memcpy(path + used, name, length);
            used += length;
        }
        name += length + (name[length] == '/');
    }
    path[used] = '\0';
    return 0;
}

/* A name of a whiteout is one of what it takes away. */
static int take_whiteout(struct layer_entry *entry, struct err *err)
{
    char *slash = strrchr(entry->path, '/');
    char *name = slash == NULL ? entry->path : slash + 1;
    const char *gone = name + WHITEOUT_LENGTH;

    for (const char *at = strstr(entry->path, LAYER_WHITEOUT_MARK); at != NULL && at < name;
         at = strstr(at + 1, LAYER_WHITEOUT_MARK)) {
        if (at == entry->path || at[-1] == '/')
            return refuse(entry->path, "a whiteout is no folder", err);
    }
    if (strncmp(name, LAYER_WHITEOUT_MARK, WHITEOUT_LENGTH) != 0)
        return 0;
    if (strcmp(name, LAYER_OPAQUE_MARK) == 0) {
        entry->kind = LAYER_OPAQUE;
        *(slash == NULL ? name : slash) = '\0';
        return 0;
    }
    if (gone[0] == '\0' || strcmp(gone, ".") == 0 || strcmp(gone, "..") == 0 ||
        strncmp(gone, LAYER_WHITEOUT_MARK, WHITEOUT_LENGTH) == 0)
        return refuse(entry->path, "nothing of that name could be taken away", err);
    entry->kind = LAYER_WHITEOUT;
    memmove(name, gone, strlen(gone) + 1);
    return 0;
}

static int take_kind(const struct layer *layer, struct archive_entry *from,
                     struct layer_entry *entry, struct err *err)
{
    const char *hard = layer->calls->archive_entry_hardlink(from);
    const char *soft = layer->calls->archive_entry_symlink(from);

    if (hard != NULL) {
        entry->kind = LAYER_HARDLINK;
        return clean_path(entry->link, hard, err);
    }
    switch (layer->calls->archive_entry_filetype(from)) {
    case AE_IFREG: entry->kind = LAYER_FILE; return 0;
    case AE_IFDIR: entry->kind = LAYER_FOLDER; return 0;
    case AE_IFLNK:
        entry->kind = LAYER_SYMLINK;
        if (soft == NULL || soft[0] == '\0' || strlen(soft) >= sizeof entry->link)
            return refuse(entry->path, "a link to nothing, or to too long a name", err);
        memcpy(entry->link, soft, strlen(soft) + 1);
        return 0;
    default: return refuse(entry->path, "a device, pipe or socket, which no layer may bring", err);
    }
}

/* Counts, so that a small file cannot fill the host. */
static int take_size(struct layer *layer, struct archive_entry *from, struct layer_entry *entry,
                     struct err *err)
{
    la_int64_t size = layer->calls->archive_entry_size(from);

    entry->size = entry->kind == LAYER_FILE && size > 0 ? (uint64_t)size : 0;
    if (size < 0 || entry->size > layer->bytes_most - layer->bytes)
        return err_set(err, "the layer unpacks to more than %llu MiB",
                       (unsigned long long)(layer->bytes_most >> 20));
    layer->bytes += entry->size;
    if (++layer->entries > LAYER_ENTRIES_MOST)
        return err_set(err, "the layer has more than %u entries", LAYER_ENTRIES_MOST);
    return 0;
}

static int take_owner(const struct layer *layer, struct archive_entry *from,
                      struct layer_entry *entry, struct err *err)
{
    la_int64_t uid = layer->calls->archive_entry_uid(from);
    la_int64_t gid = layer->calls->archive_entry_gid(from);

    if (uid < 0 || gid < 0 || uid >= IDS_RANGE || gid >= IDS_RANGE)
        return refuse(entry->path, "it belongs to a user that a container does not have", err);
    entry->uid = (unsigned)uid;
    entry->gid = (unsigned)gid;
    entry->mtime = layer->calls->archive_entry_mtime(from);
    entry->mode = (unsigned)layer->calls->archive_entry_perm(from) & 01777;
    return 0;
}

int layer_next(struct layer *layer, struct layer_entry *entry, struct err *err)
{
    struct archive_entry *from;
    int answer = layer->calls->archive_read_next_header(layer->archive, &from);

    entry->kind = LAYER_FILE;
    entry->path[0] = entry->link[0] = '\0';
    entry->size = 0;
    if (answer == ARCHIVE_EOF)
        return 0;
    if (answer != ARCHIVE_OK) /* a warning, too: something would be lost */
        return err_set(err, "the layer is broken after %u entries: %s", layer->entries,
                       layer->calls->archive_error_string(layer->archive));
    if (clean_path(entry->path, layer->calls->archive_entry_pathname(from), err) < 0 ||
        take_kind(layer, from, entry, err) < 0 || take_whiteout(entry, err) < 0 ||
        take_size(layer, from, entry, err) < 0 || take_owner(layer, from, entry, err) < 0)
        return -1;
    if (entry->path[0] == '\0' && entry->kind != LAYER_FOLDER && entry->kind != LAYER_OPAQUE)
        return err_set(err, "the layer's root is no folder");
    return 1;
}

int layer_check(const struct archive_calls *calls, int fd, struct err *err)
{
    char buffer[65536];
    struct layer layer;
    struct layer_entry entry = {.size = 0};
    la_ssize_t got;
    int answer;

    if (layer_open(&layer, calls, fd, LAYER_BYTES_MOST, err) < 0)
        return -1;
    while ((answer = layer_next(&layer, &entry, err)) == 1) {
        do {
            got = calls->archive_read_data(layer.archive, buffer, sizeof buffer);
        } while (got > 0);
        if (got < 0) {
            answer = err_set(err, "the layer is broken in %u entries: %s", layer.entries,
                             calls->archive_error_string(layer.archive));
            break;
        }
    }
    layer_close(&layer);
    return answer;
}
