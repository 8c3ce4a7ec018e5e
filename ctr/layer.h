/*
 * layer.h: a layer of an image: a tar file with what it adds to the layers below it, and takes
 * away.
 *
 *     NAME            is there, or replaces what is
 *     .wh.NAME        NAME is not there any more (a whiteout)
 *     .wh..wh..opq    nothing of the layers below is in this folder any more (opaque)
 *
 * All in it is a stranger's. Names with .. or from / on, devices, and whiteouts of . and .. are
 * refused; links may lead anywhere, as nothing follows them out of the root; set-user-id bits are
 * left out; and there are limits to size and number.
 *
 * Source: OCI image specification, layer.md. Read next: store.h (where they are kept).
 */
#ifndef TRIVIUM_CTR_LAYER_H
#define TRIVIUM_CTR_LAYER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ctr/archive.h"
#include "lib/err.h"

#define LAYER_BYTES_MOST   (UINT64_C(4) << 30)
#define LAYER_ENTRIES_MOST 1000000u

/* What an entry's name begins with, and what it is, that only says what is gone. */
#define LAYER_WHITEOUT_MARK ".wh."
#define LAYER_OPAQUE_MARK   ".wh..wh..opq"

enum layer_kind {
    LAYER_FOLDER,
    LAYER_FILE,
    LAYER_SYMLINK,
    LAYER_HARDLINK,
    LAYER_WHITEOUT, /* of `path` */
    LAYER_OPAQUE,   /* the folder `path`; "" is the root */
};

struct layer_entry {
    enum layer_kind kind;
    char path[PATH_MAX]; /* without the first slash, and neither . nor .. in it */
    char link[PATH_MAX]; /* a symbolic link's text; the name of a hard link's file, as `path` */
    unsigned mode;       /* without set-user-id bits */
    uint64_t size;
    unsigned uid, gid;
    time_t mtime;
};

/* A layer that is read. */
struct layer {
    const struct archive_calls *calls; /* borrowed */
    struct archive *archive;
    uint64_t bytes, bytes_most; /* so far, and at most */
    unsigned entries;
};

/* From the tar file's descriptor, which is read from where it is, and stays open. */
int layer_open(struct layer *layer, const struct archive_calls *calls, int fd, uint64_t bytes_most,
               struct err *err);
void layer_close(struct layer *layer);

/* 1: an entry; 0: the end; -1: it is refused, or broken; err says why. */
int layer_next(struct layer *layer, struct layer_entry *entry, struct err *err);

/* Reads all and writes nothing: whether it would be refused. */
int layer_check(const struct archive_calls *calls, int fd, struct err *err);

/* How layers are unpacked, each into a folder of its own. */
struct layer_target {
    const int *roots; /* the folders' descriptors, the lowest first; the last one is filled */
    size_t count;
    bool owners;         /* files get the owners that the layer says; else ours */
    uint64_t bytes_most; /* in all */
};

/*
 * Fills the last folder, which is empty. Whiteouts become what overlayfs takes for one, the device
 * 0:0; a folder that is opaque gets one for each name below.
 */
int layer_unpack(const struct archive_calls *calls, int fd, const struct layer_target *target,
                 struct err *err);

/* What a folder is that a layer is written of. */
struct layer_origin {
    bool upper;          /* what overlayfs wrote: its marks become whiteouts and opaque folders */
    unsigned uid, gid;   /* who is root of it, here; the others follow ... */
    unsigned ids;        /* ... so many in all; whoever is none of them becomes root */
    uint64_t bytes_most; /* of all files; a hole counts, too */
};

/*
 * Writes a folder as a layer; the same folder makes the same bytes. Other than files, folders and
 * links are left out. `origin`: NULL: a folder of which all is root's, and names like .wh.NAME are
 * meant.
 */
int layer_write(const struct archive_calls *calls, int folder, const struct layer_origin *origin,
                int to, struct err *err);

#endif
