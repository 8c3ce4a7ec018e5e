/*
 * bench.h: the monitor (guest/monitor) on this host: its portable part, with a machine that is
 * played, and the emulator's own hart beside it, which says how things are bare.
 *
 * For tests/unit/test_monitor.c and the grader of lab 7. One bench at a time.
 */
#ifndef TRIVIUM_TESTS_MONITOR_BENCH_H
#define TRIVIUM_TESTS_MONITOR_BENCH_H

#include "emu/cpu/machine.h"
#include "guest/monitor/guest.h"

struct monitor_bench {
    struct guest guest; /* its memory is all 0, its shadow tables are empty */

    /* What was done to the played machine. */
    char printed[64];
    size_t printed_count;
    uint64_t timer;
    unsigned waits, fences, code_fences;

    /* A real one, with the guest's memory as its RAM. */
    struct machine machine;
    struct hart hart;
    struct tlb tlb;
};

/* In virtual S mode, at GUEST_BASE. Ended by monitor_bench_free(). */
struct monitor_bench *monitor_bench_new(void);
void monitor_bench_free(struct monitor_bench *bench);

/* Makes the real hart what the virtual one is. */
void monitor_bench_copy(struct monitor_bench *bench);

/* The first register in which they differ, by name, with both values; NULL: in none. */
const char *monitor_bench_difference(const struct monitor_bench *bench, uint64_t *real,
                                     uint64_t *virtual);

/* Looks at all that the shadow tables permit. NULL, or what the guest may do that it must not. */
const char *monitor_bench_audit(const struct monitor_bench *bench);

/* The shadow tables' entry for that address, 0: there is none. */
uint64_t monitor_bench_shadow(const struct monitor_bench *bench, uint64_t gva);

/* A word of the guest's memory, and of the copy that is executed. */
uint32_t monitor_bench_word(const uint8_t *memory, uint64_t gpa);
void monitor_bench_put(struct monitor_bench *bench, uint64_t gpa, uint32_t word);

#endif
