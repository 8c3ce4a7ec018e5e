#!/bin/sh
# --cpus, --memory and a program's own --threads in every way: what was claimed is enforced, or refused, or said.
# (What a container's limits do when they bite: ctr_limits.sh. Why more processors do not help: `trivium why smp`.)
# shellcheck source=tests/tap.sh
. tests/tap.sh

json=$tap_tmp/json

# run ARGUMENT...: leaves out, err and the JSON; prints the exit status.
run()
{
    "$TRIVIUM" run --json "$json" "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo $?
}

# Processes of this host are held to nothing: so they cannot be asked to be.
for limit in "--cpus 1" "--memory 64M"; do
    # shellcheck disable=SC2086 # words on purpose
    tap_is "native $limit is refused" 125 "$(run --on native $limit hello)"
    tap_like "... with the reason" "native has no machine of its own" "$(cat "$tap_tmp/err")"
    for way in interp threaded dbt; do
        # shellcheck disable=SC2086 # words on purpose
        tap_is "$way --user $limit is refused" 125 "$(run --on $way --user $limit hello)"
    done
    tap_like "... with the reason" "--user emulates no machine" "$(cat "$tap_tmp/err")"
done

# A machine has the processors and the memory that it was given, says the kernel in it.
machine()
{
    way=$1
    if [ "$(run --on "$way" --cpus 2 --memory 64M hello)" != 0 ]; then
        tap_skip "$way --cpus 2 --memory 64M" "$(head -n 1 "$tap_tmp/err")"
        return
    fi
    tap_is "$way --cpus 2 --memory 64M: claimed" "2 67108864" \
        "$(jq -r '.counters.limits | "\(.cpu.claimed) \(.memory.claimed)"' "$json")"
    tap_is "$way: so many processors have started" 2 "$(jq .counters.limits.cpu.enforced "$json")"
    tap_is "$way: and so much memory is there, but for the kernel's file and initrd" true \
        "$(jq '.counters.limits.memory | .enforced > .claimed * 0.8 and .enforced < .claimed' "$json")"
    "$TRIVIUM" run --on "$way" --stats --cpus 2 --memory 64M hello >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    tap_like "$way: --stats tells both" "^  processors +2; 2 started$" "$(cat "$tap_tmp/err")"
    tap_is "$way --memory 64M: 16 MiB can be had" 0 "$(run --on "$way" --memory 64M mix --time 0 --size 16 chase-4k)"
    tap_is "$way --memory 64M: 64 MiB cannot" 1 "$(run --on "$way" --memory 64M mix --time 0 --size 64 chase-4k)"
    tap_like "... which the program says" "^mix: chase-4k: it needs 66 MiB, and [0-9]+ MiB are free" \
        "$(cat "$tap_tmp/out")"
    # One processor for two workers: they are switched between. Two: each has its own.
    for cpus in 1 2; do
        run --on "$way" --cpus $cpus prime --max-prime 2000 --events 40 --threads 2 >"$tap_tmp/status"
        tap_is "$way --cpus $cpus: prime --threads 2 does its 40 events" "0 40" \
            "$(cat "$tap_tmp/status") $(sed -n 's/^ *total number of events: *//p' "$tap_tmp/out")"
        tap_is "... on so many processors" $cpus "$(jq .counters.limits.cpu.enforced "$json")"
    done
}
for way in interp threaded dbt kvm; do
    machine $way
done

# A container: claimed and enforced are what its control group says; or it is refused.
for limit in "cpu --cpus 0.5" "memory --memory 64M"; do
    control=${limit%% *}
    # shellcheck disable=SC2086 # words on purpose
    if [ "$(run --on container ${limit#* } hello)" = 0 ]; then
        tap_is "container ${limit#* }: it is in force, says its group" true "$(jq ".counters.limits.$control |
            (.claimed | length > 0) and (.enforced | length > 0)" "$json")"
    else
        tap_like "container ${limit#* }: refused, with what to do" "try: " "$(cat "$tap_tmp/err")"
    fi
done

# A race whose configuration names memory says who is not held to it.
cat >"$tap_tmp/race.ini" <<'END2'
[experiment]
ways = native,interp
runs = 1
[small]
cpus = 1
memory = 64M
program = hello
END2
"$TRIVIUM" race --experiment "$tap_tmp/race.ini" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
tap_like "a race says which ways are not held to its memory" \
    "Not held to the configuration's memory: native, interp --user\. A process" \
    "$(tr -s '\n ' ' ' <"$tap_tmp/out")"
tap_done
