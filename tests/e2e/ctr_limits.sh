#!/bin/sh
# What a container may use, and that it is held to it. Nothing here takes more than 80 MiB or 40
# processes, limited or not.
# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/ctr/groups.sh
. tests/ctr/groups.sh

attack=$O/tests/ctr/attack
json=$tap_tmp/json

contain()
{
    "$TRIVIUM" run --on container --json "$json" "$@" </dev/null
}

status()
{
    "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo $?
}

# limited CONTROL OPTION...: can this host limit that? What must be told where it cannot is tested.
limited()
{
    control=$1
    shift
    [ "$(status "$TRIVIUM" run --on container "$@" hello)" = 0 ] && return 0
    if grep -q "cannot limit $control" "$tap_tmp/err"; then
        tap_like "a limit of $control that cannot be set: what would help" "try: as root; .*systemd-run" \
            "$(cat "$tap_tmp/err")"
        tap_skip "a limit of $control" "$(head -n 1 "$tap_tmp/err")"
    else
        tap_skip "a limit of $control" "no container can be made here: $(head -n 1 "$tap_tmp/err")"
    fi
    return 1
}

# A file system that is full, and memory that is used up, are two things.
if [ "$(status "$TRIVIUM" run --on container hello)" = 0 ]; then
    tap_like "a full /tmp is the program's ENOSPC" "^refused: ENOSPC" "$(contain "$attack" fill 80)"
    tap_is "and no OOM" false "$(jq '.counters.out_of_memory' "$json")"
    tap_like "what fits, fits" "^succeeded" "$(contain "$attack" fill 40)"
else
    tap_skip "a full /tmp" "no container can be made here: $(head -n 1 "$tap_tmp/err")"
fi

if limited cpu --cpus 0.2; then
    contain --cpus 0.2 prime --max-prime 2000 --events 12000 >/dev/null
    tap_is "--cpus 0.2 burns a fifth of a processor" true \
        "$(jq '(.user_seconds + .system_seconds) / .wall_seconds | . > 0.1 and . < 0.26' "$json")"
    tap_is "which the kernel did by throttling" true "$(jq '.counters.limits.cpu.bites > 3' "$json")"
fi

if limited memory --memory 16M; then
    tap_is "--memory 16M: who takes 64 MiB is killed, 137" 137 \
        "$(status contain --memory 16M "$attack" eat 64)"
    tap_like "and it is told that it was for memory" "was killed by signal 9 .*: out of memory \(OOM\)" \
        "$(cat "$tap_tmp/err")"
    tap_is "of which the group keeps count" true "$(jq '.counters | .out_of_memory and .limits.memory.bites > 0' "$json")"
    tap_is "it is killed as a whole, with who only waits" 137 \
        "$(status contain --memory 16M "$attack" eat-in-child 64)"
    tap_is "what is written to /tmp counts" 137 "$(status contain --memory 16M "$attack" fill 40)"
    tap_is "less than the limit is had" 0 "$(status contain --memory 64M "$attack" eat 16)"
    tap_is "and is no OOM" false "$(jq '.counters.out_of_memory' "$json")"
fi

if limited pids --pids 20; then
    contain --pids 20 "$attack" forks 40 >"$tap_tmp/out"
    tap_like "--pids 20: the 19th child is refused, as init and its parent count" "children: 18" "$(cat "$tap_tmp/out")"
    tap_like "with EAGAIN" "refused: EAGAIN" "$(cat "$tap_tmp/out")"
    tap_is "--pids 1 has no room for the program" 125 "$(status "$TRIVIUM" run --on container --pids 1 hello)"
    tap_like "and told why" "try: a larger --pids" "$(cat "$tap_tmp/err")"
    tap_is "of which the group keeps count" 1 "$(jq '.counters.limits.pids.bites' "$json")"
fi

if limited cpuset --cpuset "$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')"; then
    first=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')
    tap_like "--cpuset: one processor" "^processors: 1$" "$(contain --cpuset "$first" "$attack" cpus)"
    tap_like "even if it asks for all" "^processors: 1$" "$(contain --cpuset "$first" "$attack" all-cpus)"
    tap_is "what is no processor is refused" 125 "$(status contain --cpuset 4000 hello)"
    tap_like "and told" "^trivium: cannot limit cpuset: cannot write '4000' to " "$(cat "$tap_tmp/err")"
fi

tap_is "a limit that is no number is refused" 125 "$(status contain --cpus much hello)"
tap_is "nothing is left of the groups" "" "$(groups_left)"
tap_done
