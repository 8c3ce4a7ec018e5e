#!/bin/sh
# Fuzzes the decoder and the interpreter, starting from pieces of guest programs.
# shellcheck source=tests/fuzz/fuzz.sh
. tests/fuzz/fuzz.sh

# Each seed is the head that fuzz_interp.c describes (here: 12 bytes that differ) and some code.
fuzz_seeds()
{
    objcopy=$(riscv_tool objcopy) || return
    for program in hello prime mix; do
        "$objcopy" -O binary -j .text "$O/guest/rv64/$program" "$tap_tmp/text" || return
        split -b 512 "$tap_tmp/text" "$tap_tmp/piece-$program-" || return
    done
    for piece in "$tap_tmp"/piece-*; do
        {
            printf '%s' "${piece##*/}" | tail -c 8
            printf '\0\0\0\0'
            cat "$piece"
        } >"$1/${piece##*/}"
    done
}

fuzz interp
