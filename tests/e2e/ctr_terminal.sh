#!/bin/sh
# A container's own terminal, and its user, folder and environment.
# shellcheck source=tests/tap.sh
. tests/tap.sh

attack=$O/tests/ctr/attack
pty=$O/tests/e2e/pty

status()
{
    "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo $?
}

# on_terminal [--at TEXT ACTION] ARGUMENTS...: a run in a container with a terminal, on one.
on_terminal()
{
    if [ "$1" = --at ]; then
        at=$2 action=$3
        shift 3
        set -- --at "$at" "$action" "$TRIVIUM" run --on container "$@"
    else
        set -- "$TRIVIUM" run --on container "$@"
    fi
    status "$pty" "$@"
}

if [ "$(status "$TRIVIUM" run --on container hello)" != 0 ]; then
    tap_skip "a container's terminal" "no container can be made here: $(head -n 1 "$tap_tmp/err")"
    tap_done
fi

tap_is "--tty on a terminal" 0 "$(on_terminal --tty "$attack" terminal)"
tap_like "the program has one of its own, of the same size, and is in its foreground" \
    "terminal: /dev/pts/0 80x24, foreground yes" "$(cat "$tap_tmp/out")"
tap_is "settings are put back" "terminal: same" "$(grep terminal: "$tap_tmp/err")"
tap_is "nothing of the output is lost" 65 \
    "$(on_terminal --tty prime --max-prime 10 --events 1 >/dev/null; on_terminal --tty sh -c 'ls /bin; exit 65')"
tap_like "to the last name" "syscalls" "$(cat "$tap_tmp/out")"
tap_is "the exit status comes through" 7 "$(on_terminal --tty sh -c 'exit 7')"
tap_is "Ctrl-C goes to the program, by its terminal" 130 \
    "$(on_terminal --at up ctrl-c --tty sh -c 'echo up; cat')"
tap_is "after which settings are put back" "terminal: same" "$(grep terminal: "$tap_tmp/err")"
tap_is "another size of the window is passed on" 0 \
    "$(on_terminal --at waiting resize --tty "$attack" terminal changes)"
tap_like "and the program is told" "it is 100 columns wide" "$(cat "$tap_tmp/out")"
tap_is "SIGTERM ends it" 143 "$(on_terminal --at up term --tty sh -c 'echo up; cat')"
tap_is "with settings put back" "terminal: same" "$(grep terminal: "$tap_tmp/err")"
tap_is "a timeout ends it" 124 "$(on_terminal --timeout 0.5 --tty cat)"
tap_is "and settings are put back" "terminal: same" "$(grep terminal: "$tap_tmp/err")"
tap_is "a program that cannot be started is told" 125 "$(on_terminal --tty --workdir /nowhere hello)"
tap_is "and they are as they were" "terminal: same" "$(grep terminal: "$tap_tmp/err")"
on_terminal --at up hangup --tty sh -c 'echo up; cat' "mark-$$" >/dev/null
sleep 0.5
tap_is "a terminal that goes away ends it" "" "$(pgrep -f "mark-$$")"

# Trivium itself is killed: the runner lives a moment longer. The shell around it keeps the terminal.
cat >"$tap_tmp/killed" <<'END'
pid_file=$1
shift
(while [ ! -s "$pid_file.up" ]; do sleep 0.1; done; kill -9 "$(cat "$pid_file")") &
sh -c 'echo $$ >"$0"; exec "$@"' "$pid_file" "$@" | tee "$pid_file.up"
sleep 0.5
END
status "$pty" sh "$tap_tmp/killed" "$tap_tmp/pid" "$TRIVIUM" run --on container --tty \
    sh -c 'echo up; cat' "mark-$$" >/dev/null
tap_is "Trivium killed by SIGKILL: settings are put back all the same" "terminal: same" \
    "$(grep terminal: "$tap_tmp/err")"
tap_is "and nobody is left" "" "$(pgrep -f "mark-$$")"
tap_is "--tty without a terminal is refused" 125 "$(status "$TRIVIUM" run --on container --tty hello)"
tap_like "and it is told why" "standard input is none" "$(cat "$tap_tmp/err")"

contain()
{
    "$TRIVIUM" run --on container "$@" </dev/null
}

tap_is "--workdir" "null" "$(contain --workdir /dev ls . | grep null)"
tap_is "a name that does not begin with / is refused" 125 "$(status contain --workdir dev ls)"
tap_is "a folder that is not there, too" 125 "$(status contain --workdir /nowhere ls)"
tap_like "with its name" "cannot go to /nowhere in the container" "$(cat "$tap_tmp/err")"
environment()
{
    contain "$@" cat /proc/self/environ | tr '\0' '\n' | sort | xargs
}
tap_is "--env adds, the later one counts, and the standard ones can be replaced" \
    "A=2 B=x=y HOME=/tmp PATH=/bin TERM=t" \
    "$(TERM=t environment --env A=1 --env B=x=y --env A=2 --env HOME=/tmp)"
tap_is "--env NAME has the value from here" "HOME=/ MINE=here PATH=/bin TERM=t" \
    "$(TERM=t MINE=here environment --env MINE)"
tap_is "which there must be" 125 "$(status contain --env SURELY_NOT_SET hello)"
tap_is "a name there must be, too" 125 "$(status contain --env =x hello)"
for wrong in x 1: :1 1:2:3 65536 -1 ''; do
    tap_is "--as '$wrong' is refused" 125 "$(status contain --as "$wrong" hello)"
done
tap_like "root is the standard" "ids: 0 0, 0 groups" "$(contain "$attack" ids | head -n 1)"
if [ "$(id -u)" = 0 ]; then
    tap_like "--as another" "ids: 1000 100, 0 groups" "$(contain --as 1000:100 "$attack" ids)"
    tap_like "who has no rights" "CapEff:	0000000000000000" "$(contain --as 1000 cat /proc/self/status)"
    tap_is "with a terminal that is its own" 0 "$(on_terminal --tty --as 1000 "$attack" terminal)"
    tap_like "and can open it" "up" "$(on_terminal --tty --as 1000 sh -c 'echo up >/dev/tty'; cat "$tap_tmp/out")"
else
    tap_is "without rights there is nobody else" 125 "$(status contain --as 1000 hello)"
    tap_like "which is told" "without rights only its root is" "$(cat "$tap_tmp/err")"
fi
tap_done
