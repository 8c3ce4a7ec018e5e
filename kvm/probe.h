/*
 * probe.h: what KVM is on this host, by what it does, never by what a processor or a module says.
 *
 * Three kinds are met: none; KVM on a processor that helps (VT-x, AMD-V), whose guests run at its
 * speed in every ring; and KVM that emulates ring 0, instruction by instruction, as some clouds
 * have it, whose guests' programs are as quick as anywhere but whose guests' kernels are not, and
 * differ in what `syscall` and `int` do. A virtual machine of a few instructions tells.
 */
#ifndef TRIVIUM_KVM_PROBE_H
#define TRIVIUM_KVM_PROBE_H

#include <stdbool.h>

#include "kvm/ops.h"
#include "lib/err.h"

enum probe_class {
    PROBE_NONE,          /* `err` says why, and what to do */
    PROBE_EMULATED_RING, /* ring 0 is emulated */
    PROBE_HARDWARE,
};

struct probe {
    enum probe_class class;
    struct err err;
    /* Nanoseconds: an instruction of a loop in ring 0 (0: too quick to be told), in ring 3, and
     * without KVM; a way out to Trivium and back. */
    double ring0, ring3, native, exit;
    bool syscall_enters; /* `syscall` reaches ring 0 */
    bool int_enters;     /* `int 0x80` reaches its gate */
};

/* Looks. Takes some milliseconds; what hangs is stopped. */
struct probe probe_kvm(const struct kvm_ops *ops);

const char *probe_class_name(enum probe_class class);

#endif
