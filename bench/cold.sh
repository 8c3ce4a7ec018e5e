#!/usr/bin/env bash
# cold.sh COUNT: prints a C program of COUNT functions, no two alike, each called once a round.
#
# Three rounds are its default: code that runs so seldom that translating it costs more than running
# it. The same COUNT always gives the same program.
set -eu
awk -v count="$1" '
    # A generator of its own: rand() differs between awks. Numbers below 2^31.
    function random(below)
    {
        state = (state * 69069 + 12345) % 2147483648
        return int(state / 65536) % below
    }

    function operation(i)
    {
        kind = random(6)
        if (kind == 0)
            return sprintf("a += b * %dU;", 3 + 2 * random(500))
        if (kind == 1)
            return sprintf("b ^= a >> %d;", 1 + random(31))
        if (kind == 2)
            return sprintf("a = (a << %d) + %d;", 1 + random(7), random(2000))
        if (kind == 3)
            return sprintf("if ((a & %dU) == 0)\n        b += %d;", 2 ^ random(10), random(2000))
        if (kind == 4)
            return sprintf("memory[b %% 64] += a ^ %d;", random(2000))
        return sprintf("a -= memory[a >> %d & 63];", random(40))
    }

    BEGIN {
        state = 1
        print "/* Made by bench/cold.sh. */"
        print "#include \"bench/programs/bench.h\"\n"
        print "static uint64_t memory[64];\n"
        for (i = 0; i < count; i++) {
            printf "__attribute__((noinline)) static uint64_t f%d(uint64_t a, uint64_t b)\n{\n", i
            for (j = 0; j < 17 + i % 2; j++)
                printf "    %s\n", operation(i)
            print "    return a ^ b;\n}\n"
        }
        print "static uint64_t work(uint64_t rounds, uint64_t seed)\n{"
        print "    uint64_t sum = seed;\n"
        print "    for (uint64_t round = 0; round < rounds; round++) {"
        for (i = 0; i < count; i++)
            printf "        sum = bench_add(sum, f%d(sum, round));\n", i
        print "    }\n    return sum;\n}\n"
        print "int main(int argc, char **argv)\n{"
        print "    return bench_main(\"cold\", 3, work, argc, argv);\n}"
    }'
