#!/bin/sh
# stress and fork on the guest kernel, on the interpreted machine, with one and four processors, a legacy and a
# modern disk, with and without a TLB; and fork on the others. See stress_threaded.sh, stress_dbt.sh.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/stress.sh
. "$(dirname "$0")/../stress.sh"

stress_passes "one processor and a legacy disk" interp --virtio legacy
stress_passes "four processors and a modern disk" interp --cpus 4
stress_passes "no TLB, and the kernel marking pages itself" interp --no-tlb --no-adue --memory 128M
stress_passes "a firmware of the oldest kind, and harts that it cannot start" interp --bios legacy --cpus 3
tap_is "which switches the machine off with its status, too" 3 \
    "$("$TRIVIUM" run --on interp --bios legacy sh -c 'exit 3' </dev/null >&2; echo $?)"
stress_disk_is_whole

# Thousands of processes; and what happens when the memory is not enough for them.
for way in dbt threaded interp; do
    output=$("$TRIVIUM" run --on $way --memory 512M --append report fork 1 2000 </dev/null 2>&1)
    tap_is "$way: fork 1 2000 in 512 MiB: the sum" "Sum: 2001000" \
        "$(printf '%s\n' "$output" | grep ^Sum)"
    tap_is "and the forks" "Forks: 3998" "$(printf '%s\n' "$output" | grep ^Forks:)"
    tap_like "the kernel tells the peak of processes" "[12][0-9]{3} processes" "$output"
done
# shellcheck disable=SC2016 # for the guest's shell
output=$("$TRIVIUM" run --on interp --memory 32M sh -c \
    'cat /proc/meminfo; fork 1 2000; echo "status $?"; cat /proc/meminfo; fork 1 10' \
    </dev/null 2>&1)
tap_like "fork 1 2000 in 32 MiB: a clear failure" "^fork: cannot make a process: " "$output"
tap_like "of the program" "^status 1$" "$output"
tap_like "after which another program runs" "^Sum: 55$" "$output"
tap_is "and as many pages are free as before" 1 \
    "$(printf '%s\n' "$output" | grep '^MemFree:' | sort -u | wc -l)"

# Quick to start.
instructions=$("$TRIVIUM" run --on interp --json "$tap_tmp/hello.json" hello >/dev/null &&
    jq .counters.instructions "$tap_tmp/hello.json")
tap_ok "hello takes fewer than 300,000 instructions from reset to power-off (${instructions:-none})" \
    test "${instructions:-300000}" -lt 300000
tap_done
