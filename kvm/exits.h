/*
 * exits.h: why guest code stopped running, how often, and what that took.
 *
 * An exit leads from the guest through the host's kernel to us and back. What is measured here is
 * our part, from KVM_RUN's return to the next KVM_RUN; the switches themselves, and what the host's
 * kernel answers without us, count as guest time.
 */
#ifndef TRIVIUM_KVM_EXITS_H
#define TRIVIUM_KVM_EXITS_H

#include <stdbool.h>
#include <stdint.h>

#include "dev/bus.h"

/* Numbers of linux/kvm.h, KVM_EXIT_...: all that this file has names for are below. */
#define EXIT_REASONS_MAX 48

struct exit_count {
    uint64_t count;
    uint64_t ns; /* of ours */
};

/* By the device that the guest reached, in the order of its bus; the last one: none. */
#define EXIT_PLACES_MAX (BUS_RANGES_MAX + 1)

/* Of one processor, or of all together. Plain data. */
struct exit_counts {
    struct exit_count reasons[EXIT_REASONS_MAX]; /* by KVM_EXIT_...; the last one: all others */
    uint64_t interrupted;                        /* KVM_RUN came back for a signal */
    struct exit_count ports[EXIT_PLACES_MAX], mmio[EXIT_PLACES_MAX];
    uint64_t unclaimed;         /* accesses where there is no device */
    uint64_t stray;             /* if there were any: the address of the first of them, */
    bool stray_is_port;         /* which is a port, or a gpa */
    uint64_t guest_ns, host_ns; /* in KVM_RUN, and out of it */
};

/* "port I/O", "MMIO", "hlt", ...: as people call it; NULL: no name. */
const char *exit_name(uint32_t reason);

/*
 * Counts one that took `ns` of ours. `place`: of an access, a member of counts->ports or
 * counts->mmio, which counts it, too; else NULL.
 */
void exit_counts_add(struct exit_counts *counts, uint32_t reason, struct exit_count *place,
                     uint64_t ns);

/* Counts an access that no device has taken. */
void exit_counts_stray(struct exit_counts *counts, bool is_port, uint64_t address);

/* Adds those of another processor. */
void exit_counts_sum(struct exit_counts *sum, const struct exit_counts *counts);

#endif
