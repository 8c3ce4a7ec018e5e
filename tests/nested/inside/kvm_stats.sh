#!/bin/sh
# What a virtual machine did: --stats and --json tell its exits by reason and by device.
# shellcheck source=tests/tap.sh
. tests/tap.sh

"$TRIVIUM" run --on kvm --json "$tap_tmp/json" hello >"$tap_tmp/out" 2>&1 </dev/null
tap_is "each exit for a port was to the UART" true "$(jq '.counters |
    .devices.uart.exits > 0 and .devices.uart.exits == .exits["port I/O"].count' "$tap_tmp/json")"
tap_is "and took some time" true "$(jq '.counters |
    .devices.uart.ns > 0 and .devices.uart.ns == .exits["port I/O"].ns' "$tap_tmp/json")"
tap_is "the machine was switched off once" 1 "$(jq '.counters.devices.syscon.exits' "$tap_tmp/json")"
# fork 1 10 makes 18 processes, each of which begins with system calls and touches its stack.
"$TRIVIUM" run --on kvm --json "$tap_tmp/fork" fork 1 10 >"$tap_tmp/out" 2>&1 </dev/null
tap_is "the kernel's system calls and page faults are told" true "$(jq '.counters.kernel |
    .system_calls > 100 and .page_faults >= 18' "$tap_tmp/fork")"
tap_is "and what they took: pages copied, switches" true "$(jq '.counters.kernel |
    .pages_copied >= 9 and .switches >= 18' "$tap_tmp/fork")"
tap_is "nothing went astray" 0 "$(jq '.counters.unclaimed' "$tap_tmp/json")"

"$TRIVIUM" run --on kvm --stats --memory 64M --kernel build/tests/kvm/outside >"$tap_tmp/out" 2>&1 </dev/null
tap_like "what the guest reached is named, with what it took" \
    "exits to uart +[1-9][0-9,]* +of [0-9.,]+ ns each" "$(cat "$tap_tmp/out")"
tap_like "where it reached nothing is told" \
    "accesses where no device is +[1-9][0-9,]* +the first at (gpa|port) 0x[0-9a-f]+" \
    "$(cat "$tap_tmp/out")"
tap_done
