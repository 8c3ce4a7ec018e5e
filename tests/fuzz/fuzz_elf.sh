#!/bin/sh
# Fuzzes the ELF reader, starting from guest programs and from everything in tests/elf/cases.c.
# shellcheck source=tests/fuzz/fuzz.sh
. tests/fuzz/fuzz.sh

# Without the text for debuggers: nine tenths of the file, which nothing here reads.
fuzz_seeds()
{
    strip=$(riscv_tool strip) || return
    "$strip" --strip-debug -o "$1/rv64" "$O/guest/rv64/hello" &&
        strip --strip-debug -o "$1/x86_64" "$O/guest/x86_64/hello" &&
        "$O/tests/e2e/elf_mutate" "$1/rv64" "$1" >/dev/null
}

fuzz elf
