/* archive.c: loading libarchive, and unpacking what is only compressed; see archive.h. */
#include "ctr/archive.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LIBRARY "libarchive.so.13"

/* C has no conversion from an object's address to a function's; POSIX says that they look alike. */
static int find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);

    memcpy(function, &symbol, sizeof symbol);
    return symbol == NULL ? -1 : 0;
}

int archive_calls_load(struct archive_calls *calls, struct err *err)
{
    int answer = 0;

    *calls = (struct archive_calls){.library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL)};
    if (calls->library == NULL) {
        err_set(err, "cannot load %s, which reads and writes layers: %s", LIBRARY, dlerror());
        return err_hint(err, "install libarchive13");
    }
#define FIND(name) answer |= find(calls->library, #name, &calls->name);
    ARCHIVE_CALLS(FIND)
#undef FIND
    if (answer == 0)
        return 0;
    archive_calls_unload(calls);
    return err_set(err, "%s lacks a function that it should have", LIBRARY);
}

void archive_calls_unload(struct archive_calls *calls)
{
    if (calls->library != NULL)
        dlclose(calls->library);
    calls->library = NULL;
}

static int put_all(int fd, const char *bytes, size_t size, struct err *err)
{
    while (size > 0) {
        ssize_t put = write(fd, bytes, size);

        if (put < 0)
            return err_sys(err, errno, "cannot write a layer");
        bytes += put;
        size -= (size_t)put;
    }
    return 0;
}

static int copy(const struct archive_calls *calls, struct archive *archive, int to, uint64_t most,
                struct err *err)
{
    char buffer[65536];
    struct archive_entry *entry;
    uint64_t total = 0;
    la_ssize_t got = 0;
    int answer = calls->archive_read_next_header(archive, &entry);

    if (answer == ARCHIVE_EOF) /* an empty file */
        return 0;
    if (answer == ARCHIVE_OK) {
        while ((got = calls->archive_read_data(archive, buffer, sizeof buffer)) > 0) {
            total += (uint64_t)got;
            if (total > most)
                return err_set(err, "it unpacks to more than %llu MiB",
                               (unsigned long long)(most >> 20));
            if (put_all(to, buffer, (size_t)got, err) < 0)
                return -1;
        }
    }
    if (answer == ARCHIVE_OK && got == 0)
        return 0;
    return err_set(err, "it cannot be read: %s", calls->archive_error_string(archive));
}

/*
 * Not all filters: some would start programs, and so does that for zstd where libarchive was built
 * without. Source of the number: RFC 8878, 3.1.1.
 */
static int choose_filter(const struct archive_calls *calls, struct archive *archive, int from,
                         struct err *err)
{
    static const unsigned char zstd[4] = {0x28, 0xb5, 0x2f, 0xfd};
    unsigned char first[4];

    if (pread(from, first, sizeof first, 0) != (ssize_t)sizeof first ||
        memcmp(first, zstd, sizeof zstd) != 0) {
        calls->archive_read_support_filter_gzip(archive);
        return 0;
    }
    if (calls->archive_read_support_filter_zstd(archive) == ARCHIVE_OK)
        return 0;
    err_set(err, "it is compressed by zstd, which this host's libarchive cannot unpack");
    return err_hint(err, "the same by gzip: skopeo copy --dest-compress-format gzip ...");
}

int archive_decompress(const struct archive_calls *calls, int from, int to, uint64_t most,
                       struct err *err)
{
    struct archive *archive = calls->archive_read_new();
    int answer;

    if (archive == NULL)
        err_die_oom();
    calls->archive_read_support_format_raw(archive);
    calls->archive_read_support_format_empty(archive);
    if (choose_filter(calls, archive, from, err) < 0)
        answer = -1;
    else if (calls->archive_read_open_fd(archive, from, 65536) != ARCHIVE_OK)
        answer = err_set(err, "it cannot be read: %s", calls->archive_error_string(archive));
    else
        answer = copy(calls, archive, to, most, err);
    calls->archive_read_free(archive);
    return answer;
}
