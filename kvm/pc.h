/*
 * pc.h: the whole virtual machine: processors, memory and devices, in one struct.
 *
 *     run.c: the run loop of each processor         pc.c: the owner: building it, console, the end
 *     ------------------------------------------------------------------------------------------
 *     vm.h: memory, vCPUs, interrupt controllers    dev/: UART  virtio block  syscon
 *     ------------------------------------------------------------------------------------------
 *     ops.h: KVM, in the host's kernel
 *
 * Each processor is a thread that is in KVM_RUN most of the time; the thread that calls pc_run()
 * waits for what is typed. `lock` guards devices, buses, lines, console and the end (dev/bus.h says
 * why); it is held for one access at a time. What a guest does ends the machine in a way that has a
 * name, and nothing else.
 *
 * Read next: run.c.
 */
#ifndef TRIVIUM_KVM_PC_H
#define TRIVIUM_KVM_PC_H

#include <pthread.h>
#include <stdbool.h>

#include "dev/bus.h"
#include "dev/console.h"
#include "dev/copier.h"
#include "dev/disk.h"
#include "dev/syscon.h"
#include "dev/uart.h"
#include "dev/virtio_block.h"
#include "dev/virtio_console.h"
#include "dev/virtio_mmio.h"
#include "kvm/exits.h"
#include "kvm/ioapic.h"
#include "kvm/map.h"
#include "kvm/vm.h"

struct pc_config {
    const struct kvm_ops *ops;
    unsigned cpus;        /* 1 .. VM_CPUS_MAX */
    uint64_t memory;      /* bytes, VM_MEMORY_MIN .. VM_MEMORY_MAX */
    const char *kernel;   /* path of an ELF file */
    const char *initrd;   /* path, or NULL */
    const char *bootargs; /* behind those that tell the kernel what there is; not NULL */
    const char *disk;     /* path of a disk image, or NULL */
    bool legacy_virtio;
    bool ring;               /* the guest's output by a virtio console */
    struct console *console; /* borrowed; initialised */
};

/* How a run came to its end. */
enum pc_end {
    PC_RUNS,        /* not yet */
    PC_POWER_OFF,   /* the guest switched it off: `status` */
    PC_RESET,       /* the guest wants to start again */
    PC_QUIT,        /* the user wants to leave */
    PC_DIED,        /* a processor cannot go on: `death` */
    PC_HOST_FAILED, /* KVM refused what it must not: `err` */
};

/* A processor that cannot go on: what KVM_RUN said. */
struct pc_death {
    unsigned cpu;
    uint32_t reason;   /* KVM_EXIT_... */
    uint32_t suberror; /* of KVM_EXIT_INTERNAL_ERROR */
    uint64_t hardware; /* of KVM_EXIT_FAIL_ENTRY: what the processor said */
};

struct pc;

/* A processor, with its thread. */
struct pc_cpu {
    struct vcpu vcpu;
    struct pc *pc;
    pthread_t thread;
    bool started;
    struct exit_counts exits; /* the thread's, until it has ended */
};

struct pc {
    struct vm vm;
    unsigned cpu_count;  /* of cpus[]: made so far */
    struct pc_cpu *cpus; /* owned */

    pthread_mutex_t lock;
    struct bus ports, bus;
    struct uart uart;
    struct syscon syscon;
    struct copier copier;
    struct ioapic ioapic;
    bool has_disk;
    int disk_fd; /* owned, if there is a disk */
    struct disk disk;
    struct virtio_block block;
    struct virtio_mmio virtio; /* the disk's */
    struct virtio_console ring;
    struct virtio_mmio ring_virtio;
    unsigned virtio_count;       /* slots in use; the disk's is the first */
    bool uart_line, virtio_line; /* as KVM was told last */
    uint64_t bytes_sent;         /* to the console */
    struct console *console;

    /* The end. Written once, under the lock; `end` is also read without. */
    enum pc_end end;
    int status;
    struct pc_death death;
    struct err err;
    int wake; /* owned: an eventfd that wakes pc_run() */
};

/* A machine about to start; NULL: err says why not. Ended by pc_free(). */
struct pc *pc_new(const struct pc_config *config, struct err *err);
void pc_free(struct pc *pc);

/* Runs until the end. Signals: takes SIGUSR1, to get threads out of KVM_RUN. */
enum pc_end pc_run(struct pc *pc);

/* After PC_DIED: what happened, in one line of *err. */
void pc_explain_death(const struct pc *pc, struct err *err);

/* All processors' exits, after pc_run(). */
struct exit_counts pc_exits(const struct pc *pc);

/* For run.c: */

/* The body of a processor's thread: its argument is a struct pc_cpu. */
void *pc_cpu_main(void *argument);

/* Ends the machine, unless it has ended: `death` and `err` may be NULL. With the lock held. */
void pc_finish(struct pc *pc, enum pc_end end, const struct pc_death *death, const struct err *err);

/* Carries the levels of devices' lines to KVM's interrupt controllers. With the lock held. */
void pc_update_lines(struct pc *pc);

#endif
