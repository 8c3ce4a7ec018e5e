#!/bin/sh
# Random steps forward and back: see step_random.c, which prints TAP itself. LONG=1: ten thousand trips, and more.
O=${O:-build}
changing=$(mktemp "${TMPDIR:-/tmp}/trivium-change.XXXXXX") || exit 1
trap 'rm -f "$changing" "$changing.log"' EXIT
# The linker warns of what is wanted here: code that may be written.
$(guest/find-cc) -march=rv64ima -mabi=lp64 -nostdlib -static -Wl,-N -o "$changing" tests/e2e/step/change.S \
    2>"$changing.log" || { cat "$changing.log" >&2; exit 1; }
if [ -n "${LONG:-}" ]; then
    export MOVES="${MOVES:-1000}" TRIPS="${TRIPS:-5000}" WATCHES="${WATCHES:-60}" BLOCKS="${BLOCKS:-2500}"
fi
"$O/tests/e2e/step_random" "$O/guest/rv64/prime" "$changing" "$O/guest/rv64/kernel" "$O/guest/rv64/initrd.cpio"
