/* Making open files, and the descriptors of the current process, for the system calls on files. See
 * file.h. */
#ifndef TRIVIUM_GUEST_KERNEL_DESCRIPTOR_H
#define TRIVIUM_GUEST_KERNEL_DESCRIPTOR_H

#include "guest/kernel/file.h"

/* An open file with one reference; object and flags are its fields. NULL: no memory. */
struct file *file_new(const struct file_operations *operations, void *object, uint32_t flags);

/* The lowest free descriptor from `least` on. It takes over the caller's reference. -EMFILE if
 * there is none; then the reference is still the caller's. */
int64_t descriptor_new(struct file *file, int64_t least, bool close_on_exec);

/* Marks a valid descriptor to be closed by exec, or not; whether it is. */
void descriptor_mark(int64_t descriptor, bool close_on_exec);
bool descriptor_is_marked(int64_t descriptor);

/* Lets a valid descriptor stand for another file (with the caller's reference), or for none (NULL).
 * Returns what it stood for, with the reference; NULL if nothing. */
struct file *descriptor_replace(int64_t descriptor, struct file *file);

#endif
