/* Pipes: a queue of bytes between two files. */
#ifndef TRIVIUM_GUEST_KERNEL_PIPE_H
#define TRIVIUM_GUEST_KERNEL_PIPE_H

#include "guest/kernel/file.h"

/* Makes a pipe: ends[0] to read from, ends[1] to write to, each with a reference for the caller.
 * flags: O_NONBLOCK or 0. Returns 0 or -ENOMEM. */
int pipe_open(uint32_t flags, struct file *ends[2]);

#endif
