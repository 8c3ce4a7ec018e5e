#!/bin/sh
# The hardware road: programs and `stress` on our kernel in a virtual machine of KVM's.
# shellcheck source=tests/tap.sh
. tests/tap.sh

status()
{
    "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo $?
}

tap_is "hello" "hello, world" "$("$TRIVIUM" run --on kvm hello </dev/null)"
tap_is "the exit status is the program's" 7 "$(status "$TRIVIUM" run --on kvm sh -c 'exit 7')"
tap_is "what is typed arrives, and its end" "a b" \
    "$(printf 'a b' | "$TRIVIUM" run --on kvm cat)"
tap_is "two processors are two" 2 \
    "$("$TRIVIUM" run --on kvm --cpus 2 stress --list </dev/null >/dev/null && echo 2)"

# stress NAME OPTION...: with the kernel that poisons freed memory. There are so many tests.
tests=$(build/guest/x86_64/stress --list | wc -l)
seq 100000 | head -c 512000 >"$tap_tmp/disk"
cp "$tap_tmp/disk" "$tap_tmp/before"
stress_passes()
{
    name=$1
    shift
    output=$("$TRIVIUM" run --on kvm --timeout 150 --kernel build/guest/x86_64/kernel-debug \
        --initrd build/guest/x86_64/initrd.cpio --append "tty=off init=/bin/stress -- --leaks" \
        --disk "$tap_tmp/disk" "$@" </dev/null 2>&1)
    tap_is "stress passes with $name" "0 stress: $tests passed, 0 failed, 0 skipped" \
        "$? $(printf '%s\n' "$output" | grep '^stress:')"
    printf '%s\n' "$output" | grep -v -e '^ok' | sed 's/^[^#]/# &/'
}
stress_passes "one processor and a modern disk"
stress_passes "two processors and a legacy disk" --cpus 2 --virtio legacy
tap_ok "the disk holds what it held before" cmp "$tap_tmp/disk" "$tap_tmp/before"

# The same output byte by byte and through memory.
for devices in trapped ring; do
    "$TRIVIUM" run --on kvm --devices $devices --append tty=off --json "$tap_tmp/$devices.json" \
        cat /bin/echo >"$tap_tmp/$devices" </dev/null
    tap_ok "--devices $devices: the output is right" cmp "$tap_tmp/$devices" build/guest/x86_64/echo
done
exits='[.counters.exits[].count] | add'
tap_ok "a ring takes less than a fiftieth of the exits" \
    test $(($(jq "$exits" "$tap_tmp/ring.json") * 50)) -lt "$(jq "$exits" "$tap_tmp/trapped.json")"

# fork by copying at once, in one store to a device for each fork.
"$TRIVIUM" run --on kvm --fork cow+batch --json "$tap_tmp/batch.json" fork 1 30 >"$tap_tmp/out" </dev/null
tap_like "--fork cow+batch: the answer is right" "^Sum: 465$" "$(cat "$tap_tmp/out")"
tap_is "one store for each fork" 58 "$(jq .counters.devices.copier.stores "$tap_tmp/batch.json")"
tap_is "stress of processes and memory passes with it" 0 "$(status "$TRIVIUM" run --on kvm --fork cow+batch \
    --cpus 2 stress fork_numbers fork_tree many_at_once mixture stack_is_promised)"

# A race: the same answers, the same file.
"$TRIVIUM" race --runs 2 --on native,kvm,interp --json "$tap_tmp/race.json" \
    'prime --max-prime 500 --events 20' 'fork 1 30' >"$tap_tmp/race" 2>&1
tap_is "native, kvm and interp race, and agree" 0 $?
tap_like "the virtual machine is tagged with its paging" \
    "^kvm against native, a different kernel: computing x.* \(prime\), kernel x.* \(fork\); nested paging$" \
    "$(tr '\n' ' ' <"$tap_tmp/race" | tr -s ' ' | sed 's/kvm against native, a/\n&/g; s/paging /&\n/' | sed 's/ $//')"
tap_is "native and kvm run the same file" 1 "$(jq -r '[.results[] |
    select(.program == "prime" and (.way == "native" or .way == "kvm")) | .binary_sha256] | unique |
    length' "$tap_tmp/race.json")"
tap_is "kvm's kernel is not native's, and its row says so" "Trivium true" "$(jq -r '[.results[] |
    select(.way == "kvm")][0] | "\(.kernel.name) \(.different_kernel)"' "$tap_tmp/race.json")"
tap_done
