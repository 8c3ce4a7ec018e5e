#!/usr/bin/env bash
# run.sh: the tests of tests/nested/inside, in one nested virtual machine (boot.sh); each of their lines is
# one here.
set -u
here=$(dirname "$0")
O=${O:-build}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# Each test speaks TAP on its own; a line tells whose is what follows.
cat >"$work/all.sh" <<'END'
for test in tests/nested/inside/*.sh; do
    case $test in
    *$ONLY_INSIDE*)
        echo "@ $(basename "$test" .sh)"
        timeout 400 sh "$test" 2>&1
        echo "@status $?"
        ;;
    esac
done
END
sed -i "1i ONLY_INSIDE='${ONLY_INSIDE:-}'" "$work/all.sh"
mapfile -t guests < <(find "$O/tests/kvm" "$O/tests/ctr" "$O/labs/inside" -maxdepth 1 -type f 2>/dev/null)
# One processor: with two, QEMU 7.2 at times keeps the breakpoint that Linux sets for a moment while it
# changes its own code (as it does for the first virtual machine), for ever.
LIMIT=850 CPUS=${CPUS:-1} "$here/boot.sh" "$work/all.sh" tests/tap.sh tests/ctr/attacks.sh tests/ctr/groups.sh tests/e2e/ctr_image.sh tests/e2e/ctr_keep.sh tests/e2e/ctr_kill.sh tests/nested/inside/*.sh labs/10-container/run labs/10-container/tests \
    "${guests[@]}" >"$work/out" 2>"$work/err"
status=$?
if [ "$status" = 98 ]; then
    echo "ok 1 - the tests inside of a nested virtual machine # SKIP $(cat "$work/err")"
    echo "1..1"
    exit 0
fi
awk -v status="$status" '
    function result(good, name) {
        count++
        if (!good) failed = 1
        print (good ? "ok " : "not ok ") count " - " name
    }
    /^@ / { test = $2; lines = 0; plan = -1; next }
    /^@status / {
        if (plan != lines || $2 > 1) {
            result(0, test ": ran to its end")
            print "# " lines " lines, plan " plan ", status " $2
        }
        test = ""
        next
    }
    test != "" && /^(not )?ok [0-9]+ - / {
        lines++
        name = $0
        sub(/^(not )?ok [0-9]+ - /, "", name)
        result(!/^not /, test ": " name)
        next
    }
    test != "" && /^1\.\.[0-9]+$/ { plan = substr($0, 4) + 0; next }
    { print "# " $0 }
    END {
        if (test != "" || status != 0 || count == 0) {
            result(0, "the nested virtual machine ran all tests")
            print "# boot.sh ended with " status
        }
        print "1.." count
        exit failed
    }' "$work/out"
failed=$?
sed 's/^/# /' "$work/err"
exit "$failed"
