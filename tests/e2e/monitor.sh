#!/bin/sh
# The monitor (guest/monitor): what its guest prints is what it prints bare, under every engine and on
# QEMU; without patching it is not; and a hostile guest gets at nothing.
# shellcheck source=tests/tap.sh
. tests/tap.sh

monitor=$O/guest/rv64/monitor
tiny=$O/guest/rv64/tiny

# status COMMAND...: runs it, leaves its output in out, prints its exit status.
status()
{
    timeout 60 "$@" >"$tap_tmp/out" 2>&1 </dev/null
    echo $?
}

# guest FILE OPTION...: runs it under the monitor.
guest()
{
    file=$1
    shift
    status "$TRIVIUM" run --kernel "$monitor" --initrd "$file" "$@"
}

tap_is "bare, the tiny kernel comes to its end" "0 the end" \
    "$(status "$TRIVIUM" run --on interp --plant --kernel "$tiny") $(tail -n 1 "$tap_tmp/out")"
cp "$tap_tmp/out" "$tap_tmp/bare"
for line in "at first: mode 1, interrupts 0" "enabled: mode 1, interrupts 1" "timer: tick 3" \
    "program: says 2" "changing code: then 102" "my code has 9 planted instructions, .*"; do
    tap_like "its trace has: $line" "^$line\$" "$(cat "$tap_tmp/bare")"
done
for way in threaded dbt; do
    tap_is "$way, bare: the same trace" 0 "$(status "$TRIVIUM" run --on $way --plant --kernel "$tiny")"
    tap_ok "... to the last line" cmp "$tap_tmp/bare" "$tap_tmp/out"
done
for way in interp threaded dbt; do
    tap_is "$way, under the monitor: the same status" 0 "$(guest "$tiny" --on $way --plant)"
    tap_ok "... and the same trace" diff "$tap_tmp/bare" "$tap_tmp/out"
done
tap_is "both engines in lock-step agree on the monitor" 0 "$(guest "$tiny" --engine both --plant --deterministic)"
tap_ok "... and the trace is the same" diff "$tap_tmp/bare" "$tap_tmp/out"

# Where the instruction is illegal, the patched guest does not notice.
tap_is "without the planted register, the monitor is enough" 0 "$(guest "$tiny" --on interp)"
tap_ok "... the same trace" diff "$tap_tmp/bare" "$tap_tmp/out"
if command -v qemu-system-riscv64 >/dev/null; then
    tap_is "on QEMU the monitor's guest ends, too" 0 "$(status qemu-system-riscv64 -M virt -nographic \
        -kernel "$monitor" -initrd "$tiny")"
    sed -n '/^tiny: hello/,$p' "$tap_tmp/out" | tr -d '\r' >"$tap_tmp/qemu"
    tap_ok "... with the same trace" diff "$tap_tmp/bare" "$tap_tmp/qemu"
    tap_is "on QEMU a hostile guest ends with its status" 0 "$(status qemu-system-riscv64 -M virt -nographic \
        -kernel "$monitor" -initrd "$O/guest/rv64/test/hostile-0")"
    tr -d '\r' <"$tap_tmp/out" | grep -E '^(ok|NOT OK|all)' >"$tap_tmp/qemu-hostile"
fi

# The theorem: equivalence is lost where a sensitive instruction is not privileged.
tap_is "without patches, the guest lives" 0 "$(guest "$tiny" --on interp --plant --append no-patch)"
tap_not "... but its trace is another one" cmp "$tap_tmp/bare" "$tap_tmp/out"
tap_like "... it sees that it is not in S mode" "^at first: mode 0, interrupts 0$" "$(cat "$tap_tmp/out")"
tap_like "... and its popf does nothing" "^the timer did not come$" "$(cat "$tap_tmp/out")"
tap_like "exits are told" "^monitor: exits: csr [1-9].* patched [1-9].* timer [1-9]" \
    "$(guest "$tiny" --on interp --append exits >/dev/null; cat "$tap_tmp/out")"

# Hostile guests. What they print is theirs to fake, so the count of lines is looked at, and the end.
for way in threaded dbt; do
    tap_is "$way: a hostile guest ends with its status" 0 "$(guest "$O/guest/rv64/test/hostile-0" --on $way --plant)"
    tap_is "... nothing it tried worked" "" "$(grep -v '^ok ' "$tap_tmp/out" | grep -v '^all tried$')"
    tap_is "... and it tried all" 16 "$(grep -c '^ok ' "$tap_tmp/out")"
done
if [ -f "$tap_tmp/qemu-hostile" ]; then
    tap_ok "on QEMU it is the same" diff "$tap_tmp/out" "$tap_tmp/qemu-hostile"
else
    tap_skip "on QEMU" "there is no qemu-system-riscv64"
fi
for end in 1 2 3 4; do
    tap_is "a guest whose traps lead nowhere is dead: way $end" 1 \
        "$(guest "$O/guest/rv64/test/hostile-$end" --on threaded --plant)"
    tap_like "... which the monitor says" "^monitor: the guest is dead: its trap handler traps for ever" \
        "$(tail -n 1 "$tap_tmp/out")"
done

# Guests that are none.
head -c 2000000 /dev/zero >"$tap_tmp/large"
tap_is "a guest that does not fit: 125" 125 "$(guest "$tap_tmp/large" --on interp)"
tap_like "... it is said" "^monitor: the guest does not fit" "$(cat "$tap_tmp/out")"
tap_is "no guest: 125" 125 "$(status "$TRIVIUM" run --on interp --kernel "$monitor")"
tap_like "... it is said what to do" "give a flat kernel as --initrd FILE" "$(cat "$tap_tmp/out")"
head -c 4096 /dev/zero >"$tap_tmp/zeros"
tap_is "zeros are a dead guest" 1 "$(guest "$tap_tmp/zeros" --on interp)"

tap_is "--plant is for an emulated machine: 125" 125 "$(status "$TRIVIUM" run --on kvm --plant hello)"
tap_like "... it is said" "--plant is for an emulated machine" "$(cat "$tap_tmp/out")"
tap_done
