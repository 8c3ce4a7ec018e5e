#!/bin/sh
# The lint as a test: each part of `make lint` finds nothing.
# shellcheck source=tests/tap.sh
. tests/tap.sh

for part in $(make -s lint-parts O="$O"); do
    tap_ok "$part finds nothing" make -s "$part" O="$O"
done
tap_done
