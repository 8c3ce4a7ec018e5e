#!/bin/sh
# Fuzzes the reader of source lines, starting from a program of a few instructions.
# shellcheck source=tests/fuzz/fuzz.sh
. tests/fuzz/fuzz.sh

# What an assembler writes and what a compiler does; the second one also compressed.
fuzz_seeds()
{
    compiler=$(guest/find-cc)
    echo 'int f(int x) { return x * 3; } void _start(void) { for (;;) f(1); }' >"$tap_tmp/count.c"
    $compiler -g -march=rv64ima -mabi=lp64 -nostdlib -static -Wl,--build-id=none -o "$1/asm" \
        tests/e2e/step/count.S &&
        $compiler -g -O2 -march=rv64ima -mabi=lp64 -nostdlib -static -Wl,--build-id=none -o "$1/c" \
            "$tap_tmp/count.c" &&
        $compiler -g -gdwarf-4 -march=rv64ima -mabi=lp64 -nostdlib -static -Wl,--build-id=none \
            -Wl,--compress-debug-sections=zlib -o "$1/packed" "$tap_tmp/count.c"
}

fuzz lines
