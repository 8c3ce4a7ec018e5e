#!/bin/bash
# When the host refuses processes or pipes: one clear message, a failing status, nothing that hangs,
# no process left over.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

# Limits of processes do not bind root: the programs then run as nobody, from a folder of its own.
folder=$(mktemp -d /tmp/trivium-limits.XXXXXX) || exit 1
chmod 755 "$folder"
trap 'rm -rf "$folder" "$tap_tmp"' EXIT
if [ "$(id -u)" = 0 ]; then
    as_user="setpriv --reuid=65534 --regid=65534 --clear-groups"
else
    as_user=
fi

# Copied under a name that no other process has, so that those left over can be found.
name=limit$$
prepare()
{
    for program in fork prime sh mix; do
        cp "$O/guest/$isa/$program" "$folder/$name-$program"
    done
}

# limited LIMIT PROGRAM ARGUMENT...: runs with a ulimit and at most 20 seconds; prints the messages,
# then the status in brackets.
limited()
{
    limit=$1 program=$2
    shift 2
    # The limit is set last, or it would stop timeout. Only the messages are printed.
    # shellcheck disable=SC2086,SC2069 # words on purpose
    timeout 20 $as_user bash -c 'ulimit $0 || exit; exec "$@"' "$limit" \
        $run "$folder/$name-$program" "$@" 2>&1 >"$tap_tmp/output"
    echo "[$?]"
}

# left_over: processes of this test that still live (or that nobody waited for).
left_over()
{
    grep -l -s -F "$name" /proc/[0-9]*/comm | wc -l
}

# test_pipes FILES: what fork does when it may have so many open files.
test_pipes()
{
    tap_is "$isa: fork without room for pipes says so once and fails" \
        "fork: cannot make a pipe: Too many open files [1]" \
        "$(limited "-n $1" fork 1 1000 | sed '/stopped after/d' | tr '\n' ' ' | sed 's/ $//')"
    tap_is "$isa: it prints no sum then" "" "$(cat "$tap_tmp/output")"
    tap_is "$isa: it leaves no process behind" 0 "$(left_over)"
}

test_processes()
{
    tap_is "fork without room for processes says so once and fails" \
        "fork: cannot make a process: Resource temporarily unavailable
fork: stopped after N forks; a smaller range, or a higher limit of processes (ulimit -u) or of \
memory, may help
[1]" "$(limited "-u 40" fork 1 1000 | sed 's/after [0-9]* forks/after N forks/')"
    tap_is "it prints no sum then" "" "$(cat "$tap_tmp/output")"
    tap_is "it leaves no process behind" 0 "$(left_over)"
    tap_like "prime says which worker process could not be started" \
        '^prime: cannot start worker process [0-9]+ of 200: Resource temporarily unavailable$' \
        "$(limited "-u 40" prime --threads 200 --events 1000000)"
    tap_is "the workers that were started have ended" 0 "$(left_over)"
    tap_is "a shell that cannot fork says so and goes on" \
        "sh: fork: Resource temporarily unavailable [5]" \
        "$(limited "-u 1" sh -c '/nowhere/x | /nowhere/y; exit 5' | tr '\n' ' ' | sed 's/ $//')"
    tap_is "mix says that it cannot fork" "mix: fork: Resource temporarily unavailable [1]" \
        "$(limited "-u 1" mix --time 1 fork | tr '\n' ' ' | sed 's/ $//')"
}

# A worker process that dies cannot be left out of the answer in silence.
test_killed_worker()
{
    "$folder/$name-prime" --threads 3 --time 1 2>"$tap_tmp/messages" >"$tap_tmp/output" &
    prime=$!
    worker=
    until [ -n "$worker" ]; do
        worker=$("$O/guest/x86_64/ps" | awk -v parent=$prime '$2 == parent { print $1; exit }')
    done
    kill -KILL "$worker"
    wait $prime
    status=$?
    tap_is "prime tells that a worker process was killed" \
        "prime: 1 of 3 worker processes ended without a report [1]" \
        "$(cat "$tap_tmp/messages") [$status]"
    tap_is "it prints no rate then" 1 "$(wc -l <"$tap_tmp/output")"
}

if [ -n "$as_user" ] && ! $as_user true 2>/dev/null; then
    tap_skip "programs tell when the host refuses processes" "root cannot become nobody here"
    tap_done
fi
isa=x86_64 run=
prepare
test_processes
test_pipes 4
test_killed_worker

# With qemu-riscv64 a limit of processes stops qemu itself before the program, one of files does not.
if command -v qemu-riscv64 >/dev/null; then
    isa=rv64 run=qemu-riscv64
    prepare
    test_pipes 8
else
    tap_skip "rv64: programs tell when the host refuses pipes" \
        "qemu-riscv64 is missing (package qemu-user)"
fi
tap_done
