#!/bin/sh
# The bundled programs: the same answers from the x86-64 build on this host and from the RV64 build
# under qemu-riscv64, for right and for wrong command lines.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

# guest PROGRAM ARGUMENT...: runs the build for $isa.
guest()
{
    guest_name=$1
    shift
    if [ "$isa" = rv64 ]; then
        qemu-riscv64 "$O/guest/rv64/$guest_name" "$@"
    else
        "$O/guest/x86_64/$guest_name" "$@"
    fi
}

# status COMMAND...: prints the exit status and nothing else.
status()
{
    "$@" >/dev/null 2>&1 </dev/null
    echo $?
}

# field LABEL: the number behind a label of prime's or fork's output.
field()
{
    sed -n "s/^ *$1 *\([0-9.]*\).*/\1/p"
}

test_small()
{
    tap_is "$isa: hello greets and prints its arguments" "hello, world
one
two three" "$(guest hello one 'two three')"
    tap_is "$isa: echo prints its arguments" "a  b -n" "$(guest echo 'a ' b -n)"
    tap_is "$isa: echo -n prints no newline" "ax" "$(guest echo -n a; echo x)"
    printf 'first\n' >"$tap_tmp/first"
    head -c 100000 /dev/urandom >"$tap_tmp/second"
    guest cat "$tap_tmp/first" - "$tap_tmp/first" <"$tap_tmp/second" >"$tap_tmp/copied"
    cat "$tap_tmp/first" "$tap_tmp/second" "$tap_tmp/first" >"$tap_tmp/expected"
    tap_ok "$isa: cat copies files and standard input byte by byte" \
        cmp "$tap_tmp/expected" "$tap_tmp/copied"
    tap_is "$isa: cat goes on after a file that is not there, and fails" "first 1" \
        "$(guest cat /nowhere "$tap_tmp/first" 2>/dev/null | tr '\n' ' '
           status guest cat /nowhere "$tap_tmp/first")"
}

test_ls()
{
    rm -rf "$tap_tmp/folder"
    mkdir -m 755 "$tap_tmp/folder" "$tap_tmp/folder/sub"
    printf 12345 >"$tap_tmp/folder/b"
    chmod 640 "$tap_tmp/folder/b"
    touch "$tap_tmp/folder/a" "$tap_tmp/folder/.hidden" "$tap_tmp/folder/C"
    tap_is "$isa: ls sorts names by byte and hides dots" "C a b sub " \
        "$(guest ls "$tap_tmp/folder" | tr '\n' ' ')"
    tap_is "$isa: ls -a shows them" ". .. .hidden C a b sub " \
        "$(guest ls -a "$tap_tmp/folder" | tr '\n' ' ')"
    tap_is "$isa: ls -l shows mode and size" "-rw-r-----          5 b" \
        "$(guest ls -l "$tap_tmp/folder" | grep ' b$')"
    tap_like "$isa: ls -l shows folders as such" '^drwxr-xr-x .* sub$' \
        "$(guest ls -l "$tap_tmp/folder")"
    tap_is "$isa: ls fails for a name that is not there" 1 "$(status guest ls /nowhere)"
    mkdir "$tap_tmp/folder/many"
    (cd "$tap_tmp/folder/many" && seq 1 500 | xargs touch)
    tap_is "$isa: ls lists five hundred files" "$(env LC_ALL=C ls "$tap_tmp/folder/many")" \
        "$(guest ls "$tap_tmp/folder/many")"
}

test_prime()
{
    for width in 32 64; do
        tap_is "$isa: prime finds 1228 primes from 3 to 10000 in $width bits" 1228 \
            "$(guest prime --events 2 --width $width | field 'Primes found:')"
    done
    tap_is "$isa: prime finds 24 primes to 100, 167 to 1000, 1 to 3" "24 167 1" \
        "$(for limit in 100 1000 3; do
               guest prime --events 1 --max-prime $limit | field 'Primes found:'
           done | tr '\n' ' ' | sed 's/ $//')"
    tap_is "$isa: prime runs the number of events asked for, whatever the number of workers" \
        "7 7 7" \
        "$(for workers in 1 3 9; do
               guest prime --events 7 --threads $workers --max-prime 500 |
                   field 'total number of events:'
           done | tr '\n' ' ' | sed 's/ $//')"
    guest prime --time 0.25 --max-prime 2000 >"$tap_tmp/prime"
    tap_ok "$isa: prime --time 0.25 takes a quarter of a second" \
        awk -v t="$(field 'total time:' <"$tap_tmp/prime")" 'BEGIN { exit !(t >= 0.25 && t < 2) }'
    tap_ok "$isa: prime's rate is its events in its time" awk \
        -v e="$(field 'total number of events:' <"$tap_tmp/prime")" \
        -v t="$(field 'total time:' <"$tap_tmp/prime")" \
        -v r="$(field 'events per second:' <"$tap_tmp/prime")" \
        'BEGIN { exit !(r > 0 && e / t > 0.99 * r && e / t < 1.01 * r) }'
    tap_ok "$isa: prime's latencies are in order" awk \
        -v min="$(field 'min:' <"$tap_tmp/prime")" -v avg="$(field 'avg:' <"$tap_tmp/prime")" \
        -v p95="$(field '95th percentile:' <"$tap_tmp/prime")" \
        -v max="$(field 'max:' <"$tap_tmp/prime")" \
        'BEGIN { exit !(min <= avg && avg <= max && min <= p95 && p95 <= max) }'
    tap_is "$isa: prime's labels are sysbench's" "CPU speed:
    events per second:
General statistics:
    total time:
    total number of events:
Latency (ms):
         min:
         avg:
         max:
         95th percentile:
         sum:" "$(sed -n '4,$ { s/: .*/:/; /./p }' "$tap_tmp/prime")"
}

test_fork()
{
    tap_is "$isa: fork 1 100 adds to 5050 with 198 forks" "5050 198" \
        "$(guest fork 1 100 >"$tap_tmp/fork"; echo "$(field Sum: <"$tap_tmp/fork")" \
           "$(field Forks: <"$tap_tmp/fork")")"
    tap_is "$isa: fork of one integer forks nothing" "Sum: 5
Forks: 0" "$(guest fork 5 5 | head -n 2)"
    tap_is "$isa: fork adds negative integers" "Sum: -15" "$(guest fork -6 3 | head -n 1)"
    tap_is "$isa: fork adds the greatest integers without overflow" "Sum: 4294967293" \
        "$(guest fork 2147483646 2147483647 | head -n 1)"
}

test_mix()
{
    guest mix --time 0 --size 4 >"$tap_tmp/mix-$isa"
    # Where there are no large pages, chase-2m has to say that it cannot be measured.
    tap_is "$isa: mix runs its eleven kernels, each with an answer or the reason why not" \
        "divide alu byte memory call indirect syscall fork chase-2m chase-4k touch " \
        "$(sed -n 's/ answer: 0x[0-9a-f]\{16\}$//p; s/^chase-2m unavailable: ..*/chase-2m/p' \
            "$tap_tmp/mix-$isa" | tr '\n' ' ')"
    tap_is "$isa: mix prints rates in millions or thousands a second" \
        "$(grep -c answer: "$tap_tmp/mix-$isa")" \
        "$(grep -c -E '^[a-z0-9-]+ rate: ([0-9]{3,}\.[0-9]{2}|[0-9]{1,2}\.[0-9]{4}) [Mk]/s$' "$tap_tmp/mix-$isa")"
    tap_like "$isa: a chase says in which pages its memory came" \
        '^chase-4k pages: 4 MiB, 0 of 2 MiB and 1024 of 4 KiB$' "$(cat "$tap_tmp/mix-$isa")"
    tap_like "$isa: and how long a load took" '^chase-4k load: [0-9]+\.[0-9] ns$' \
        "$(cat "$tap_tmp/mix-$isa")"
    tap_is "$isa: another size has another answer" 2 \
        "$(for size in 4 8; do guest mix --time 0 --size $size chase-4k | grep answer:; done |
            sort -u | wc -l)"
    tap_is "$isa: mix runs the kernels named, in that order" "fork divide " \
        "$(guest mix --time 1 fork divide | sed -n 's/ answer:.*//p' | tr '\n' ' ')"
    tap_is "$isa: mix --list names the kernels" 11 "$(guest mix --list | grep -c operation:)"
    # 1 system call of 1000 repeats with one answer; the others have no answer known beforehand.
    tap_like "$isa: mix's system calls all answered the same" \
        '^syscall answer: 0x00000000000003e8$' "$(cat "$tap_tmp/mix-$isa")"
}

# Memory that is not there is an error for who names the kernel, and a remark for who does not.
test_mix_memory()
{
    mix="$O/guest/$isa/mix"
    prlimit --as=100000000 "$mix" --time 0 --size 128 chase-4k >"$tap_tmp/out" 2>"$tap_tmp/err"
    tap_is "$isa: mix: a chase for which there is no memory fails" 1 $?
    tap_is "$isa: with the reason" "mix: chase-4k: no memory for it; try a smaller --size" \
        "$(cat "$tap_tmp/err")"
    prlimit --as=100000000 "$mix" --time 0 --size 128 >"$tap_tmp/out" 2>"$tap_tmp/err"
    tap_is "$isa: unless nobody has named it" "0 2" \
        "$? $(grep -c '^chase-..* unavailable: no memory' "$tap_tmp/out")"
}

test_syscalls()
{
    tap_is "$isa: syscalls prints five costs in nanoseconds" "getppid
pipe within one process
pipe to another process and back
mmap, touch, munmap
context switch" "$(guest syscalls --time 5 | sed -n 's/: -\{0,1\}[0-9]*\.[0-9] ns$//p')"
}

test_ps()
{
    tap_like "$isa: ps shows this test" "^ *$$ +[0-9]+ [RSD] " "$(guest ps)"
}

test_usage()
{
    for program in hello prime fork mix syscalls sh ls cat echo ps; do
        tap_is "$isa: $program --help explains and succeeds" "Usage: $program 0" \
            "$(guest "$program" --help | sed -n '1s/^\(Usage: [a-z]*\).*/\1/p' | tr '\n' ' '
               status guest "$program" --help)"
        [ "$program" = echo ] ||
            tap_is "$isa: $program refuses an unknown option with status 2" \
                "$program: unknown option: --nonsense 2" \
                "$(guest "$program" --nonsense 2>&1 | head -n 1 | tr '\n' ' '
                   status guest "$program" --nonsense)"
    done
    while read -r arguments; do
        # shellcheck disable=SC2086 # words on purpose
        tap_is "$isa: '$arguments' is a mistake of usage" 2 "$(status guest $arguments)"
    done <<'END'
fork
fork 1
fork 1 2 3
fork 2 1
fork 1 x
fork 1 9999999999
fork 1 99999999999999999999
prime --events
prime --events x
prime --events -1
prime --time 1.2.3
prime --time 0
prime --width 33
prime --threads 0
prime --max-prime 2
prime --max-prime 2147483648
prime extra
mix nonsense
mix --time
mix --size 3
mix --size 48
mix --size 131072
syscalls extra
ps extra
END
}

test_full_disk()
{
    for command in "hello" "prime --events 1" "fork 1 2" "mix --time 0 alu" "syscalls --time 0" \
        "ls /" "cat /proc/self/stat" "echo text" "ps" "prime --help"; do
        # shellcheck disable=SC2086 # words on purpose
        tap_is "$isa: '$command' fails when its output cannot be written" \
            "${command%% *}: standard output: No space left on device 1" \
            "$(guest $command 2>&1 >/dev/full | tr '\n' ' '
               guest $command >/dev/full 2>/dev/null; echo $?)"
    done
}

for isa in x86_64 rv64; do
    if [ $isa = rv64 ] && ! command -v qemu-riscv64 >/dev/null; then
        tap_skip "rv64: the programs answer under qemu-riscv64" \
            "qemu-riscv64 is missing (package qemu-user)"
        continue
    fi
    test_small
    test_ls
    test_prime
    test_fork
    test_mix
    [ $isa = rv64 ] || test_mix_memory # qemu-riscv64 needs more addresses than that
    test_syscalls
    test_ps
    test_usage
    test_full_disk
done
if [ -e "$tap_tmp/mix-rv64" ]; then
    tap_is "both builds of mix have the same answers" \
        "$(grep answer: "$tap_tmp/mix-x86_64" | grep -v chase-2m)" \
        "$(grep answer: "$tap_tmp/mix-rv64" | grep -v chase-2m)"
fi
tap_done
