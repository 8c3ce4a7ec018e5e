/* Numbers from /proc. */
#ifndef TRIVIUM_GUEST_BIN_PROC_H
#define TRIVIUM_GUEST_BIN_PROC_H

#include <stdint.h>

/* What a file in /proc says behind "NAME:", in KiB. -1: the file is not there, or does not say it.
 *
 * /proc/meminfo: how much memory there is, and is free. /proc/self/smaps_rollup: how much of this
 * process's own is of which kind; AnonHugePages is what lies in large pages. Source: proc(5). */
int64_t proc_kib(const char *path, const char *name);

/* The same of AnonHugePages: what this process really has in large pages. */
int64_t proc_large_kib(void);

#endif
