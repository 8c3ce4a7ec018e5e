/*
 * recorder.h: KVM kept: a struct kvm_ops around another one that notes each request and each exit,
 * with the guest's registers and the code around its rip, so that one can go through them when the
 * machine has long ended. Hardware does not step back; such a record does.
 *
 *     pc.h --requests--> recorder --> the host's KVM
 *                            |
 *                        struct exit_log: plain data, without pointers; may be shared memory
 *
 * The log is bounded. When it is full, the first LOG_HEAD moments stay, and of the others the last
 * LOG_TAIL; how many were dropped between them is known. Counts are of all.
 *
 * What an exit takes is measured here as in run.c: in KVM_RUN, and out of it. The recorder's own
 * part (two requests an exit) is in neither, and is told apart: log->own_ns.
 *
 * Read next: explain.h, which tells the same as it happens.
 */
#ifndef TRIVIUM_KVM_RECORDER_H
#define TRIVIUM_KVM_RECORDER_H

#include <linux/kvm.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "kvm/exits.h"
#include "kvm/map.h"
#include "kvm/ops.h"
#include "kvm/tell.h"

enum {
    LOG_HEAD = 24576,
    LOG_TAIL = 8192,
    LOG_CODE_BEFORE = 32, /* bytes of code before rip, and in all, as far as the page goes */
    LOG_CODE = 48,
    LOG_TEXT = 80,
};

enum moment_kind {
    MOMENT_REQUEST, /* any request but KVM_RUN */
    MOMENT_START,   /* a processor's first KVM_RUN */
    MOMENT_EXIT,
};

/* Plain data. */
struct moment {
    uint64_t number; /* from 0, in order of time */
    uint64_t ns;     /* since the recorder was made; of an exit, when KVM_RUN came back */
    enum moment_kind kind;
    uint32_t cpu; /* of MOMENT_START and MOMENT_EXIT */
    /* Of MOMENT_REQUEST: */
    unsigned long request; /* 0: no ioctl, but an open */
    int answer;            /* a negative errno: refused */
    char text[LOG_TEXT];   /* what it was given, or "" */
    /* Of MOMENT_EXIT: */
    uint64_t exit; /* its number among exits, from 1 */
    struct exit_fact fact;
    uint64_t guest_ns; /* in KVM_RUN before it, */
    uint64_t host_ns;  /* and out of it, until the guest ran on: */
    bool resumed;      /* it did */
    uint64_t sent;     /* bytes that the console had got by then; UINT64_MAX: not known */
    bool has_regs;
    struct kvm_regs regs;
    uint8_t code[LOG_CODE]; /* around rip: */
    uint8_t before, bytes;  /* before rip, and in all; 0: the page could not be read */
};

/* By reason: exits, and what they took. */
struct moment_count {
    uint64_t count, guest_ns, host_ns;
};

struct exit_log {
    uint64_t total; /* moments that there were */
    uint64_t exits;
    uint64_t own_ns; /* what recording took */
    uint64_t interrupted;
    struct moment_count reasons[EXIT_REASONS_MAX]; /* by KVM_EXIT_...; the last one: all others */
    /* One more than are kept: that is the one that is being written. */
    struct moment moments[LOG_HEAD + LOG_TAIL + 1];
};

/* How many are kept; how many are not. */
size_t log_kept(const struct exit_log *log);
uint64_t log_dropped(const struct exit_log *log);

/* The one of that index, from 0, among those that are kept. */
const struct moment *log_at(const struct exit_log *log, size_t index);

/* Its index in reasons[]. */
unsigned log_reason(uint32_t reason);

/* A descriptor that a machine has. */
struct recorded_cpu {
    int fd;
    uint32_t number;
    const struct kvm_run *run; /* NULL: not shared yet */
    bool started;
    bool pending;     /* its last exit is being handled, */
    uint64_t moment;  /* which has that number, */
    uint64_t handled; /* since when, ns */
};

struct recorder {
    struct kvm_ops ops;          /* what to use in place of `inner` */
    const struct kvm_ops *inner; /* borrowed */
    struct exit_log *log;        /* borrowed; zeroed */
    const uint64_t *sent;        /* borrowed: bytes that the console got, atomic; NULL: not known */
    uint64_t (*clock)(void);     /* ns; tests have their own */
    uint64_t start;
    pthread_mutex_t lock; /* each vCPU is a thread: of the log, and of all below */
    const uint8_t *ram;   /* borrowed: the guest's memory, from gpa 0 on */
    uint64_t ram_size;
    unsigned cpu_count;
    struct recorded_cpu cpus[VM_CPUS_MAX];
};

/* Around `inner`, into a log of zeros. clock: NULL, the host's. */
void recorder_init(struct recorder *recorder, const struct kvm_ops *inner, struct exit_log *log,
                   uint64_t (*clock)(void));
void recorder_fini(struct recorder *recorder);

#endif
