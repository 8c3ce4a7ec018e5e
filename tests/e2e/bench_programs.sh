#!/bin/sh
# The programs of the benchmark, with little work: the same checksum from the x86-64 build on this host,
# from the RV64 build under qemu-riscv64 and on the interpreter, as a process and on our kernel; another
# one for other arguments.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

programs=$(sed -n 's/^BENCH(\([a-z0-9]*\),.*/\1/p' bench/programs/programs.def)
qemu=$(command -v qemu-riscv64)

native()
{
    native_name=$1
    shift
    "$O/bench/x86_64/$native_name" "$@"
}

emulated()
{
    emulated_name=$1
    shift
    "$TRIVIUM" run --on interp --user "$O/bench/rv64/$emulated_name" "$@"
}

# machine NAME ARGUMENT...: on our kernel, from the benchmark's own initrd.
machine()
{
    machine_name=$1
    shift
    "$TRIVIUM" run --on interp --kernel "$O/guest/rv64/kernel" --initrd "$O/bench/rv64/bench.cpio" \
        --append "init=/bin/$machine_name -- $*" | tr -d '\r'
}

tap_is "there are ten programs to tune with, and five not to" "10 5" \
    "$(grep -c '^BENCH(.*, TUNED,' bench/programs/programs.def) $(grep -c '^BENCH(.*, UNSEEN,' \
        bench/programs/programs.def)"
for program in $programs cold; do
    expected=$(native "$program" 2 7)
    tap_like "$program prints its rounds" '^rounds: 2$' "$expected"
    tap_like "$program prints a checksum" '^checksum: 0x[0-9a-f]{16}$' "$expected"
    tap_is "$program: the interpreter comes to the same" "$expected" "$(emulated "$program" 2 7)"
    tap_is "$program: on our kernel, too" "$expected" "$(machine "$program" 2 7)"
    if [ -n "$qemu" ]; then
        tap_is "$program: qemu-riscv64, too" "$expected" "$(qemu-riscv64 "$O/bench/rv64/$program" 2 7)"
    else
        tap_skip "$program: qemu-riscv64, too" "qemu-riscv64 is missing (package qemu-user)"
    fi
    sums=$(for arguments in "2 7" "3 7" "4 7" "2 8" "2 1" "2"; do
        # shellcheck disable=SC2086 # words on purpose
        native "$program" $arguments | sed -n 's/^checksum: //p'
    done)
    tap_is "$program: every number of rounds and every seed has its checksum, and seed 1 is the default" 5 \
        "$(echo "$sums" | sort -u | wc -l)"
done
for arguments in "0" "x" "1 0" "1 x" "1 2 3" "--nonsense"; do
    # shellcheck disable=SC2086 # words on purpose
    native sieve $arguments >/dev/null 2>&1
    tap_is "'sieve $arguments' is a mistake of usage" 2 $?
done

# The initrd that every machine starts with holds none of them.
tap_is "the normal initrd has no program of the benchmark" "" \
    "$(cpio -it --quiet <"$O/guest/rv64/initrd.cpio" 2>/dev/null | sed 's|.*/||' | grep -v '^prime$' |
        grep -x -F "$programs")"
tap_done
