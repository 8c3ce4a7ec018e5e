# For sourcing, behind tap.sh: stress on the guest kernel, on a machine of our own, emulated or virtual. The kernel is
# the one that poisons freed memory. Times are bounds for what hangs, far beyond what anything takes.
# shellcheck shell=sh disable=SC2154 # tap_tmp is of tap.sh

stress_tests=$("$O/guest/x86_64/stress" --list | wc -l)
seq 100000 | head -c 512000 >"$tap_tmp/disk"
cp "$tap_tmp/disk" "$tap_tmp/before"

# stress_passes NAME WAY OPTION...
stress_passes()
{
    name=$1 way=$2 guest=$O/guest/rv64
    [ "$way" != kvm ] || guest=$O/guest/x86_64
    shift 2
    output=$("$TRIVIUM" run --on "$way" --timeout 800 --kernel "$guest/kernel-debug" \
        --initrd "$guest/initrd.cpio" --append "tty=off init=/bin/stress -- --leaks --timeout 300" \
        --disk "$tap_tmp/disk" "$@" </dev/null 2>&1)
    tap_is "$way: stress passes with $name" "0 stress: $stress_tests passed, 0 failed, 0 skipped" \
        "$? $(printf '%s\n' "$output" | grep '^stress:')"
    printf '%s\n' "$output" | grep -v -e '^ok' | sed 's/^[^#]/# &/'
}

# Nothing that was written to it has reached the disk's file.
stress_disk_is_whole()
{
    tap_ok "the disk holds what it held before" cmp "$tap_tmp/disk" "$tap_tmp/before"
}
