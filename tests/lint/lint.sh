#!/bin/sh
# The lint as a test: each part of `make lint` finds nothing.
# shellcheck source=tests/tap.sh
. tests/tap.sh

# All that the part finds, without the lines that tell its progress.
part()
{
    make -s -k -j2 "$1" O="$O" >"$tap_tmp/log" 2>&1
    part_status=$?
    grep -v '^  [A-Z][A-Z]* *' "$tap_tmp/log"
    return "$part_status"
}

for name in $(make -s lint-parts O="$O"); do
    tap_ok "$name finds nothing" part "$name"
done
tap_done
