#!/bin/bash
# The guest kernel's terminal, on QEMU's virt board: echo, editing, Ctrl-C and Ctrl-D; by the UART and
# by the firmware's console.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

rv64=$O/guest/rv64

# start ARGUMENTS: boots a shell. Type on descriptor 3; what is seen is in the file "seen".
start()
{
    rm -f "$tap_tmp/keyboard"
    mkfifo "$tap_tmp/keyboard"
    : >"$tap_tmp/seen"
    timeout 60 qemu-system-riscv64 -M virt -m 64M -smp 2 -nographic -no-reboot \
        -kernel "$rv64/kernel-debug" -initrd "$rv64/initrd.cpio" -append "init=/bin/sh $1" \
        <"$tap_tmp/keyboard" >"$tap_tmp/seen" 2>&1 &
    machine=$!
    exec 3>"$tap_tmp/keyboard"
}

seen()
{
    tr -d '\r' <"$tap_tmp/seen"
}

# await REGEX COUNT: waits, ten seconds at most, until so many lines match.
await()
{
    for _ in $(seq 100); do
        [ "$(seen | grep -a -c -E -e "$1")" -ge "$2" ] && return
        sleep 0.1
    done
    echo "# not seen $2 times: $1"
}

# A machine that has ended reads no more: that is for the tests to find out.
trap '' PIPE
type_keys()
{
    # shellcheck disable=SC2059 # escapes on purpose
    printf "$1" >&3 2>/dev/null
}

test_terminal()
{
    start "$2"
    await '^\$ ' 1
    type_keys 'cat\n'
    await '^\$ cat' 1
    type_keys 'hellp\177o\n'
    await '^hello$' 1
    type_keys 'wrong\025right\r'
    await '^right$' 1
    type_keys '\003'
    await '^\^C' 1
    type_keys 'echo status $?\n'
    await '^([$] )*status' 1
    type_keys 'cat | cat\nlast\n\004'
    await '^last$' 2
    type_keys 'exit 42\n'
    wait "$machine"
    status=$?
    exec 3>&-
    tap_is "$1: the status of the shell is the machine's" 42 "$status"
    tap_like "$1: a line is read when it is complete, as it was edited" '^hello$' "$(seen)"
    tap_like "$1: Ctrl-U takes the line back, and return ends it" '^right$' "$(seen)"
    tap_like "$1: Ctrl-C ends the program, and not the shell" '^([$] )*status 130$' "$(seen)"
    tap_is "$1: Ctrl-D ends the input" 2 "$(seen | grep -a -c '^last$')"
}

# What is typed before the shell asks for it is echoed first, and its answer stands behind the prompt.
# A program that does not read is interrupted as well, if the console can interrupt.
test_busy()
{
    start ""
    await '^\$ ' 1
    type_keys 'prime --time 1000\n'
    await '^\$ prime' 1
    sleep 1
    type_keys '\003'
    await '^\^C' 1
    type_keys 'echo status $?\nexit\n'
    wait "$machine"
    exec 3>&-
    tap_like "Ctrl-C ends a program that computes" '^([$] )*status 130$' "$(seen)"
}

# Without a terminal bytes pass as they are, and a break of the line (Ctrl-A b for QEMU) ends them.
test_bytes()
{
    start 'tty=off -- -c "echo ready; cat; echo end $?; cat"'
    await '^ready' 1
    type_keys 'x\177y\rz\003\004\n'
    await '^x' 1
    type_keys 'more\n\001b'
    wait "$machine"
    status=$?
    exec 3>&-
    tap_is "tty=off: the end of the input ends the programs that read" 0 "$status"
    tap_is "tty=off: bytes pass as they are, and are not echoed" \
        "$(printf 'x\177y\rz\003\004\nmore\nend 0\n' | od -c)" \
        "$(grep -a -A10 '^x' "$tap_tmp/seen" | od -c)"
}

if ! command -v qemu-system-riscv64 >/dev/null; then
    tap_skip "the terminal works" "qemu-system-riscv64 is missing (package qemu-system-misc)"
    tap_done
fi
test_terminal "UART" ""
test_terminal "firmware" "console=sbi"
test_busy
test_bytes
tap_done
