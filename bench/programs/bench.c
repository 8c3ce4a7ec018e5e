/* The command line of every program of the benchmark; see bench.h. */
#include "bench/programs/bench.h"

#include "guest/bin/options.h"

#include <inttypes.h>
#include <stdio.h>

int bench_main(const char *name, uint64_t rounds, bench_work *work, int argc, char **argv)
{
    const struct program program = {
        .name = name,
        .operands = "[ROUNDS [SEED]]",
        .summary = "Do the same work ROUNDS times on data made from SEED (1), print a checksum.",
        .notes = "It is a part of Trivium's benchmark: docs/performance.md.",
    };
    int first = options_parse(&program, argc, argv);
    uint64_t seed = 1;

    if (argc - first > 2)
        options_fail(&program, "unexpected argument", argv[first + 2]);
    if (first < argc && options_number(argv[first], 1, INT32_MAX, &rounds) < 0)
        options_fail(&program, "ROUNDS is no number from 1", argv[first]);
    if (first + 1 < argc && options_number(argv[first + 1], 1, INT32_MAX, &seed) < 0)
        options_fail(&program, "SEED is no number from 1", argv[first + 1]);
    printf("rounds: %" PRIu64 "\n", rounds);
    printf("checksum: 0x%016" PRIx64 "\n", work(rounds, seed));
    return 0;
}
