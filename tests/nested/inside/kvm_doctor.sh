#!/bin/sh
# What doctor says of KVM, where it has a processor that helps; and where there is none.
# shellcheck source=tests/tap.sh
. tests/tap.sh

"$TRIVIUM" doctor --json >"$tap_tmp/doctor.json"
tap_is "KVM is found to be hardware's" hardware "$(jq -r .kvm.class "$tap_tmp/doctor.json")"
tap_is "syscall enters ring 0, int reaches its gate" "true true" \
    "$(jq -r '.kvm | "\(.syscall_enters_ring0) \(.int_reaches_its_gate)"' "$tap_tmp/doctor.json")"
tap_is "rings and exits have been measured" true \
    "$(jq '.kvm | .ring3_ns > 0 and .native_ns > 0 and .exit_ns > 0' "$tap_tmp/doctor.json")"
tap_like "which doctor tells people, too" "^kvm +ok +the processor runs guests itself" \
    "$("$TRIVIUM" doctor)"
chmod 600 /dev/kvm
su nobody -s /bin/sh -c "$TRIVIUM doctor --json" >"$tap_tmp/doctor.json" 2>/dev/null
tap_is "without the right to it there is none, with the reason and the fix" "none true true" \
    "$(jq -r '.kvm | "\(.class) \(.reason | test("Permission denied")) \(.fix | test("usermod"))"' \
        "$tap_tmp/doctor.json")"
tap_done
