#!/bin/sh
# stress on the guest kernel, on QEMU's virt board with its own firmware: with one and four
# processors, a legacy and a modern disk, and none. The kernel is the one that poisons freed memory.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

rv64=$O/guest/rv64

# machine CPUS ARGUMENTS QEMU-OPTION...: runs stress as the first program. Its output, without the
# firmware's, is in $output, its status in $status.
machine()
{
    cpus=$1 arguments=$2
    shift 2
    output=$(timeout 300 qemu-system-riscv64 -M virt -m 256M -smp "$cpus" -nographic -no-reboot \
        -kernel "$rv64/kernel-debug" -initrd "$rv64/initrd.cpio" \
        -append "init=/bin/stress report -- --leaks $arguments" "$@" </dev/null 2>&1)
    status=$?
    output=$(printf '%s\n' "$output" | tr -d '\r' | grep -a -E '^(ok|not ok|#|stress:|kernel)')
}

# all_pass NAME: did all tests run, and pass?
all_pass()
{
    tap_is "$1: every test passes" "0 stress: $tests passed, 0 failed, 0 skipped" \
        "$status $(printf '%s\n' "$output" | grep '^stress:')"
    printf '%s\n' "$output" | grep -v -e '^ok' | sed 's/^[^#]/# &/'
}

disk()
{
    machine "$1" "$2" -drive "file=$tap_tmp/disk,format=raw,if=none,id=disk" \
        -device virtio-blk-device,drive=disk -global "virtio-mmio.force-legacy=$3"
}

if ! command -v qemu-system-riscv64 >/dev/null; then
    tap_skip "stress passes on the guest kernel" \
        "qemu-system-riscv64 is missing (package qemu-system-misc)"
    tap_done
fi
tests=$("$O/guest/x86_64/stress" --list | wc -l)
seq 100000 >"$tap_tmp/content"
head -c 512000 "$tap_tmp/content" >"$tap_tmp/disk"
cp "$tap_tmp/disk" "$tap_tmp/before"

disk 1 "" true
all_pass "one processor, legacy disk"
disk 4 "" false
all_pass "four processors, modern disk"
tap_ok "the disk holds what it held before" cmp "$tap_tmp/disk" "$tap_tmp/before"

machine 2 "disk_bytes disk_end disk_shared"
tap_is "without a disk its tests are skipped, with the reason" 3 \
    "$(printf '%s\n' "$output" | grep -c '# SKIP no device')"
disk 1 "disk_bytes disk_end disk_shared yields" false
tap_is "with one they are not" "stress: 4 passed, 0 failed, 0 skipped" \
    "$(printf '%s\n' "$output" | grep '^stress:')"

machine 1 "--timeout 0.05 sleep_long_enough"
tap_is "a failed test is the machine's status" "1 stress: 0 passed, 1 failed, 0 skipped" \
    "$status $(printf '%s\n' "$output" | grep '^stress:')"
tap_done
