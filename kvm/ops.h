/*
 * ops.h: the doors to KVM: everything that this folder asks of the host's kernel goes through one
 * table of functions.
 *
 * KVM is a device file and a few dozen ioctl requests on three kinds of descriptors: the system
 * (/dev/kvm), a virtual machine, a virtual CPU. Behind the table stands the real thing
 * (kvm_ops_host), or something around it that tells what passes (explain.h), or a recording that
 * plays the host's part in tests and on hosts without KVM.
 *
 * Errors: a function that fails answers a negative errno and changes nothing. Who calls it says
 * what was tried (lib/err.h).
 *
 * Source: Linux, Documentation/virt/kvm/api.rst. Read next: vm.h.
 */
#ifndef TRIVIUM_KVM_OPS_H
#define TRIVIUM_KVM_OPS_H

#include <stddef.h>

struct kvm_ops {
    /* A descriptor of the device file `path`. */
    int (*open)(void *owner, const char *path);
    /* A request on a descriptor; what it answers is >= 0. `argument` is a number or a pointer, as
     * the request wants it. */
    int (*ioctl)(void *owner, int fd, unsigned long request, void *argument);
    /* Shares `size` bytes of a descriptor, from its start on, with this process; NULL: refused,
     * *error is the negative errno. */
    void *(*map)(void *owner, int fd, size_t size, int *error);
    void (*unmap)(void *owner, void *memory, size_t size);
    void (*close)(void *owner, int fd);
    void *owner; /* handed to each of them; borrowed */
};

/* The host's own KVM. */
extern const struct kvm_ops kvm_ops_host;

#endif
