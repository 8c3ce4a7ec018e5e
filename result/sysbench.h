/*
 * sysbench.h: what sysbench 1.0 prints, as numbers: its tests cpu, memory, fileio and threads.
 *
 * Read from the text of https://github.com/akopytov/sysbench (1.0.20 in Debian 12). A number that
 * is not there is 0.
 */
#ifndef TRIVIUM_RESULT_SYSBENCH_H
#define TRIVIUM_RESULT_SYSBENCH_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

enum sysbench_test { SYSBENCH_CPU, SYSBENCH_MEMORY, SYSBENCH_FILEIO, SYSBENCH_THREADS };

extern const char *const sysbench_test_names[];

struct sysbench {
    enum sysbench_test test;
    double threads;
    double total_time; /* seconds */
    double events;
    double events_per_second;                                              /* cpu */
    double latency_min, latency_avg, latency_max, latency_95, latency_sum; /* milliseconds */
    double fair_events, fair_events_deviation;                             /* for each thread */
    double fair_time, fair_time_deviation;      /* seconds for each thread */
    double block;                               /* memory, fileio: bytes */
    double operations, operations_per_second;   /* memory */
    double transferred, transferred_per_second; /* memory: MiB */
    double files, file_bytes, all_files_bytes;  /* fileio */
    double reads, writes, syncs;                /* fileio: for each second */
    double read_throughput, write_throughput;   /* fileio: MiB for each second */
};

/* Is that text sysbench's? Only its first line is looked at. */
bool sysbench_is(const char *text);

/* -1: it is not complete, or no test that is known here. NAME is for messages. */
int sysbench_parse(struct sysbench *run, const char *text, const char *name, struct err *err);

#endif
