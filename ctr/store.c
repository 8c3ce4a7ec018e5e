/* store.c: keeping images; see store.h. */
#include "ctr/store.h"

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

#include "ctr/layer.h"

#define NEW       "new"
#define JSON_MOST 65536

/* The folders, and what is said of what is in them. */
static const struct {
    const char *folder, *what, *list;
} sorts[] = {
    [STORE_IMAGE] = {"images", "image", "trivium image list"},
    [STORE_CONTAINER] = {"containers", "kept container", "trivium ps --all"},
};

static int find_path(char path[PATH_MAX], struct err *err)
{
    const char *own = getenv("TRIVIUM_IMAGES"), *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    int length;

    if (own != NULL && own[0] != '\0')
        length = snprintf(path, PATH_MAX, "%s", own);
    else if (data != NULL && data[0] == '/')
        length = snprintf(path, PATH_MAX, "%s/trivium/images", data);
    else if (home != NULL && home[0] == '/')
        length = snprintf(path, PATH_MAX, "%s/.local/share/trivium/images", home);
    else {
        err_set(err, "there is no place for images: neither XDG_DATA_HOME nor HOME is set");
        return err_hint(err, "TRIVIUM_IMAGES=FOLDER");
    }
    return length < PATH_MAX ? 0 : err_set(err, "the folder of the images has too long a name");
}

static int make_folders(const char *path, struct err *err)
{
    char copy[PATH_MAX];

    snprintf(copy, sizeof copy, "%s", path);
    for (char *at = strchr(copy + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        mkdir(copy, 0755);
        *at = '/';
    }
    if (mkdir(copy, 0700) < 0 && errno != EEXIST) {
        err_sys(err, errno, "cannot make the folder of the images, %s", path);
        return err_hint(err, "TRIVIUM_IMAGES=FOLDER, one that you may write to");
    }
    return 0;
}

int store_open(struct store *store, bool change, struct err *err)
{
    *store = (struct store){.folder = -1, .lock = -1};
    if (find_path(store->path, err) < 0 || make_folders(store->path, err) < 0)
        return -1;
    store->folder = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->folder >= 0)
        store->lock = openat(store->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock < 0 || flock(store->lock, change ? LOCK_EX : LOCK_SH) < 0 ||
        (mkdirat(store->folder, "layers", 0700) < 0 && errno != EEXIST) ||
        (mkdirat(store->folder, "images", 0700) < 0 && errno != EEXIST) ||
        (mkdirat(store->folder, "containers", 0700) < 0 && errno != EEXIST)) {
        err_sys(err, errno, "cannot open the store of images, %s", store->path);
        store_close(store);
        return -1;
    }
    return 0;
}

void store_close(struct store *store)
{
    if (store->lock >= 0)
        close(store->lock); /* and unlocks */
    if (store->folder >= 0)
        close(store->folder);
    store->folder = store->lock = -1;
}

bool store_is_name(const char *name)
{
    static const char *const known =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        "._-";

    return name[0] != '.' && name[0] != '-' && name[0] != '\0' && strlen(name) < IMAGE_NAME_SIZE &&
           strspn(name, known) == strlen(name);
}

static int digest_of(int fd, char hex[DIGEST_HEX_SIZE], struct err *err)
{
    return digest_open_file(fd, hex) < 0 ? err_sys(err, errno, "cannot read a layer") : 0;
}

/* The file that will be called something when it is whole. Who was killed has left one, maybe. */
static int open_new(const struct store *store, struct err *err)
{
    int fd;

    unlinkat(store->folder, NEW, 0);
    fd = openat(store->folder, NEW, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd < 0 ? err_sys(err, errno, "cannot make a file in %s", store->path) : fd;
}

/* Calls it `name` of the folder, for good. Closes fd, also when it fails. */
static int keep_new(const struct store *store, int fd, const char *folder, const char *name,
                    struct err *err)
{
    char path[128];
    int in = openat(store->folder, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), answer = 0;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (in < 0 || fsync(fd) < 0 || renameat(store->folder, NEW, store->folder, path) < 0 ||
        fsync(in) < 0) {
        answer = err_sys(err, errno, "cannot keep %s in %s", path, store->path);
        unlinkat(store->folder, NEW, 0);
    }
    if (in >= 0)
        close(in);
    close(fd);
    return answer;
}

/* The source as a tar file, in fd. */
static int write_source(const struct archive_calls *calls, int from,
                        const struct layer_origin *origin, int fd, struct err *err)
{
    struct stat status;
    int answer;

    if (fstat(from, &status) < 0)
        answer = err_sys(err, errno, "cannot open it");
    else if (S_ISDIR(status.st_mode))
        answer = layer_write(calls, from, origin, fd, err);
    else if (S_ISREG(status.st_mode))
        answer = archive_decompress(calls, from, fd, LAYER_BYTES_MOST, err);
    else
        answer = err_set(err, "it is neither a folder nor a file");
    return answer;
}

static int compare_digest(const char *is, const char *should, struct err *err)
{
    if (should == NULL || strcmp(is, should) == 0)
        return 0;
    return err_set(err, "its digest is sha256:%s, but should be sha256:%s", is, should);
}

int store_add_layer(struct store *store, const struct archive_calls *calls, const char *source,
                    struct image_layer *layer, struct err *err)
{
    int from = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (from < 0)
        return err_sys(err, errno, "no layer can be made of %s: cannot open it", source);
    return store_add_open(store, calls, from, source, NULL, layer, err);
}

/* All that makes a layer of a source; `digest` as store_add_open() has it, `origin` as
 * layer_write().
 */
static int add(struct store *store, const struct archive_calls *calls, int from,
               const struct layer_origin *origin, const char *source, const char *digest,
               struct image_layer *layer, struct err *err)
{
    char name[DIGEST_HEX_SIZE + 4];
    int fd = open_new(store, err);
    struct stat status;

    if (fd < 0)
        return -1;
    *layer = (struct image_layer){.made = time(NULL)};
    snprintf(layer->source, sizeof layer->source, "%s", source);
    if (write_source(calls, from, origin, fd, err) < 0 || digest_of(fd, layer->digest, err) < 0 ||
        compare_digest(layer->digest, digest, err) < 0 || lseek(fd, 0, SEEK_SET) < 0 ||
        layer_check(calls, fd, err) < 0 || fstat(fd, &status) < 0) {
        close(fd);
        unlinkat(store->folder, NEW, 0);
        return err_wrap(err, "no layer can be made of %s", source);
    }
    layer->size = (uint64_t)status.st_size;
    snprintf(name, sizeof name, "%s.tar", layer->digest);
    return keep_new(store, fd, "layers", name, err);
}

int store_add_open(struct store *store, const struct archive_calls *calls, int from,
                   const char *source, const char *digest, struct image_layer *layer,
                   struct err *err)
{
    int answer = add(store, calls, from, NULL, source, digest, layer, err);

    close(from);
    return answer;
}

int store_add_upper(struct store *store, const struct archive_calls *calls, int from,
                    const struct layer_origin *origin, const char *source,
                    struct image_layer *layer, struct err *err)
{
    return add(store, calls, from, origin, source, NULL, layer, err);
}

int store_has_layers(const struct store *store, const struct image *image, struct err *err)
{
    for (size_t i = 0; i < image->count; i++) {
        char path[128];

        snprintf(path, sizeof path, "layers/%s.tar", image->layers[i].digest);
        if (faccessat(store->folder, path, F_OK, 0) < 0)
            return err_sys(err, errno, "a layer of %s is there no more, %s of %s", image->name,
                           path, store->path);
    }
    return 0;
}

int store_open_layer(const struct store *store, const struct image_layer *layer, struct err *err)
{
    char path[128], digest[DIGEST_HEX_SIZE];
    int fd;

    snprintf(path, sizeof path, "layers/%s.tar", layer->digest);
    fd = openat(store->folder, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return err_sys(err, errno, "cannot open %s of %s", path, store->path);
    if (digest_of(fd, digest, err) == 0 && compare_digest(digest, layer->digest, err) == 0)
        return fd;
    close(fd);
    err_wrap(err, "the layer %s of %s is damaged", path, store->path);
    return err_hint(err, "trivium image build, once more");
}

static int take_layer(const json_t *row, struct image *image)
{
    struct image_layer *layer = &image->layers[image->count];
    const char *digest = json_string_value(json_object_get(row, "sha256"));
    const char *source = json_string_value(json_object_get(row, "source"));
    json_int_t size = json_integer_value(json_object_get(row, "size"));

    if (digest == NULL || source == NULL || size < 0 || !digest_is_hex(digest))
        return -1;
    snprintf(layer->digest, sizeof layer->digest, "%s", digest);
    snprintf(layer->source, sizeof layer->source, "%s", source);
    layer->size = (uint64_t)size;
    layer->made = json_integer_value(json_object_get(row, "made"));
    image->count++;
    return 0;
}

int store_load(const struct store *store, enum store_sort sort, const char *name,
               struct image *image, struct err *err)
{
    char path[128], text[JSON_MOST];
    json_t *root, *layers;
    ssize_t got = -1;
    int fd, answer = -1;

    if (!store_is_name(name))
        return err_set(err, "no %s can be called '%s'", sorts[sort].what, name);
    *image = (struct image){0};
    snprintf(image->name, sizeof image->name, "%s", name);
    snprintf(path, sizeof path, "%s/%s.json", sorts[sort].folder, name);
    fd = openat(store->folder, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        err_sys(err, errno, "there is no %s '%s' in %s", sorts[sort].what, name, store->path);
        return err_hint(err, "%s", sorts[sort].list);
    }
    got = read(fd, text, sizeof text);
    close(fd);
    root = got < 0 ? NULL : json_loadb(text, (size_t)got, JSON_REJECT_DUPLICATES, NULL);
    layers = json_object_get(root, "layers");
    if (json_array_size(layers) > 0 && json_array_size(layers) <= IMAGE_LAYERS_MOST) {
        answer = 0;
        for (size_t i = 0; i < json_array_size(layers) && answer == 0; i++)
            answer = take_layer(json_array_get(layers, i), image);
        if (answer == 0)
            answer = image_config_take(&image->config, json_object_get(root, "config"), err);
    }
    json_decref(root);
    if (answer < 0)
        err_set(err, "%s of %s does not describe an image", path, store->path);
    return answer;
}

int store_save(struct store *store, enum store_sort sort, const struct image *image,
               struct err *err)
{
    json_t *layers = json_array();
    json_t *root =
        json_pack("{s:o, s:o}", "layers", layers, "config", image_config_json(&image->config));
    char name[IMAGE_NAME_SIZE + 8];
    int fd = open_new(store, err), answer;

    for (size_t i = 0; i < image->count; i++) {
        const struct image_layer *layer = &image->layers[i];

        json_array_append_new(layers,
                              json_pack("{s:s, s:I, s:s%, s:I}", "sha256", layer->digest, "size",
                                        (json_int_t)layer->size, "source", layer->source,
                                        strlen(layer->source), "made", (json_int_t)layer->made));
    }
    if (fd < 0) {
        json_decref(root);
        return -1;
    }
    snprintf(name, sizeof name, "%s.json", image->name);
    answer = json_array_size(layers) == image->count && json_dumpfd(root, fd, JSON_INDENT(2)) == 0
                 ? 0
                 : err_set(err, "cannot write %s", name);
    json_decref(root);
    if (answer == 0)
        return keep_new(store, fd, sorts[sort].folder, name, err);
    close(fd);
    unlinkat(store->folder, NEW, 0);
    return -1;
}

static int is_image(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

bool store_has(const struct store *store, enum store_sort sort, const char *name)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s.json", sorts[sort].folder, name);
    return store_is_name(name) && faccessat(store->folder, path, F_OK, 0) == 0;
}

int store_list(const struct store *store, enum store_sort sort,
               int (*each)(void *owner, const struct image *image, struct err *err), void *owner,
               struct err *err)
{
    struct dirent **entries = NULL;
    const char *folder = sorts[sort].folder;
    int count = scandirat(store->folder, folder, &entries, is_image, alphasort), answer = 0;

    if (count < 0)
        return err_sys(err, errno, "cannot read %s/%s", store->path, folder);
    for (int i = 0; i < count; i++) {
        struct image image = {.count = 0};

        entries[i]->d_name[strlen(entries[i]->d_name) - 5] = '\0';
        if (answer == 0)
            answer = store_load(store, sort, entries[i]->d_name, &image, err);
        if (answer == 0)
            answer = each(owner, &image, err);
        free(entries[i]);
    }
    free(entries);
    return answer;
}

/* For store_list(): 1 when the image has the layer called `owner`. */
static int has_layer(void *owner, const struct image *image, struct err *err)
{
    (void)err;
    for (size_t i = 0; i < image->count; i++) {
        if (strcmp(image->layers[i].digest, owner) == 0)
            return 1;
    }
    return 0;
}

static int is_layer(const struct dirent *entry)
{
    return strlen(entry->d_name) == DIGEST_HEX_SIZE - 1 + 4 &&
           strcmp(entry->d_name + DIGEST_HEX_SIZE - 1, ".tar") == 0;
}

int store_sweep(struct store *store, struct err *err)
{
    struct dirent **entries = NULL;
    int count = scandirat(store->folder, "layers", &entries, is_layer, alphasort), answer = 0;

    if (count < 0)
        return err_sys(err, errno, "cannot read %s/layers", store->path);
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX], digest[DIGEST_HEX_SIZE] = "";
        int used;

        memcpy(digest, entries[i]->d_name, DIGEST_HEX_SIZE - 1);
        used = answer < 0 ? -1 : store_list(store, STORE_IMAGE, has_layer, digest, err);
        if (used == 0)
            used = store_list(store, STORE_CONTAINER, has_layer, digest, err);
        snprintf(path, sizeof path, "layers/%s", entries[i]->d_name);
        if (used < 0)
            answer = -1;
        else if (used == 0 && unlinkat(store->folder, path, 0) < 0)
            answer = err_sys(err, errno, "cannot remove %s of %s", path, store->path);
        free(entries[i]);
    }
    free(entries);
    return answer;
}

int store_remove(struct store *store, enum store_sort sort, const char *name, struct err *err)
{
    struct image image = {.count = 0};
    char path[128];

    if (store_load(store, sort, name, &image, err) < 0)
        return -1;
    snprintf(path, sizeof path, "%s/%s.json", sorts[sort].folder, name);
    if (unlinkat(store->folder, path, 0) < 0)
        return err_sys(err, errno, "cannot remove %s of %s", path, store->path);
    return store_sweep(store, err);
}
