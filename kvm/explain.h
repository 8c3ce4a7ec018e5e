/*
 * explain.h: KVM told as it happens: a struct kvm_ops around another one that prints each request,
 * and of KVM_RUN each exit, with the guest's rip; the first ones in full, the rest in numbers.
 *
 * It is the whole of KVM's interface as a virtual machine uses it, in the order of use: a lecture.
 */
#ifndef TRIVIUM_KVM_EXPLAIN_H
#define TRIVIUM_KVM_EXPLAIN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kvm/ops.h"
#include "lib/elf.h"

#define EXPLAIN_FDS_MAX 128

struct explain {
    struct kvm_ops ops;                /* what to use in place of `inner` */
    const struct kvm_ops *inner;       /* borrowed */
    FILE *file;                        /* borrowed */
    const struct elf_symbols *symbols; /* of the guest's kernel, or NULL; borrowed */
    unsigned long exits_shown, exits_max;
    unsigned long exits;
    pthread_mutex_t lock; /* each vCPU is a thread: of all below, and of the file */
    unsigned fd_count;
    struct {
        int fd;
        void *run;    /* a vCPU's shared page; NULL: no vCPU */
        bool started; /* its first KVM_RUN has been told */
    } fds[EXPLAIN_FDS_MAX];
};

/* Around `inner`; of exits it shows the first `exits_max`. */
void explain_init(struct explain *explain, const struct kvm_ops *inner, FILE *file,
                  unsigned long exits_max);
/* How many exits were not shown. */
void explain_fini(struct explain *explain);

#endif
