/* Random bytes from the kernel. */
#ifndef TRIVIUM_GUEST_LIB_SYS_RANDOM_H
#define TRIVIUM_GUEST_LIB_SYS_RANDOM_H

#include <sys/types.h>

ssize_t getrandom(void *data, size_t size, unsigned int flags);

#endif
