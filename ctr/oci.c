/* oci.c: reading an image layout; see oci.h. */
#include "ctr/oci.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ctr/oci_json.h"
#include "lib/digest.h"

#define JSON_MOST (4u << 20)

/* An index may name another one. */
#define INDEX_DEPTH 3

static int open_beneath(int folder, const char *path)
{
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
    };

    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

static int open_blob(int folder, const char *digest, struct err *err)
{
    char path[32 + DIGEST_HEX_SIZE];
    struct stat status;
    int fd;

    snprintf(path, sizeof path, "blobs/sha256/%s", digest);
    fd = open_beneath(folder, path);
    if (fd < 0)
        return err_sys(err, errno, "cannot open %s of the image layout", path);
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        return fd;
    close(fd);
    return err_set(err, "%s of the image layout is no file", path);
}

static bool matches(const char *text, size_t size, const char *digest)
{
    char hex[DIGEST_HEX_SIZE];

    digest_bytes(text, size, hex);
    return strcmp(hex, digest) == 0;
}

/* The JSON object in the file, which is closed. `digest`: of its bytes; NULL: any. A new reference,
 * or NULL. */
static json_t *read_json(int fd, const char *name, const char *digest, struct err *err)
{
    char *text = malloc(JSON_MOST);
    size_t used = 0;
    ssize_t got;
    json_t *value = NULL;

    if (text == NULL)
        err_die_oom();
    while (used < JSON_MOST && (got = read(fd, text + used, JSON_MOST - used)) > 0)
        used += (size_t)got;
    close(fd);
    if (used == JSON_MOST)
        err_set(err, "%s of the image layout is too long", name);
    else if (digest != NULL && !matches(text, used, digest))
        err_set(err, "%s of the image layout does not have the digest sha256:%s", name, digest);
    else
        value = oci_json_parse(text, used, name, err);
    free(text);
    return value;
}

static json_t *read_blob(int folder, const char *digest, struct err *err)
{
    int fd = open_blob(folder, digest, err);

    return fd < 0 ? NULL : read_json(fd, digest, digest, err);
}

/* Follows an index to a manifest; takes the index over. NULL: err says why. */
static json_t *find_manifest(int folder, json_t *index, struct err *err)
{
    for (int depth = 0; depth < INDEX_DEPTH && index != NULL; depth++) {
        char digest[DIGEST_HEX_SIZE];
        json_t *next = NULL;

        if (oci_json_index(index, digest, err) == 0)
            next = read_blob(folder, digest, err);
        json_decref(index);
        if (next == NULL || oci_json_is_manifest(next))
            return next;
        index = next;
    }
    json_decref(index);
    err_set(err, "the image layout's index leads to no manifest");
    return NULL;
}

int oci_open(struct oci_image *oci, const char *path, struct err *err)
{
    json_t *index = NULL, *manifest = NULL, *config = NULL;
    char digest[DIGEST_HEX_SIZE];
    int fd, answer = -1;

    *oci = (struct oci_image){.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (oci->folder < 0)
        return err_sys(err, errno, "cannot open the image layout %s", path);
    fd = open_beneath(oci->folder, "index.json");
    if (fd < 0) {
        err_sys(err, errno, "cannot open index.json in %s", path);
        err_hint(err, "a folder with an OCI image layout (skopeo copy docker://NAME oci:FOLDER)");
    } else {
        index = read_json(fd, "index.json", NULL, err);
    }
    if (index != NULL)
        manifest = find_manifest(oci->folder, index, err);
    if (manifest != NULL && oci_json_config(manifest, digest, err) == 0)
        config = read_blob(oci->folder, digest, err);
    if (config != NULL)
        answer = oci_json_image(oci, manifest, config, err);
    json_decref(manifest);
    json_decref(config);
    if (answer < 0)
        oci_close(oci);
    return answer;
}

void oci_close(struct oci_image *oci)
{
    if (oci->folder >= 0)
        close(oci->folder);
    oci->folder = -1;
}

int oci_open_layer(const struct oci_image *oci, size_t number, struct err *err)
{
    return open_blob(oci->folder, oci->layers[number].blob, err);
}
