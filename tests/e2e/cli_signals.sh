#!/bin/sh
# Time limits, Ctrl-C, SIGTERM, hangup: what is said, which status, nothing left alive, and the
# terminal as it was.
# shellcheck source=tests/tap.sh
. tests/tap.sh

# Under a name that no other process has, so that what is left over can be found.
rude=$tap_tmp/rude$$
${CC:-gcc} -static -no-pie -o "$rude" tests/e2e/cli/rude.c || exit 1
pty=$O/tests/e2e/pty

status()
{
    "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo $?
}

# processes PREFIX: those whose command line begins so, by their numbers.
processes()
{
    for file in /proc/[0-9]*/cmdline; do
        case $(tr '\0' ' ' 2>/dev/null <"$file") in
        "$1"*) basename "${file%/cmdline}" ;;
        esac
    done 2>/dev/null
}

# The processes of `rude` that are alive. A killed one takes a moment to go.
left_over()
{
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ -n "$(processes "$rude")" ] || return
        sleep 0.1
    done
    processes "$rude"
}

# until_said TEXT: waits until the program has said that it has come so far.
until_said()
{
    for _ in $(seq 100); do
        grep -q -e "$1" "$tap_tmp/out" 2>/dev/null && return
        sleep 0.05
    done
    echo "# never said: $1"
}

"$rude" loop &
pid=$!
sleep 0.1
tap_is "the test sees a process that is left" $pid "$(left_over)"
kill -KILL $pid
wait $pid

# A time limit.
tap_is "a program that does not end: status 124" 124 \
    "$(status "$TRIVIUM" run --timeout 0.3 "$rude" loop)"
tap_like "which is said" "did not end within 0.3 s: killed, 1 process in all" "$(cat "$tap_tmp/err")"
tap_is "nothing is left" "" "$(left_over)"
tap_is "a program with eight generations, some in other sessions: status 124" 124 \
    "$(status "$TRIVIUM" run --timeout 0.3 "$rude" children 8 loop)"
tap_like "all are counted" "killed, 9 processes in all" "$(cat "$tap_tmp/err")"
tap_is "none of the nine is left" "" "$(left_over)"
tap_is "a program that ignores SIGTERM, SIGINT and SIGHUP is ended, too" 124 \
    "$(status "$TRIVIUM" run --timeout 0.3 "$rude" ignore 15 ignore 2 ignore 1 loop)"
for way in native 'interp --user'; do
    # shellcheck disable=SC2086 # two words
    tap_is "a busy program with 4 processes on $way: status 124" 124 \
        "$(status "$TRIVIUM" run --on $way --timeout 0.5 prime --threads 4)"
    tap_like "four or five are killed on $way" "killed, [45] processes in all" "$(cat "$tap_tmp/err")"
    # shellcheck disable=SC2086
    tap_is "one that forks as fast as it can on $way: status 124" 124 \
        "$(status "$TRIVIUM" run --on $way --timeout 0.5 mix --time 60000 fork)"
done
tap_is "a whole machine that is busy: status 124" 124 \
    "$(status "$TRIVIUM" run --on interp --timeout 0.5 prime)"
tap_like "it is one process" "killed, 1 process in all" "$(cat "$tap_tmp/err")"
tap_is "a program that ends in time keeps its status" 3 \
    "$(status "$TRIVIUM" run --timeout 10 "$rude" status 3)"

# What a program leaves running when it ends.
tap_is "a program that leaves a grandchild running keeps its status" 4 \
    "$(status "$TRIVIUM" run "$rude" children 3 status 4)"
tap_like "it is ended, which is said" "left 1 process running; killed" "$(cat "$tap_tmp/err")"
tap_is "it is not left" "" "$(left_over)"

# Signals to Trivium alone.
for signal in TERM:15 HUP:1; do
    number=${signal#*:} signal=${signal%:*}
    rm -f "$tap_tmp/out"
    "$TRIVIUM" run --json "$tap_tmp/killed.json" "$rude" ignore 15 say ready children 3 loop \
        >"$tap_tmp/out" 2>&1 &
    pid=$!
    until_said ready
    kill -"$signal" $pid
    wait $pid
    tap_is "SIG$signal to trivium: it dies of that signal" $((128 + number)) $?
    tap_is "after ending the program and its children ($signal)" "" "$(left_over)"
    tap_is "and it leaves no half-written file ($signal)" "" "$(find "$tap_tmp" -name 'killed.json*')"
done
# A terminal.
terminal_test()
{
    name=$1 expected=$2
    shift 2
    tap_is "$name: status $expected" "$expected" "$(status "$pty" "$@")"
    tap_is "$name: the terminal has its settings back" "terminal: same" \
        "$(grep '^terminal' "$tap_tmp/err")"
    tap_is "$name: nothing is left" "" "$(left_over)"
}
tap_is "the helper sees a terminal that was changed" "terminal: changed" \
    "$(status "$pty" "$rude" echo-off >/dev/null; cat "$tap_tmp/err")"
terminal_test "a program that ends" 5 "$TRIVIUM" run "$rude" echo-off status 5
terminal_test "a program that crashes" 139 "$TRIVIUM" run "$rude" echo-off die 11
terminal_test "a time limit" 124 "$TRIVIUM" run --timeout 0.3 "$rude" echo-off children 2 loop
terminal_test "a program with job control that crashes" 139 \
    "$TRIVIUM" run "$rude" new-group echo-off die 11
terminal_test "SIGTERM" 143 --at ready term "$TRIVIUM" run "$rude" echo-off say ready loop
terminal_test "Ctrl-C" 130 --at ready ctrl-c "$TRIVIUM" run "$rude" echo-off say ready loop
tap_like "Ctrl-C: the program's fate is told" "killed by signal 2 \(SIGINT, Interrupt\)" \
    "$(cat "$tap_tmp/out")"
for way in native interp; do
    terminal_test "Ctrl-C on $way" 130 --at ready ctrl-c \
        "$TRIVIUM" run --on $way --timeout 10 sh -c 'echo ready; prime'
done
terminal_test "a race and Ctrl-C" 130 --at 'interp, run 2' ctrl-c "$TRIVIUM" race 'prime --time 0.1'
tap_like "a race and Ctrl-C: what was measured is printed" "native .*x1.00" "$(cat "$tap_tmp/out")"
tap_like "and it is called incomplete" "interrupted.*: these results are incomplete" \
    "$(cat "$tap_tmp/out")"
# The settings that a program in the foreground has made are not ours to put back.
cat >"$tap_tmp/jobs.sh" <<END
set -m
"$TRIVIUM" run "$rude" sleep 600 status 0 &
sleep 0.3
"$rude" echo-off
wait
END
tap_is "a run in the background leaves the terminal to the foreground" "terminal: changed" \
    "$(status "$pty" bash "$tap_tmp/jobs.sh" >/dev/null; cat "$tap_tmp/err")"
tap_is "a terminal that goes away: nothing is left" "" \
    "$(status "$pty" --at ready hangup "$TRIVIUM" run "$rude" say ready children 2 loop >/dev/null
        left_over)"

# SIGINT to trivium alone, from another process: the program gets it, too.
rm -f "$tap_tmp/out"
"$pty" "$TRIVIUM" run --json "$tap_tmp/int.json" "$rude" say ready loop >"$tap_tmp/out" 2>&1 &
pid=$!
until_said ready
kill -INT "$(processes "$TRIVIUM run --json $tap_tmp/int.json")"
wait $pid
tap_is "SIGINT from another process reaches the program: status 130" 130 $?
tap_is "and the file is written" "killed 2" \
    "$(jq -r '"\(.fate) \(.signal)"' "$tap_tmp/int.json")"
tap_is "nothing is left after that" "" "$(left_over)"

# A machine whose input is a pipe: Ctrl-C is for Trivium, not for the guest. The pipe stays open, as it
# is opened for both directions. (A shell that is not interactive starts what is in the background
# with SIGINT ignored; env undoes that.)
mkfifo "$tap_tmp/pipe"
rm -f "$tap_tmp/out"
env --default-signal=INT setsid sh -c '"$@"; echo "status $?"' sh \
    "$TRIVIUM" run --on interp sh -c 'echo ready; cat' <>"$tap_tmp/pipe" >"$tap_tmp/out" 2>&1 &
until_said ready
kill -INT "$(processes "$TRIVIUM run --on interp sh -c echo ready" | head -n 1)"
wait $!
tap_like "Ctrl-C with piped input ends a machine with status 125" "^status 125$" "$(cat "$tap_tmp/out")"
tap_is "and none of it is left" "" "$(processes "$TRIVIUM run --on interp sh -c echo ready")"

tap_done
