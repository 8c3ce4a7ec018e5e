/*
 * proc.h: a container's /proc and /dev: the windows into the kernel, most of them shut.
 *
 * /proc shows the container's processes, but also files by which the whole host is set or seen:
 * those are made read-only or covered. /sys is not mounted at all. /dev has six devices that do no
 * harm, lent by the host, and terminals of its own.
 */
#ifndef TRIVIUM_CTR_PROC_H
#define TRIVIUM_CTR_PROC_H

#include <stdbool.h>

#include "ctr/step.h"
#include "lib/err.h"

/* On /proc of the new root. With `hide`, what concerns the host is covered or read-only. */
int proc_mount(int root, bool hide, struct steps *steps, struct err *err);

/* On /dev of the new root. */
int proc_devices(int root, struct steps *steps, struct err *err);

#endif
