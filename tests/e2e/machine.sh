#!/bin/sh
# `trivium run` of a whole emulated machine: the bundled kernel with bundled programs, and kernels of
# one's own; options, exit statuses, the terminal.
# shellcheck source=tests/tap.sh
. tests/tap.sh

kernel=$O/guest/rv64/kernel
initrd=$O/guest/rv64/initrd.cpio

# status COMMAND...: runs it, leaves its output in out and err, prints its exit status.
status()
{
    timeout 60 "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo $?
}

machine()
{
    status "$TRIVIUM" run --on interp "$@"
}

# A program on the bundled kernel.
tap_is "a bundled program runs on the bundled kernel" "0 hello, world" \
    "$(machine hello) $(cat "$tap_tmp/out")"
for options in "--cpus 4" "--no-tlb" "--no-adue" "--memory 16M" "--deterministic" \
    "--deterministic --cpus 3 --no-tlb"; do
    # shellcheck disable=SC2086 # several words
    tap_is "$options: the same" "0 hello, world" "$(machine $options hello) $(cat "$tap_tmp/out")"
done
tap_is "the program's exit status becomes the machine's" 7 "$(machine sh -c 'exit 7')"
tap_is "the kernel gets each argument as it is" '0 a  b "c\ d" [] -- x' \
    "$(machine echo 'a  b' '"c\ d"' '[]' -- x) $(cat "$tap_tmp/out")"
tap_is "an empty one, too" "0 a  b" "$(machine echo a '' b) $(cat "$tap_tmp/out")"
tap_like "standard input is the console" '^typed$' \
    "$(printf 'echo typed\nexit\n' | timeout 20 "$TRIVIUM" run --on interp sh | tr -d '\r')"
tap_is "as long as they are what its kernel takes" "0 3701" "$(machine echo "$(printf '%03700d' 0)") $(wc -c <"$tap_tmp/out")"
tap_is "longer ones are refused before it starts: 125" 125 "$(machine echo "$(printf '%06000d' 0)")"
tap_like "... with the number of bytes" "the guest.s kernel takes 3839" "$(cat "$tap_tmp/err")"
tap_is "--user still runs without a machine" "0 hello, world" \
    "$(machine --user hello) $(cat "$tap_tmp/out")"


# Options that are another machine's, or none's.
tap_is "--explain asks nothing of KVM here: 125" 125 "$(machine --explain hello)"
tap_like "which is said" "--explain is for a virtual machine" "$(cat "$tap_tmp/err")"
tap_is "and nothing ran" "" "$(cat "$tap_tmp/out")"
tap_is "native has no machine: 125" 125 "$(status "$TRIVIUM" run --on native --cpus 2 hello)"
tap_like "the ways that have one are named" "for kvm and interp" "$(cat "$tap_tmp/err")"

# What it did.
tap_is "--stats: 0" 0 "$(machine --stats hello)"
for line in instructions "  system call" "context switches" "TLB misses" "device accesses" "  uart"; do
    tap_like "--stats tells: $line" "^  $line.* [1-9][0-9,]*$" "$(cat "$tap_tmp/err")"
done
for run in 1 2; do
    machine --deterministic --cpus 2 --json "$tap_tmp/$run.json" fork 1 10 >"$tap_tmp/status"
done
tap_is "two deterministic runs count the same" \
    "$(jq -S .counters "$tap_tmp/1.json")" "$(jq -S .counters "$tap_tmp/2.json")"
tap_is "and they count something" true \
    "$(jq '.counters | .instructions > 100000 and .exceptions["system call"] > 20' "$tap_tmp/1.json")"

# A disk, in both versions of virtio; what is written is gone afterwards.
head -c 1048576 /dev/zero >"$tap_tmp/disk"
before=$(sha256sum <"$tap_tmp/disk")
for version in modern legacy; do
    tap_is "--virtio $version: the block device passes its tests" "0" \
        "$(machine --disk "$tap_tmp/disk" --virtio $version stress disk_bytes disk_end disk_shared)"
    tap_like "none of them is skipped" "stress: [1-9][0-9]* passed, 0 failed, 0 skipped" \
        "$(cat "$tap_tmp/out")"
done
tap_is "the image is as it was" "$before" "$(sha256sum <"$tap_tmp/disk")"

# A kernel of one's own.
tap_is "--kernel: an S-mode kernel ends with its status" "42 hello, board" \
    "$(status "$TRIVIUM" run --kernel "$O/tests/board/hello") $(cat "$tap_tmp/out")"
tap_is "--bios none: an M-mode program ends through tohost" 9 \
    "$(status "$TRIVIUM" run --bios none --kernel "$O/tests/board/tohost")"
tap_is "--kernel --initrd --append: our kernel as anybody's" "0 by hand" \
    "$(status "$TRIVIUM" run --kernel "$kernel" --initrd "$initrd" \
        --append 'init=/bin/echo -- by hand') $(cat "$tap_tmp/out")"

# Mistakes.
head -c 100000 /dev/zero >"$tap_tmp/zeros"
printf 'RSC' >"$tap_tmp/short"
head -c 3000000 "$kernel" | head -c 20000 >"$tap_tmp/half"
for file in /nowhere / /dev/null "$tap_tmp/half" "$TRIVIUM"; do
    tap_is "--kernel $(basename "$file") is refused" 125 \
        "$(status "$TRIVIUM" run --kernel "$file")"
    tap_like "with a reason" "^trivium: .*$(basename "$file")" "$(cat "$tap_tmp/err")"
done
tap_is "a kernel of zeros ends in its own traps, not in ours" 124 \
    "$(status "$TRIVIUM" run --timeout 0.5 --kernel "$tap_tmp/zeros")"
tap_is "an initrd of zeros: the kernel says what it thinks of it" 124 \
    "$(machine --initrd "$tap_tmp/zeros" hello)"
truncate -s 5M "$tap_tmp/large"
tap_is "an initrd larger than the memory is refused" 125 \
    "$(machine --memory 4M --initrd "$tap_tmp/large" --append x hello)"
for options in "--cpus 0" "--cpus 9" "--memory 1M" "--memory 1T" "--memory x" "--bios none.bin" \
    "--virtio new" "--disk /dev/null" "--user --cpus 2" "--on native --cpus 2"; do
    # shellcheck disable=SC2086 # several words
    tap_is "$options is refused" 125 "$(status "$TRIVIUM" run $options hello)"
done
tap_is "a kernel and a program is one too many" 125 \
    "$(status "$TRIVIUM" run --kernel "$kernel" hello)"
tap_is "a bundled program that does not exist: 127" 127 "$(machine priem)"

# The end from outside, and the terminal.
env --default-signal=INT "$TRIVIUM" run --timeout 20 --on interp sh -c 'cat' >"$tap_tmp/out" \
    2>"$tap_tmp/err" </dev/zero &
pid=$!
sleep 0.5
read -r child <"/proc/$pid/task/$pid/children"
kill -INT "$child" "$pid"
wait "$pid"
tap_is "without a terminal, Ctrl-C ends Trivium: 125" 125 $?
tap_is "Ctrl-A x leaves the machine" 0 \
    "$("$O/tests/e2e/pty" --at '$' leave "$TRIVIUM" run --on interp sh >"$tap_tmp/out" \
        2>"$tap_tmp/err"; echo $?)"
tap_like "and the terminal is as it was" "^terminal: same" "$(cat "$tap_tmp/err")"
tap_is "Ctrl-C on a terminal goes to the guest's program" "130" \
    "$("$O/tests/e2e/pty" --at 'now' ctrl-c "$TRIVIUM" run --on interp sh -c 'echo now; cat' \
        >"$tap_tmp/out" 2>"$tap_tmp/err"; echo $?)"

# The same output byte by byte and through memory.
for devices in trapped ring; do
    "$TRIVIUM" run --on interp --devices $devices --append tty=off --json "$tap_tmp/$devices.json" \
        cat /bin/hello >"$tap_tmp/$devices" </dev/null
    tap_ok "--devices $devices: the output is right" cmp "$tap_tmp/$devices" "$O/guest/rv64/hello"
done
per_kib='[.counters.devices[] | .loads + .stores] | add'
tap_ok "a ring takes less than a fiftieth of the accesses" \
    test $(($(jq "$per_kib" "$tap_tmp/ring.json") * 50)) -lt "$(jq "$per_kib" "$tap_tmp/trapped.json")"
tap_is "with a disk there are two devices" "hello, world" \
    "$(head -c 4096 /dev/zero >"$tap_tmp/small"
        "$TRIVIUM" run --on interp --devices ring --disk "$tap_tmp/small" hello </dev/null)"

tap_done
