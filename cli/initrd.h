/* initrd.h: what lies in a machine's initrd, by its name there. */
#ifndef TRIVIUM_CLI_INITRD_H
#define TRIVIUM_CLI_INITRD_H

#include "lib/digest.h"

/*
 * The SHA-256 of the file called `name` (as "bin/prime") in the archive at `path`: of the very
 * bytes that a machine will run, however they came there. -1: it is not there, or is no archive.
 *
 * The format is cpio's "newc": docs of the Linux kernel, driver-api/early-userspace/buffer-format.
 */
int initrd_digest(const char *path, const char *name, char hex[DIGEST_HEX_SIZE], struct err *err);

#endif
