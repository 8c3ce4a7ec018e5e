#!/usr/bin/env bash
# containers.sh: how long a container takes from start to exit of a static `hello`, ours beside those of the
# tools that make real ones; shows the table, and keeps it in docs/performance.md unless QUICK.
#
#   O=DIR      the build folder
#   ROUNDS=N   rounds; each has one cold and four warm runs of each (20)
#   QUICK=1    three rounds, shown only
#
# What is not installed, or cannot run here, has its reason in the table. `make deps-bench` installs them.
set -euo pipefail
O=${O:-build}
rounds=${ROUNDS:-${QUICK:+3}}
hello=$O/guest/x86_64/hello
result=$O/bench/containers.json
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# bundle TOOL: a folder with what the tool wants to know: its own proposal, and our program and limit.
bundle()
{
    mkdir -p "$work/$1/rootfs/bin"
    cp "$hello" "$work/$1/rootfs/bin/"
    (cd "$work/$1" && "$1" spec && mv config.json spec.json &&
        jq '.process.terminal = false | .process.args = ["/bin/hello"] | .linux.resources.pids.limit = 4096' \
            spec.json >config.json)
}

# row TOOL: how it is run, or why not.
row()
{
    if ! command -v "$1" >"$work/path"; then
        echo "$1!not installed (make deps-bench)"
    elif [ "$(id -u)" != 0 ]; then
        echo "$1!what it proposes needs root"
    elif ! bundle "$1" 2>"$work/error"; then
        echo "$1!$(head -n 1 "$work/error")"
    else
        echo "$1=$1 --root $work/state-$1 run --bundle $work/$1 trivium-bench-$$"
    fi
}

# crun refuses a host with control groups of both versions, until it sees those of version 1 only.
alone=()
note=
if [ "$(id -u)" = 0 ] && mountpoint -q /sys/fs/cgroup/unified; then
    alone=(unshare --mount sh -c 'umount /sys/fs/cgroup/unified && exec "$@"' sh)
    note='In a mount namespace without /sys/fs/cgroup/unified, as crun refuses hosts that have it.'
fi

"${alone[@]}" "$O/bench/launch" "${rounds:-20}" 0.3 'hello, world' \
    "native=$hello" "trivium, native=$O/trivium run --on native hello" \
    "trivium, container=$O/trivium run --on container --pids 4096 hello" \
    "$(row crun)" "$(row runc)" >"$work/measured.json"
# One line for each row, of hundredths of a millisecond.
jq --raw-output --arg date "$(date -u +%Y-%m-%d)" --arg note "$note" --arg work "$work" \
    --arg host "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(nproc) online, Linux $(uname -r)" \
    --arg versions "$({ crun --version || echo 'no crun'; } 2>&1 | head -n 1), $({ runc --version || echo 'no runc'; } 2>&1 | head -n 1)" \
    '. + {date: $date, host: $host, versions: $versions, note: $note}
        | .rows |= map(.cold |= map(. * 100 | round / 100) | .warm |= map(. * 100 | round / 100)
            | .command |= gsub($work; "FOLDER"))
        | (del(.rows) | tojson[:-1]) + ",\"rows\":[\n" + (.rows | map(tojson) | join(",\n")) + "\n]}"' \
    "$work/measured.json" >"$result"
jq --raw-output --from-file bench/containers.jq "$result"
if [ -z "${QUICK:-}" ]; then
    cp "$result" docs/containers.json
    O=$O mk/generate.sh docs/performance.md
fi
