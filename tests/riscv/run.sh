#!/bin/sh
# The public riscv-tests, on the machine without firmware: exactly those of expected-pass.txt pass.
#
#   RISCV_TESTS=DIR    the folder of the built tests, or one above its isa/; nothing is fetched
#   RISCV_LISTS=DIR    the folder of the two lists (tests/riscv)
#   WAY=dbt            the way to run them (interp)
#   SWITCHES=-tier     of dbt: so that what is executed once is translated, too
#
# A listed test that fails or is missing is a failure; so is one that passes, or is there, unlisted.
# Those of known-failures.txt are run, too: failing as they should they are skips, never passes.
# A test ends by writing to `tohost`: 0 passed, else the number of the case that failed.
# shellcheck source=tests/tap.sh
. tests/tap.sh
export LC_ALL=C

lists=${RISCV_LISTS:-tests/riscv}
folder=${RISCV_TESTS:-/nonexistent}
[ ! -d "$folder/isa" ] || folder=$folder/isa

run_test()
{
    "$TRIVIUM" run --on "${WAY:-interp}" ${SWITCHES:+"--dbt=$SWITCHES"} --timeout 60 --bios none --kernel "$folder/$1" </dev/null
}

# The built tests of the kinds that are judged, one a line; what has a dot is a listing or a log.
present()
{
    find "$folder/" -maxdepth 1 -type f -printf '%f\n' | sort |
        grep -E '^rv64(u[imac]|[ms]i)-[pv]-[a-z0-9_-]+$'
}

# A list without its comments and empty lines.
entries()
{
    grep -v -e '^#' -e '^$' "$lists/$1"
}

# known_failure NAME REASON: an emulator that breaks down (124 and more) is no known failure.
known_failure()
{
    run_test "$1" >"$tap_tmp/out" 2>&1
    known_status=$?
    if [ "$known_status" -ge 1 ] && [ "$known_status" -lt 124 ]; then
        tap_skip "$1 passes" "known failure: $2"
    else
        tap_result 1 "$1 fails as it is known to"
        echo "# status $known_status; 0 belongs into expected-pass.txt"
        sed 's/^/# /' "$tap_tmp/out"
    fi
}

present >"$tap_tmp/present"
if [ ! -s "$tap_tmp/present" ]; then
    echo "Bail out! RISCV_TESTS is '${RISCV_TESTS:-}': no built tests (rv64ui-p-add ...) there"
    exit 2
fi
entries expected-pass.txt >"$tap_tmp/expected"
entries known-failures.txt >"$tap_tmp/known"

while read -r name; do
    tap_ok "$name passes" run_test "$name"
done <"$tap_tmp/expected"

while read -r name; do
    reason=$(sed -n "s/^$name  *//p" "$tap_tmp/known")
    if [ -n "$reason" ]; then
        known_failure "$name" "$reason"
    elif ! grep -q -x -e "$name" "$tap_tmp/expected"; then
        run_test "$name" >/dev/null 2>&1
        status=$?
        tap_result 1 "$name is in a list"
        echo "# it is in none, and ends with status $status"
    fi
done <"$tap_tmp/present"
tap_done
