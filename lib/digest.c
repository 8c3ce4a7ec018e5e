/* digest.c: SHA-256 by nettle; see digest.h. */
#include "lib/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <string.h>
#include <unistd.h>

static void finish(struct sha256_ctx *context, char hex[DIGEST_HEX_SIZE])
{
    uint8_t digest[SHA256_DIGEST_SIZE];

    sha256_digest(context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

void digest_bytes(const void *bytes, size_t size, char hex[DIGEST_HEX_SIZE])
{
    struct sha256_ctx context;

    sha256_init(&context);
    sha256_update(&context, size, bytes);
    finish(&context, hex);
}

int digest_open_file(int fd, char hex[DIGEST_HEX_SIZE])
{
    struct sha256_ctx context;
    uint8_t buffer[65536];
    off_t at = 0;
    ssize_t got;

    sha256_init(&context);
    while ((got = pread(fd, buffer, sizeof buffer, at)) > 0) {
        sha256_update(&context, (size_t)got, buffer);
        at += got;
    }
    if (got < 0)
        return -1;
    finish(&context, hex);
    return 0;
}

int digest_file(const char *path, char hex[DIGEST_HEX_SIZE], struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), answer = 0;

    if (fd < 0)
        return err_sys(err, errno, "cannot open %s", path);
    if (digest_open_file(fd, hex) < 0)
        answer = err_sys(err, errno, "cannot read %s", path);
    close(fd);
    return answer;
}

bool digest_is_hex(const char *text)
{
    return strlen(text) == DIGEST_HEX_SIZE - 1 &&
           strspn(text, "0123456789abcdef") == DIGEST_HEX_SIZE - 1;
}
