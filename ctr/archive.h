/*
 * archive.h: libarchive, loaded when an image is used. Linked, it and what it is linked with would
 * make each start of Trivium 1.4 ms longer (400 starts of an empty program: 2.0 against 0.6 ms
 * each) and its process 3 MB bigger.
 *
 * What is not asked of it: writing files by their names. See layer.h for who does that.
 */
#ifndef TRIVIUM_CTR_ARCHIVE_H
#define TRIVIUM_CTR_ARCHIVE_H

#include <archive.h>
#include <archive_entry.h>
#include <stdint.h>

#include "lib/err.h"

#define ARCHIVE_CALLS(X)                       \
    X(archive_error_string)                    \
    X(archive_read_new)                        \
    X(archive_read_support_filter_gzip)        \
    X(archive_read_support_filter_zstd)        \
    X(archive_read_support_format_tar)         \
    X(archive_read_support_format_raw)         \
    X(archive_read_support_format_empty)       \
    X(archive_read_set_options)                \
    X(archive_read_open_fd)                    \
    X(archive_read_next_header)                \
    X(archive_read_data)                       \
    X(archive_read_free)                       \
    X(archive_write_new)                       \
    X(archive_write_set_format_pax_restricted) \
    X(archive_write_set_options)               \
    X(archive_write_open_fd)                   \
    X(archive_write_header)                    \
    X(archive_write_data)                      \
    X(archive_write_close)                     \
    X(archive_write_free)                      \
    X(archive_entry_new)                       \
    X(archive_entry_free)                      \
    X(archive_entry_pathname)                  \
    X(archive_entry_hardlink)                  \
    X(archive_entry_symlink)                   \
    X(archive_entry_filetype)                  \
    X(archive_entry_perm)                      \
    X(archive_entry_size)                      \
    X(archive_entry_uid)                       \
    X(archive_entry_gid)                       \
    X(archive_entry_mtime)                     \
    X(archive_entry_set_pathname)              \
    X(archive_entry_set_symlink)               \
    X(archive_entry_set_filetype)              \
    X(archive_entry_set_perm)                  \
    X(archive_entry_set_size)                  \
    X(archive_entry_set_mtime)                 \
    X(archive_entry_set_uid)                   \
    X(archive_entry_set_gid)

/* The functions under their own names: calls->archive_read_new(). */
struct archive_calls {
    void *library;
#define MEMBER(name) __typeof__(&name) name;
    ARCHIVE_CALLS(MEMBER)
#undef MEMBER
};

int archive_calls_load(struct archive_calls *calls, struct err *err);
void archive_calls_unload(struct archive_calls *calls);

/* Copies what `from` holds, unpacked if it is gzip, or zstd where libarchive can do that, to `to`;
 * `most` bytes at most. */
int archive_decompress(const struct archive_calls *calls, int from, int to, uint64_t most,
                       struct err *err);

#endif
