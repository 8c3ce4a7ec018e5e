#!/bin/sh
# Fuzzes the translator's passes: none may change what a block of IR does.
# shellcheck source=tests/fuzz/fuzz.sh
. tests/fuzz/fuzz.sh

# Numbers for the registers, then a block of operations: any bytes are one.
fuzz_seeds()
{
    for i in 1 2 3 4 5 6 7 8; do
        seq $((i * 1000)) $((i * 1000 + 150)) | tr -d '\n' | tr 0-9 '\001\014\040\071\125\202\253\307\341\376' \
            >"$1/block-$i"
    done
}

fuzz passes
