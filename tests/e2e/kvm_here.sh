#!/bin/sh
# The hardware road on this very host, whatever its KVM is. (The nested virtual machine has hardware's
# everywhere: tests/nested.) Where there is no KVM that we may use, that is what has to be said.
# shellcheck source=tests/tap.sh
. tests/tap.sh

if ! (: <>/dev/kvm) 2>/dev/null; then
    "$TRIVIUM" run --on kvm hello >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    tap_is "without KVM the status is 125" 125 $?
    tap_like "and the reason is said" "^trivium: cannot open /dev/kvm: " "$(cat "$tap_tmp/err")"
    tap_done
    exit
fi

# shellcheck source=tests/stress.sh
. tests/stress.sh
stress_passes "one processor and a modern disk" kvm
stress_passes "two processors and a legacy disk" kvm --cpus 2 --virtio legacy
tap_is "the answer of fork is right" "Sum: 20100" \
    "$("$TRIVIUM" run --on kvm fork 1 200 </dev/null | grep ^Sum)"
tap_is "with batches, too" "Sum: 20100" \
    "$("$TRIVIUM" run --on kvm --fork cow+batch fork 1 200 </dev/null | grep ^Sum)"
tap_is "what is typed reaches the shell" 3 \
    "$(printf 'exit 3\n' | "$TRIVIUM" run --on kvm sh >"$tap_tmp/out" 2>&1; echo $?)"
tap_is "on a terminal, Ctrl-A x leaves the machine" 0 \
    "$("$O/tests/e2e/pty" --at '$' leave "$TRIVIUM" run --on kvm sh >"$tap_tmp/out" \
        2>"$tap_tmp/err"; echo $?)"
tap_like "and the terminal is as it was" "^terminal: same" "$(cat "$tap_tmp/err")"
tap_done
