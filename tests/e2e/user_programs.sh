#!/bin/sh
# User mode against the real thing: programs that poke at the system's corners do the same, byte for
# byte, as their native build on this host's kernel. Where qemu-riscv64 can run them it is asked too.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/e2e/user/build.sh
. "$(dirname "$0")/user/build.sh"

export TEST_A=1 TEST_B='x y'

# outcome FILE COMMAND...: standard output and exit status of the command, run in a fresh folder.
outcome()
{
    outcome_file=$1
    shift
    rm -rf "$tap_tmp/here"
    mkdir "$tap_tmp/here"
    (
        cd "$tap_tmp/here" || exit 1
        timeout 60 "$@" </dev/null
        echo "status $?"
        ls -A
    ) >"$outcome_file" 2>"$outcome_file.err"
}

# compare SENTENCE NAME ARGUMENT...
compare()
{
    compare_sentence=$1
    name=$2
    shift 2
    tap_ok "$name compiles for rv64 and for this host" build_both
    outcome "$tap_tmp/$name.native" "$tap_tmp/native/$name" "$@"
    for way in dbt "dbt --dbt=-tier" threaded interp; do
        # shellcheck disable=SC2086 # a way, and perhaps an option
        outcome "$tap_tmp/$name.ours" "$trivium" run --on $way --user "$tap_tmp/rv64/$name" "$@"
        tap_is "$way: $compare_sentence" "$(cat "$tap_tmp/$name.native")" \
            "$(cat "$tap_tmp/$name.ours")"
    done
}

build_both()
{
    user_build_rv64 "$name" && user_build_native "$name"
}

# The same again, run by qemu-riscv64: for programs that neither execute others (it cannot, unless
# the host was set up for it) nor look at what it does differently from Linux.
compare_qemu()
{
    outcome "$tap_tmp/$1.qemu" qemu-riscv64 "$tap_tmp/rv64/$1"
    tap_is "$1: as under qemu-riscv64" "$(cat "$tap_tmp/$1.qemu")" "$(cat "$tap_tmp/$1.ours")"
}

trivium=$(realpath "$TRIVIUM")

compare "stack, arguments, environment and auxiliary vector are as Linux sets them" \
    start one 'two three' ''
compare "bad pointers and descriptors get the kernel's errno from every call" errors
compare "mmap, munmap, mprotect, brk and faults behave as on the kernel" memory
compare "fork, exec, close-on-exec, signals and statuses behave as on the kernel" processes
compare "files, folders, links and descriptors behave as on the kernel" files
compare "clocks, sleeping and limits behave as on the kernel" times
compare_qemu times

# The bundled programs, with the answers that guest_programs.sh checks natively and under qemu.
sh_script='echo one | cat
cd guest
pwd
ls lib >/dev/null
echo $?
nothing-here
echo $?
exit 5'
PATH=$O/guest/rv64:$PATH
tap_is "hello" "hello, world
a b" "$(user_run hello 'a b')"
tap_is "the shell runs pipes, cd, redirection and other programs" "one
$(pwd)/guest
0
127
status 5" "$(echo "$sh_script" | PATH=$(realpath "$O/guest/rv64") user_run sh 2>/dev/null; echo "status $?")"
tap_is "fork 1 200: the sum and the number of forks" "Sum: 20100
Forks: 398" "$(user_run fork 1 200 | head -n 2)"
tap_is "prime finds the primes below 1000 with three processes" "Primes found: 167" \
    "$(user_run prime --max-prime 1000 --events 9 --threads 3 | grep Primes)"
tap_is "ls lists a folder as it does under qemu-riscv64" \
    "$(qemu-riscv64 "$O/guest/rv64/ls" guest)" "$(user_run ls guest)"
tap_done
