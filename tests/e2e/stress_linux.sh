#!/bin/sh
# stress on Linux: its expectations are held against a kernel that is not ours, natively and under
# qemu-riscv64. What passes there is what programs may rely on anywhere.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

# An absolute path: stress executes itself anew from other folders.
case $O in
/*) guest=$O/guest ;;
*) guest=$PWD/$O/guest ;;
esac
native=$guest/x86_64/stress

# names REGEX: the tests whose line matches, in order, on one line.
names()
{
    printf '%s\n' "$output" | sed -n "s/^$1 [0-9]* - \([a-z_]*\):.*$2/\1/p" | tr '\n' ' ' | sed 's/ $//'
}

output=$("$native" --timeout 60 2>&1)
status=$?
tap_is "native: no test fails" "0 []" "$status [$(names 'not ok' '')]"
tap_is "native: only what would harm the host, or proves nothing there, is skipped" \
    "large_all file_mapped file_initial descriptors memory_all fork_promises files_all console_device disk_bytes disk_end disk_shared" \
    "$(names ok '# SKIP ..*')"
tap_is "native: a line for each test in the list" "$("$native" --list | wc -l)" \
    "$(printf '%s\n' "$output" | grep -c -E '^(not )?ok ')"
tap_like "native: the totals are told" '^stress: [0-9]+ passed, 0 failed, 11 skipped$' "$output"

output=$("$native" yields pipe_end 2>&1)
tap_is "tests can be chosen by name" "pipe_end yields" "$(names ok '')"
output=$("$native" --timeout 0.2 sleep_together pipe_end 2>&1)
status=$?
tap_is "a test that takes too long fails, and the next one runs" "1 [sleep_together] [pipe_end]" \
    "$status [$(names 'not ok' '')] [$(names ok '')]"
tap_like "and why is told" '^# no end after' "$output"
output=$("$native" no_such_test 2>&1)
tap_is "a test that does not exist is a mistake" 2 "$?"
tap_like "which names it" 'no such test.*no_such_test' "$output"
output=$(cd "$guest/x86_64" && ./stress exec_status yields 2>&1)
tap_is "a test that cannot run says so" "exec_status yields [exec_status]" \
    "$(names ok '') [$(names ok '# SKIP needs .*')]"

# Where qemu-riscv64 itself, or its way of executing programs, is not like Linux.
not_qemu='exec_status|exec_arguments|exec_keeps|exec_closes|fresh_memory|exec_copy|exec_many|exec_broken|exec_stack|exec_changing'
not_qemu="$not_qemu|large_refused|heap_shrunk|bad_pointers|bad_sizes|proc_states"
if command -v qemu-riscv64 >/dev/null; then
    # shellcheck disable=SC2046 # words on purpose
    output=$(qemu-riscv64 "$guest/rv64/stress" --timeout 60 \
        $("$native" --list | awk '{ print $1 }' | grep -v -x -E "$not_qemu") 2>&1)
    status=$?
    tap_is "qemu-riscv64: no test fails" "0 []" "$status [$(names 'not ok' '')]"
else
    tap_skip "qemu-riscv64: no test fails" "qemu-riscv64 is missing (package qemu-user)"
fi
tap_done
