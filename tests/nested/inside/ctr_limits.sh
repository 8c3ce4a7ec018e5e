#!/bin/sh
# Limits of a container on cgroup v2, as root, in a delegated group, and without either; and bombs.
# shellcheck source=tests/tap.sh
. tests/tap.sh

attack=build/tests/ctr/attack
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

contain --cpus 0.2 prime --max-prime 500 --events 3000 >/dev/null
tap_is "--cpus 0.2 burns a fifth of a processor" true \
    "$(jq '(.user_seconds + .system_seconds) / .wall_seconds | . > 0.05 and . < 0.35' "$json")"
tap_is "which the kernel did by throttling" true "$(jq '.counters.limits.cpu.bites > 0' "$json")"
tap_is "and its file says so" "20000 100000 us" "$(jq -r .counters.limits.cpu.enforced "$json")"

tap_is "--memory 16M: who takes 64 MiB is killed, 137" 137 "$(status contain --memory 16M "$attack" eat 64)"
tap_like "and it is told that it was for memory" "was killed by signal 9 .*: out of memory \(OOM\)" \
    "$(cat "$tap_tmp/err")"
tap_is "the group as one" 137 "$(status contain --memory 16M "$attack" eat-in-child 64)"

contain --pids 20 "$attack" forks 40 >"$tap_tmp/out"
tap_like "--pids 20: the 19th child is refused" "children: 18" "$(cat "$tap_tmp/out")"
tap_is "of which the group keeps count" 1 "$(jq '.counters.limits.pids.bites' "$json")"
tap_like "--cpuset: one processor" "^processors: 1$" "$(contain --cpuset 0 "$attack" all-cpus)"

# Bombs, which only their limits end.
tap_is "a fork bomb stays in its limit, and is killed in time" 124 \
    "$(status contain --timeout 4 --pids 30 "$attack" fork-bomb)"
tap_is "of it nothing is left" 0 "$(cat /proc/[0-9]*/comm | grep -c attack)"
tap_is "a memory bomb is killed" 137 "$(status contain --memory 32M "$attack" memory-bomb)"

tap_is "nothing is left of the groups" "" "$(find /sys/fs/cgroup -name trivium -type d)"

# What somebody who was killed has left, the next run takes away.
mkdir -p /sys/fs/cgroup/trivium/left
tap_is "a group that is left over does not disturb" 0 "$(status contain hello)"
tap_is "and is gone then" "" "$(find /sys/fs/cgroup -name trivium -type d)"

# As nobody: refused, unless the group is delegated.
as_nobody()
{
    su nobody -c "$*"
}
tap_is "without rights: refused" 125 "$(status as_nobody "$TRIVIUM" run --on container --memory 16M hello)"
tap_like "with what would help" "try: .*systemd-run --user --scope -p Delegate=yes" "$(cat "$tap_tmp/err")"
tap_is "without rights and limits it runs" 0 "$(status as_nobody "$TRIVIUM" run --on container hello)"

echo "+memory +pids" >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/user
chown 65534 /sys/fs/cgroup/user /sys/fs/cgroup/user/cgroup.procs /sys/fs/cgroup/user/cgroup.subtree_control
delegated()
{
    sh -c "echo \$\$ >/sys/fs/cgroup/user/cgroup.procs && exec su nobody -c '$*'"
}
tap_is "in a group that is delegated: limited" 137 \
    "$(status delegated "$TRIVIUM" run --on container --memory 16M "$attack" eat 64)"
tap_done
