#!/usr/bin/env bash
# What the kernel may do with its own memory, read from the page tables by QEMU's monitor while the
# kernel waits for a user: nothing may be both written and executed.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

# monitor COMMAND QEMU-WORD...: boots with sh as the first program, and when it asks for a line asks the
# monitor. Prints the answer.
monitor()
{
    local command=$1 turns=0 reader
    shift
    rm -f "$tap_tmp/in" "$tap_tmp/serial"
    mkfifo "$tap_tmp/in"
    timeout 120 "$@" -display none -monitor stdio -serial "file:$tap_tmp/serial" \
        <"$tap_tmp/in" >"$tap_tmp/answer" 2>&1 &
    reader=$!
    exec 9>"$tap_tmp/in"
    while ! grep -q -a '^\$ ' "$tap_tmp/serial" 2>/dev/null && [ "$turns" -lt 600 ]; do
        turns=$((turns + 1))
        sleep 0.1
    done
    printf '%s\nquit\n' "$command" >&9
    exec 9>&-
    wait "$reader"
    tr -d '\r' <"$tap_tmp/answer"
}

# RISC-V: "vaddr paddr size attr", attr as rwxugad.
map=$(monitor 'info mem' qemu-system-riscv64 -M virt -m 64M -kernel "$O/guest/rv64/kernel" \
    -initrd "$O/guest/rv64/initrd.cpio" -append 'init=/bin/sh' | grep '^ffffff')
tap_like "rv64: the kernel has memory that it executes" ' r-x' "$map"
tap_like "rv64: constants that it only reads" ' r--' "$map"
tap_like "rv64: memory that it writes" ' rw-' "$map"
tap_is "rv64: and none that it writes and executes" "" "$(grep ' .wx' <<<"$map")"

# x86-64: "vaddr: paddr flags", flags as XGPDACTUW, where X means that it may not be executed.
map=$(monitor 'info tlb' qemu-system-x86_64 -M q35 -cpu max -m 64 -nodefaults \
    -kernel "$O/guest/x86_64/kernel" -initrd "$O/guest/x86_64/initrd.cpio" \
    -append 'init=/bin/sh' | grep -E '^00000(08|0[1-9a-f][0-9a-f])|^000001')
tap_like "x86-64: the kernel has memory that it executes" ' -.*-$' "$map"
tap_like "x86-64: constants that it only reads" ' X.*-$' "$map"
tap_like "x86-64: memory that it writes" ' X.*W$' "$map"
tap_is "x86-64: and none that it writes and executes" "" "$(grep ' -.*W$' <<<"$map")"
tap_done
