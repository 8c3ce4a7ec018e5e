/*
 * vm.h: a virtual machine as KVM sees one: memory, and virtual processors.
 *
 *     /dev/kvm  --KVM_CREATE_VM-->  a machine  --KVM_CREATE_VCPU-->  a vCPU  --KVM_RUN-->  guest
 * code |                               | its memory is some of ours              struct kvm_run:
 * why it (KVM_SET_USER_MEMORY_REGION)                 came back to us
 *
 * What is around it to make a computer is pc.h's. Source: Linux, Documentation/virt/kvm/api.rst.
 */
#ifndef TRIVIUM_KVM_VM_H
#define TRIVIUM_KVM_VM_H

#include <linux/kvm.h>
#include <stdint.h>

#include "dev/dma.h"
#include "kvm/map.h"
#include "kvm/ops.h"
#include "lib/err.h"

struct vm {
    const struct kvm_ops *ops; /* borrowed */
    int system, fd;            /* /dev/kvm, and the machine; -1: not open */
    struct dma dma;            /* its memory, from gpa 0 on */
    void *mapping;             /* owned: what dma.ram lies in */
    uint64_t mapping_size;
    size_t run_size; /* bytes of each vCPU's struct kvm_run and what follows it */
};

/* A virtual processor. */
struct vcpu {
    struct vm *vm; /* borrowed */
    unsigned number;
    int fd;
    struct kvm_run *run; /* shared with the host's kernel */
};

/*
 * Opens /dev/kvm. 0, or -1: err says why this host cannot, and what to do. A caller that only wants
 * to know closes it again with vm_fini().
 */
int vm_open(struct vm *vm, const struct kvm_ops *ops, struct err *err);

/*
 * The machine, with that much memory, all zeros, and KVM's interrupt controllers. -1: err says what
 * the host refused; vm_fini() is due in any case.
 */
int vm_create(struct vm *vm, uint64_t memory, struct err *err);

/*
 * Pages of 2 MiB, where the host has them, save the guest most of the cost of its own page walks.
 * To be called when the machine is loaded: what has pages by then keeps small ones, as to clear 2
 * MiB for a few KiB takes longer than a short program runs.
 */
void vm_use_large_pages(const struct vm *vm);
void vm_fini(struct vm *vm);

/* Once for each number 0, 1, .... -1: see above; vcpu_fini() is due in any case. */
int vcpu_init(struct vcpu *vcpu, struct vm *vm, unsigned number, struct err *err);
void vcpu_fini(struct vcpu *vcpu);

/* A request that must succeed: its answer, or -1 and an err that begins with `tried`. */
int vm_request(const struct vm *vm, int fd, unsigned long request, void *argument,
               const char *tried, struct err *err);

/* What a line of a device sends when it rises. SDM 3A, 10.11. */
struct vm_message {
    uint32_t address, data;
};

/* For each line, a message. -1: err says why not. */
int vm_set_routes(const struct vm *vm, const struct vm_message messages[VM_LINES], struct err *err);

/* The level of an interrupt line. */
int vm_set_line(const struct vm *vm, unsigned line, bool level, struct err *err);

#endif
