/* The console's output by a virtio device. */
#ifndef TRIVIUM_GUEST_KERNEL_VIRTIO_CONSOLE_H
#define TRIVIUM_GUEST_KERNEL_VIRTIO_CONSOLE_H

#include "guest/kernel/kernel.h"

/* Finds a virtio console and starts it. Returns false if there is none that works. */
bool virtio_console_find(void);

/* Sends all of it: with one store to the device for each page of text. */
void virtio_console_write(const char *text, size_t length);

#endif
