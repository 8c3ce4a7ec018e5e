#!/bin/sh
# A container whose makers are killed at each of its steps: no process stays, and what else stays, the next
# run takes away.
# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/ctr/groups.sh
. tests/ctr/groups.sh

kill=$O/tests/ctr/kill
TRIVIUM_IMAGES=$tap_tmp/store
TRIVIUM_RUN=$tap_tmp/run
export TRIVIUM_IMAGES TRIVIUM_RUN

# Marked by a name of its own, so that other tests' processes are not counted.
program=$tap_tmp/k$$
cp "$O/tests/ctr/attack" "$program"
cp "$kill" "$tap_tmp/x$$"
kill=$tap_tmp/x$$

# How many processes of ours there are; the dead that nobody has reaped yet do not count.
left()
{
    stat -c %N /proc/[0-9]*/exe 2>/dev/null | grep -c -e "-> .$tap_tmp/" -e '-> ./bin/program'
}

# killed STEP WHO ARGUMENT...: of a program that tries no attack, but stays (serve), or ends (--list).
killed()
{
    at=$1
    whom=$2
    shift 2
    "$kill" "$at" "$whom" "$program" "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
}

# killed_everywhere HOW: at each of the steps, each time the other processes must be gone soon after.
killed_everywhere()
{
    steps=$(sed -n 's/^steps: //p' "$tap_tmp/out")
    tap_ok "$1: there are more than twenty steps: $steps" test "$steps" -gt 20
    lasting=$steps
    [ -z "$with_groups" ] || lasting=$((steps - 1))
    for who in self all; do
        stayed='' missed=''
        for step in $(seq "$steps"); do
            # The last steps are made when the program has ended.
            if [ "$step" -le "$lasting" ]; then
                killed "$step" "$who" serve killed
            else
                killed "$step" "$who" --list
            fi
            grep -q "^killed: . below, there" "$tap_tmp/out" || missed="$missed $step"
            for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                [ "$(left)" = 0 ] && break
                sleep 0.1
            done
            [ "$(left)" = 0 ] || stayed="$stayed $step"
        done
        tap_is "$1, killed ($who): at each step there was somebody to kill" "" "$missed"
        tap_is "$1, killed ($who) at each step: no process stays" "" "$stayed"
        [ "$who" = self ] || tap_ok "$1, killed ($who): something was left" test -e "$TRIVIUM_RUN"
        "$TRIVIUM" run --on container hello >/dev/null 2>&1 </dev/null
        tap_is "$1, killed ($who): the next run takes its groups away" "" "$(groups_left)"
        tap_not "$1, killed ($who): and its place in the list" test -e "$TRIVIUM_RUN"
    done
}

if ! killed 0 self --list || ! grep -q "^core-pattern" "$tap_tmp/out"; then
    tap_skip "killed at each step" "no container can be made here: $(head -n 1 "$tap_tmp/err")"
    tap_done
fi
with_groups=$("$TRIVIUM" run --on container --pids 50 hello 2>/dev/null </dev/null)
mounts=$(wc -l </proc/self/mounts)
killed 0 self --list # nothing is left over, by now
killed_everywhere "the programs"

mkdir -p "$tap_tmp/root/bin"
cp "$program" "$tap_tmp/root/bin/program"
"$TRIVIUM" image build killed "$tap_tmp/root"
program=/bin/program
IMAGE=killed
export IMAGE
if killed 0 self --list; then
    killed_everywhere "an image"
    tap_is "the image is whole" 0 "$("$TRIVIUM" image layers killed >"$tap_tmp/out" 2>&1; echo $?)"
else
    tap_skip "an image" "none can be run here: $(head -n 1 "$tap_tmp/err")"
fi
tap_is "no mount stays" "$mounts" "$(wc -l </proc/self/mounts)"
tap_done
