#!/bin/sh
# The race as a picture: frames as text at three sizes, hostile and odd files, the terminal and how it is left.
# REGENERATE=1 writes the frames anew; look at them.
# shellcheck source=tests/tap.sh
. tests/tap.sh

unset NO_COLOR COLORTERM
export LC_ALL=C.UTF-8 TERM=xterm
pty=$O/tests/e2e/pty
golden=tests/e2e/view
honest=tests/zoo/honest.json
result=$tap_tmp/result.json

# A host without /dev/kvm, so that a lane is hatched.
jq '.results[3,9] |= (.status = "unavailable" | .samples = [] | .rounds = [] | .first_used = 0 | .used = 0 | .unit = null | .dropped = null
    | .reason = "/dev/kvm cannot be opened: Permission denied. Add yourself to the group kvm")' "$honest" >"$result"

# frame N SIZE [FILE]
frame()
{
    "$TRIVIUM" race --replay "${3:-$result}" --frame "$1" --screen "$2" 2>&1
}

# same_as_golden NAME TEXT
same_as_golden()
{
    if [ -n "${REGENERATE:-}" ]; then
        printf '%s\n' "$2" >"$golden/$1.txt"
    fi
    printf '%s\n' "$2" >"$tap_tmp/frame"
    tap_ok "the frame is as it was: $1" diff "$golden/$1.txt" "$tap_tmp/frame"
}

# Frame 20 is in the midst of prime, 101 the end of fork, the last one the ladder.
for size in 160x50 120x40 80x24; do
    for number in 20 101 last; do
        same_as_golden "$size-$number" "$(frame "$number" "$size")"
    done
done
same_as_golden ascii "$(LC_ALL=C frame 101 80x24)"
tap_is "which has nothing but ASCII" "" "$(LC_ALL=C frame 101 80x24 | LC_ALL=C grep -P '[^\x20-\x7e]')"
tap_is "a frame is as wide and as high as it was asked to be" "40 120" "$(LC_ALL=C frame 0 120x40 |
    awk '{ if (length($0) > most) most = length($0) } END { print NR, most }')"
tap_like "a screen that is too small says so" "needs 60 columns and 16 lines; here are 59 and 30" "$(frame 0 59x30 | tr '\n' ' ')"
tap_is "a frame that there is not is refused" 125 "$(frame 103 80x24 >/dev/null; echo $?)"
tap_is "a file that is none: 2" 2 "$(echo '{}' | "$TRIVIUM" race --replay - --frame 0 >/dev/null 2>&1; echo $?)"

# What moves is what the medians say.
at()
{
    frame "$1" 160x50 "$honest" | sed -n "s/^│a native *[^0-9]* \([0-9,]*\) *x1.00.*/\1/p" | tr -d ,
}
tap_is "at the end of its second native has done its median" "$(jq '.results[0].median | round' "$honest")" "$(at 50)"
tap_is "and half of it in the middle" "$(jq '.results[0].median / 2 | round' "$honest")" "$(at 25)"

# Odd and hostile files.
jq '.results[0] as $row | .results += [range(200) | . as $i | $row | .entry = 100 + $i | .way = "way \($i)"]
    | .executions = [] | .results[] |= (.samples = [] | .rounds = [] | .first_used = 0 | .used = 0)' "$honest" >"$tap_tmp/many.json"
tap_like "what has no room is said" " 19[0-9] more lanes" "$(frame 110 80x24 "$tap_tmp/many.json")"
tap_like "in the ladder, too" "^. +[0-9]+ more below " "$(frame last 80x24 "$tap_tmp/many.json")"
jq '"\u001b[2J\u009b\u202e\n\u4e2d\ud83d\ude00" as $evil | .started = $evil | .results |= map(.program = $evil
    | .args = [$evil] | .unit = $evil | .kernel.name = $evil | .reason = $evil | .measure = $evil)
    | .results[2].way = $evil | .results[4].status = "failed"' "$honest" >"$tap_tmp/evil.json"
for number in 0 50 last; do
    tap_is "no hostile text gets onto the screen, frame $number" 0 \
        "$(frame "$number" 120x40 "$tap_tmp/evil.json" | LC_ALL=C grep -c -P '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe4\xb8|\xf0')"
done
jq '.results = [] | .executions = [] | .steps = []' "$honest" >"$tap_tmp/empty.json"
tap_like "a race of nothing is a picture, too" "scene 1 of 1" "$(frame 0 80x24 "$tap_tmp/empty.json")"

# On a terminal. What it is sent for "q" comes when the picture is there.
play()
{
    at=$1 action=$2
    shift 2
    "$pty" --at "$at" "$action" "$TRIVIUM" race --replay "$honest" "$@" >"$tap_tmp/out" 2>"$tap_tmp/err"
    echo $?
}
left()
{
    grep -q "$(printf '\033\[?1049h')" "$tap_tmp/out" && tail -c 40 "$tap_tmp/out" |
        grep -q "$(printf '\033\[?25h\033\[?1049l')" && echo "left, $(grep terminal: "$tap_tmp/err")"
}
tap_is "q ends it" 0 "$(play 'q quit' type:q)"
tap_is "and the terminal is as before" "left, terminal: same" "$(left)"
tap_is "Ctrl-C ends it" 130 "$(play 'q quit' ctrl-c)"
tap_is "and the terminal is as before" "left, terminal: same" "$(left)"
tap_is "so does SIGTERM" 143 "$(play 'q quit' term)"
tap_is "and the terminal is as before" "left, terminal: same" "$(left)"
tap_is "SIGKILL cannot be caught" 137 "$(play 'q quit' kill)"
tap_is "and the terminal is as before" "left, terminal: same" "$(left)"
tap_is "a terminal that goes away ends it" 129 "$(play 'q quit' hangup)"
tap_is "another size is drawn anew" "0 2" "$("$pty" --at 'scene 1 of 3' resize --at 'scene 1 of 3' type:q \
    "$TRIVIUM" race --replay "$honest" >"$tap_tmp/out" 2>/dev/null; echo $? "$(grep -o -a "$(printf '\033\[2J')" "$tap_tmp/out" | wc -l)")"
tap_ok "... and down to its last line" grep -q -a "$(printf '\033\[30;1H')" "$tap_tmp/out"
tap_is "NO_COLOR is obeyed" 0 "$(NO_COLOR=1 play 'q quit' type:q >/dev/null
    LC_ALL=C grep -c -a "$(printf '\033\[[0-9;]*[34]8;')" "$tap_tmp/out")"
# The end key halts the replay in its first scene, prime; the next would be fork.
for key in '\033[15~' '\0303\0244'; do
    tap_is "a key that nobody knows does not pass for the time being up: $key" "0 0" \
        "$(play 'q quit' "type:$(printf '\033[F%b' "$key")q") $(grep -a -c fork "$tap_tmp/out")"
done
tap_is "without a terminal it says what else there is" "125 1" \
    "$("$TRIVIUM" race --replay "$honest" >"$tap_tmp/out" 2>&1 </dev/null; echo $? "$(grep -c -e '--frame last' "$tap_tmp/out")")"

# Live: what is measured, the race again, the table.
"$pty" --at "frame 0 of" type:q "$TRIVIUM" race --live --runs 2 --on native,interp --user --json "$tap_tmp/live.json" \
    "prime --max-prime 100 --events 100" >"$tap_tmp/out" 2>"$tap_tmp/err"
tap_is "a race that is watched" "0 terminal: same" "$? $(cat "$tap_tmp/err")"
tap_ok "shows that it measures" grep -q LIVE "$tap_tmp/out"
tap_like "then the table on the terminal's own screen" "interp --user .* x[0-9]" \
    "$(sed 's/.*\x1b\[?1049l//' "$tap_tmp/out")"
tap_is "and has measured the same as without" 4 "$(jq '[.results[].samples | length] | add' "$tap_tmp/live.json")"
"$pty" --at "LIVE" ctrl-c "$TRIVIUM" race --live --runs 900 --on native "prime --max-prime 2000 --time 1" \
    >"$tap_tmp/out" 2>"$tap_tmp/err"
tap_is "Ctrl-C ends the measuring, and nothing is played" "130 terminal: same 0" \
    "$? $(cat "$tap_tmp/err") $(grep -c REPLAY "$tap_tmp/out")"
"$pty" --at "LIVE" term "$TRIVIUM" race --live --runs 900 --on native "prime --max-prime 2000 --time 1" \
    >"$tap_tmp/out" 2>"$tap_tmp/err"
tap_is "so does SIGTERM, and the terminal is as before" "143 left, terminal: same" "$? $(left)"

tap_done
