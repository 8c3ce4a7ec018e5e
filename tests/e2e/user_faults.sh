#!/usr/bin/env bash
# User mode, when something goes wrong: faults of the program, files that cannot run, system calls
# that are not provided. Each is said clearly, once, and ends in the right status.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/e2e/user/build.sh
. "$(dirname "$0")/user/build.sh"

# compile NAME FLAG... <C: a program without our library
compile()
{
    compile_name=$1
    shift
    riscv64-linux-gnu-gcc -x c -static -nostdlib -ffreestanding -O1 "$@" \
        -o "$tap_tmp/$compile_name" - >"$tap_tmp/compile.log" 2>&1
}

trap_expected='illegal: killed by signal 4
illegal zero: killed by signal 4
floating point: killed by signal 4
supervisor instruction: killed by signal 4
write to time: killed by signal 4
machine csr: killed by signal 4
ebreak: killed by signal 5
misaligned amo: killed by signal 7
misaligned lr: killed by signal 7
misaligned load: exit 42
time: exit 42
instret: exit 3'

test_faults()
{
    tap_ok "faults compiles" user_build_rv64 faults
    tap_is "each trap of the processor is the signal that Linux makes of it" "$trap_expected" \
        "$(user_run "$tap_tmp/rv64/faults" 2>"$tap_tmp/err")"
    tap_is "each fault is reported once" 9 "$(grep -c '^trivium: faults (process [0-9]*): ' "$tap_tmp/err")"
    tap_like "a report names trap, function and instruction" \
        'illegal instruction, pc 0x[0-9a-f]* <supervisor\+0x[0-9a-f]*>: sret$' "$(cat "$tap_tmp/err")"
    tap_like "a report of a misaligned access names the address" \
        'misaligned store at 0x[0-9a-f]*, pc .* amoadd.d a0,a0,\(a5\)$' "$(cat "$tap_tmp/err")"
}

# ends SENTENCE STATUS ASSEMBLY: what a shell sees in $?
ends()
{
    printf '.globl _start\n_start:\n%s\nli a0, 0\nli a7, 93\necall\n' "$3" >"$tap_tmp/ends.s"
    riscv64-linux-gnu-gcc -nostdlib -static -march=rv64imac -mabi=lp64 -o "$tap_tmp/ends" \
        "$tap_tmp/ends.s"
    user_run "$tap_tmp/ends" >"$tap_tmp/out" 2>"$tap_tmp/err"
    tap_is "$1" "$2" $?
}

# The program's fault must not be taken for Trivium's own.
not_ours()
{
    tap_is "$1: nobody claims that Trivium failed" "" "$(grep -i 'trivium itself' "$tap_tmp/err")"
}

test_statuses()
{
    own_id='li a7, 172; ecall'
    ends "a program that exits 0 has status 0" 0 "nop"
    ends "a program that exits -1 has status 255" 255 "li a0, -1; li a7, 94; ecall"
    ends "a store to NULL: 128 + SIGSEGV" 139 "sw zero, 0(zero)"
    tap_like "a store to NULL: the report says where" \
        'store page fault at 0x0, pc 0x[0-9a-f]* <_start\+0x0>: sw zero,0\(zero\)' \
        "$(cat "$tap_tmp/err")"
    not_ours "a store to NULL"
    ends "ebreak: 128 + SIGTRAP" 133 "ebreak"
    ends "kill of itself with SIGSEGV: 128 + SIGSEGV" 139 "$own_id; li a1, 11; li a7, 129; ecall"
    not_ours "kill of itself with SIGSEGV"
    ends "kill of itself with SIGKILL: 128 + SIGKILL" 137 "$own_id; li a1, 9; li a7, 129; ecall"
    ends "kill of itself with SIGBUS: 128 + SIGBUS" 135 "$own_id; li a1, 7; li a7, 129; ecall"
    not_ours "kill of itself with SIGBUS"
    ends "a SIGBUS that is ignored does nothing" 0 ".data
ignore: .dword 1, 0, 0
.text
li a0, 7; la a1, ignore; li a2, 0; li a3, 8; li a7, 134; ecall
$own_id; li a1, 7; li a7, 129; ecall"
}

test_unprovided()
{
    tap_ok "unprovided compiles" user_build_rv64 unprovided
    tap_is "what is not provided is ENOSYS, always" 24 "$(user_run "$tap_tmp/rv64/unprovided" \
        2>"$tap_tmp/err" | grep -c 'Function not implemented')"
    tap_is "and said once for each number, in all processes together" 6 \
        "$(grep -c '^trivium: system call' "$tap_tmp/err")"
    tap_like "by number and name" \
        '^trivium: system call 198 \(socket\) is not provided in --user mode; unprovided got ENOSYS$' \
        "$(cat "$tap_tmp/err")"
    tap_like "a signal handler is named as the part that is missing" \
        '\(rt_sigaction\): signal handlers are not provided' "$(cat "$tap_tmp/err")"
}

# refused SENTENCE REGEX FILE
refused()
{
    user_run "$3" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    tap_is "$1: status 125" 125 $?
    tap_like "$1: says why" "$2" "$(cat "$tap_tmp/err")"
}

test_refused()
{
    empty='void _start(void) { for (;;) { } }'
    echo "$empty" | compile double -march=rv64imafdc -mabi=lp64d
    refused "a program for a processor with D" 'floating-point numbers in F registers' \
        "$tap_tmp/double"
    tap_like "and how to compile it instead" 'mabi=lp64' "$(cat "$tap_tmp/err")"
    echo "$empty" | compile far -march=rv64imac -mabi=lp64 -mcmodel=medany -Wl,-Ttext=0x4000000000
    refused "a program beyond the address space" 'far.*0x4000000000' "$tap_tmp/far"
    echo "$empty" | compile low -march=rv64imac -mabi=lp64 -Wl,-Ttext=0x1000 -Wl,-z,max-page-size=4096
    refused "a program at the bottom of it" 'low.*0x1' "$tap_tmp/low"
    (
        ulimit -v 20000000
        user_run "$O/guest/rv64/hello" >"$tap_tmp/out" 2>"$tap_tmp/err"
        echo $? >"$tap_tmp/status"
    )
    tap_is "too little address space: status 125" 125 "$(cat "$tap_tmp/status")"
    tap_like "too little address space: the fix" 'ulimit -v unlimited' "$(cat "$tap_tmp/err")"
}

test_alone()
{
    tap_ok "a program that shares nothing with us compiles" compile alone -march=rv64imac \
        -mabi=lp64 "-Wl,--no-relax" "$user_sources/alone.c"
    tap_is "it runs" "aa
b
c
status 7" "$(user_run "$tap_tmp/alone" b c aa; echo "status $?")"
    tap_is "as under qemu-riscv64" "$(qemu-riscv64 "$tap_tmp/alone" z y x; echo $?)" \
        "$(user_run "$tap_tmp/alone" z y x; echo $?)"
}

test_faults
test_statuses
test_unprovided
test_refused
test_alone
tap_done
