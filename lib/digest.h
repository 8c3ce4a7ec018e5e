/* digest.h: SHA-256, by which a result names the very program it was measured with, and an image
 * its layers. */
#ifndef TRIVIUM_LIB_DIGEST_H
#define TRIVIUM_LIB_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

#define DIGEST_HEX_SIZE 65 /* 64 hexadecimal digits and a NUL */

void digest_bytes(const void *bytes, size_t size, char hex[DIGEST_HEX_SIZE]);
int digest_file(const char *path, char hex[DIGEST_HEX_SIZE], struct err *err);

/* Of a whole file that is open, wherever its offset is, which stays. -1: errno tells why. */
int digest_open_file(int fd, char hex[DIGEST_HEX_SIZE]);

/* Whether it looks like one, in small letters. */
bool digest_is_hex(const char *text);

#endif
