/* subjects.c: the programs that are measured: those of programs.def, and two that hardly run. */
#include "bench/driver.h"

const struct bench_subject bench_subjects[] = {
#define BENCH(name, group, rounds, less, qemu, summary) \
    {#name, group, rounds, less, qemu, summary, "bench", "bench.cpio", "checksum: "},
#include "bench/programs/programs.def"
#undef BENCH
    {"hello", START, 1, 1, 0, "prints a line", "guest", "initrd.cpio", "hello, "},
    {"cold", START, 3, 3, 0, "1,500 functions, each called three times", "bench", "bench.cpio",
     "checksum: "},
};

const size_t bench_subject_count = sizeof bench_subjects / sizeof *bench_subjects;
