#!/bin/sh
# Programs in a container: what it sees is its own, what the host has stays out, and how it ends.
# shellcheck source=tests/tap.sh
. tests/tap.sh

contain()
{
    "$TRIVIUM" run --on container "$@" </dev/null
}

status()
{
    "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo $?
}

if [ "$(status "$TRIVIUM" run --on container hello)" != 0 ]; then
    tap_skip "programs in a container" "no container can be made here: $(head -n 1 "$tap_tmp/err")"
    tap_done
fi

tap_is "hello" "hello, world" "$(contain hello)"
tap_like "fork" "^Sum: 1275$" "$(contain fork 1 50)"
tap_like "prime" "total number of events: +10$" "$(contain prime --max-prime 100 --events 10)"
tap_is "the exit status is the program's" 7 "$(status contain sh -c 'exit 7')"
tap_is "a program of one's own is in /opt" "hello, world" \
    "$(cp "$O/guest/x86_64/hello" "$tap_tmp/mine" && contain "$tap_tmp/mine")"
tap_is "a program that needs the host's libraries is refused" 125 "$(status contain /bin/true)"
tap_like "and it is told why" "try: a static program" "$(cat "$tap_tmp/err")"
tap_is "what is not there: 127" 127 "$(status contain nothing)"
tap_is "standard input is the program's" "typed" "$(echo typed | "$TRIVIUM" run --on container cat)"

# Names.
tap_is "the root has these folders" "bin dev etc opt proc tmp" "$(contain ls / | xargs)"
tap_is "and processes are its own: init, the shell, ps" 4 "$(contain sh -c ps | wc -l)"
tap_is "there is one network device" 1 "$(contain cat /proc/net/dev | grep -c :)"
tap_is "it has the name that it is given" thing \
    "$(contain --hostname thing cat /proc/sys/kernel/hostname)"
for name in user mount pid net uts ipc cgroup; do
    case $name in mount) link=mnt ;; *) link=$name ;; esac
    readlink "/proc/self/ns/$link" | sed 's/[^0-9]//g'
done >"$tap_tmp/here"
contain --stats hello 2>&1 | sed -n 's/^    \(user\|mount\|pid\|net\|uts\|ipc\|cgroup\) .* -> \([0-9]*\).*/\2/p' \
    >"$tap_tmp/inside"
tap_is "--stats names the seven namespaces" 7 "$(wc -l <"$tap_tmp/inside")"
tap_is "and none is the host's" "" "$(grep -F -x -f "$tap_tmp/here" "$tap_tmp/inside")"
tap_is "a shared name is the host's" "$(uname -n)" "$(contain --share uts cat /proc/sys/kernel/hostname)"
# Clocks are the host's unless they are asked for. Uptimes are of two programs that run one after the other.
uptime_ahead()
{
    awk -v there="$(contain "$@" cat /proc/uptime)" '{ split(there, a); print int((a[1] - $1) / 1000 + 0.1) }' /proc/uptime
}
tap_is "the uptime is the host's" 0 "$(uptime_ahead)"
if [ "$(status contain --time-offset 5000 --stats hello)" = 0 ]; then
    tap_is "with --time-offset it is another" 5 "$(uptime_ahead --time-offset 5000)"
    tap_like "in a namespace of its own" "^    time +[0-9]+ -> [0-9]+" "$(cat "$tap_tmp/err")"
    tap_like "of which --explain tells" "timens_offsets.*monotonic 5000 0" "$(contain --time-offset 5000 --explain hello 2>&1)"
    tap_is "also at the same time" 0 "$(uptime_ahead --time-offset 0)"
    tap_is "as root without a user namespace, where that can be" "$(status contain --share user hello)" \
        "$(status contain --share user --time-offset 5000 hello)"
else
    tap_skip "clocks of its own" "$(head -n 1 "$tap_tmp/err")"
fi
tap_is "no clock goes below 0" 125 "$(status contain --time-offset -1000000000 hello)"
tap_like "which is told" "the clocks would be below 0" "$(cat "$tap_tmp/err")"
tap_is "--time-offset wants whole seconds" 125 "$(status contain --time-offset 1.5 hello)"
tap_is "process numbers cannot be shared alone" 125 "$(status contain --share pid hello)"
tap_like "which is told" "try: --share pid,user as root; or --share pid,mount" "$(cat "$tap_tmp/err")"
tap_is "but with the host's files" "hello, world" "$(contain --share pid,mount hello)"
if [ "$(id -u)" = 0 ]; then
    tap_is "root can share all" "hello, world" \
        "$(contain --share user,mount,pid,net,uts,ipc,cgroup hello)"
else
    tap_is "only root can share users" 125 "$(status contain --share user hello)"
fi
tap_is "no file of the host is in its mounts" "" \
    "$(contain cat /proc/self/mounts | grep -v -E '^[^ ]+ /(|proc|proc/[^ ]+|dev|dev/[^ ]+|tmp) ')"

# What of the caller's is not its affair.
tap_is "the environment stays outside" "HOME PATH TERM" \
    "$(SECRET=1 contain cat /proc/self/environ | tr '\0' '\n' | sed 's/=.*//' | sort | xargs)"
tap_is "an open file stays outside" "0 1 2 3" "$(contain ls /proc/self/fd 7</etc/passwd | xargs)"
tap_is "a folder as standard input is refused" 125 \
    "$(status sh -c '"$0" run --on container hello </' "$TRIVIUM")"

# Signals and the end.
tap_is "killed by signal n: 128 + n" 143 "$(status contain "$O/tests/ctr/attack" raise 15)"
tap_is "of which it is told" "trivium: $O/tests/ctr/attack was killed by signal 15 \
(SIGTERM, Terminated)" "$(cat "$tap_tmp/err")"
tap_is "the time limit" 124 "$(status contain --timeout 0.3 cat /dev/zero)"
mkfifo "$tap_tmp/fifo"
env --default-signal=INT "$TRIVIUM" run --on container sh -c 'echo up; cat' <"$tap_tmp/fifo" \
    >"$tap_tmp/up" 2>/dev/null &
pid=$!
exec 9>"$tap_tmp/fifo"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    grep -q up "$tap_tmp/up" && break
    sleep 0.1
done
kill -INT $pid
wait $pid
tap_is "SIGINT to trivium reaches the program" 130 $?
exec 9>&-
tap_is "options of a machine are refused" 125 "$(status contain --no-tlb hello)"
tap_is "and those of a container elsewhere" 125 \
    "$(status "$TRIVIUM" run --on native --hostname thing hello)"

# A race: the same file, the same answer.
"$TRIVIUM" race --runs 2 --on native,container --json "$tap_tmp/race.json" 'fork 1 30' >"$tap_tmp/race" 2>&1
tap_is "native and container race" 0 $?
tap_is "with the same file" 1 "$(jq -r '[.results[].binary_sha256] | unique | length' "$tap_tmp/race.json")"
tap_is "on the same kernel" 1 "$(jq -r '[.results[].kernel.name] | unique | length' "$tap_tmp/race.json")"
tap_done
