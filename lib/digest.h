/* digest.h: the SHA-256 of a file, by which a result names the very program it was measured with.
 */
#ifndef TRIVIUM_LIB_DIGEST_H
#define TRIVIUM_LIB_DIGEST_H

#include "lib/err.h"

#define DIGEST_HEX_SIZE 65 /* 64 hexadecimal digits and a NUL */

void digest_bytes(const void *bytes, size_t size, char hex[DIGEST_HEX_SIZE]);
int digest_file(const char *path, char hex[DIGEST_HEX_SIZE], struct err *err);

#endif
