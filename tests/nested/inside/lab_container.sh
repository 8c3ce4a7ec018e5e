#!/bin/sh
# The grader of lab 10 with the reference, on Linux 6.1 and cgroup v2: as root, and as nobody. What needs no
# container (rows that call $GRADER) is the same everywhere.
# shellcheck source=tests/tap.sh
. tests/tap.sh
export O TRIVIUM SEED=nested

# rows WHO COMMAND...: each test of the lab, run as `COMMAND... labs/10-container/run TEST`.
rows()
{
    who=$1
    shift
    # shellcheck disable=SC2013 # words
    for row in $(sed -n 's/.*| *labs\/10-container\/run \([a-z]*\)$/\1/p' labs/10-container/tests); do
        said=$("$@" labs/10-container/run "$row" 2>&1)
        status=$?
        case $who:$row:$status in
        # What only root may do is not graded for others, and the student is told so.
        nobody:ids:*) tap_like "lab 10, nobody: ids are not judged, and why" "^77 only root can map ids" "$status $said" ;;
        nobody:limits:*) tap_like "lab 10, nobody: nor are limits" "^77 .*cannot limit cpu" "$status $said" ;;
        *) tap_is "lab 10, $who: $row" "status 0: " "status $status: $said" ;;
        esac
    done
}

as_nobody()
{
    su nobody -c "$*"
}

rows root env
rows nobody as_nobody
tap_is "nothing is left of the groups" "" "$(find /sys/fs/cgroup -name trivium -type d)"
tap_done
