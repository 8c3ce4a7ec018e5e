#!/bin/sh
# The records that the stepper shows, where KVM is the processor's own and control groups are of version 2.
# shellcheck source=tests/tap.sh
. tests/tap.sh

# plain LINES ARGUMENTS...: what these commands print.
plain()
{
    printf '%b' "$1" >"$tap_tmp/given"
    shift
    "$TRIVIUM" step --plain --script "$tap_tmp/given" "$@" 2>&1 </dev/null
}

out=$(plain 'next start\nwhere\nkey c\nwhere\npane 3\npane 0\n' --on kvm hello)
tap_like "kvm: the processor's start is in the record" "KVM_RUN: processor 0 starts" "$out"
tap_like "its end, too" "The machine has ended with status 0." "$out"
tap_like "and what was printed" "hello, world" "$(printf '%s' "$out" | tr '\n' ' ')"
tap_like "an exit is told with the function of the guest's kernel, and what it cost" \
    "in uart_[a-z]*\+0x.* in the guest, .* in Trivium" "$(plain "find 'h'\nwhere\n" --on kvm hello | tr '\n' ' ')"

count=$(plain 'key c\npane 3\n' --on kvm --devices trapped hello | sed -n 's/^port I\/O  *\([0-9]*\) .*/\1/p')
tap_ok "where each byte is an exit there are at least as many exits as bytes" test "${count:-0}" -ge 13
tap_like "a triple fault's registers are gone, or the dead are looked at" "a triple fault on processor 0" \
    "$(plain 'key c\nwhere\n' --on kvm --kernel build/tests/kvm/triple | tr '\n' ' ')"

out=$(plain 'find memory.max\nwhere\npane 3\n' --on container --memory 16M hello)
tap_like "container: a limit is a file of cgroup v2" "memory.max" "$out"
tap_like "claimed and what the file says are side by side, and the same" "by cgroup version 2.*memory.max  *16777216  *16777216  *same" \
    "$(printf '%s' "$out" | tr '\n' ' ')"
tap_like "and that the group is gone is the last of it" "group removed.*rmdir\\(" "$(plain 'key c\nwhere\n' --on container hello)"
tap_done
