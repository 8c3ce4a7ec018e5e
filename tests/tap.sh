# shellcheck shell=sh
# tap.sh: the few functions by which a shell test speaks TAP. Source it; end with tap_done.
#
#   tap_ok NAME COMMAND...         passes when COMMAND exits 0
#   tap_not NAME COMMAND...        passes when COMMAND exits with anything but 0
#   tap_is NAME EXPECTED ACTUAL    passes when the two strings are equal
#   tap_like NAME REGEX ACTUAL     passes when a line of ACTUAL matches the extended REGEX
#   tap_skip NAME REASON           not run, and why
#   tap_done                       prints the plan; exit status 1 when a test failed
#
# The end of a failing command's output follows as a diagnostic. What a test needs is in the environment:
# O (the build folder) and TRIVIUM (the command under test).

O=${O:-build}
# shellcheck disable=SC2034 # for the tests that source this
TRIVIUM=${TRIVIUM:-$O/trivium}
tap_count=0
tap_failed=0
tap_tmp=$(mktemp -d "${TMPDIR:-/tmp}/trivium-test.XXXXXX") || exit 1
trap 'rm -rf "$tap_tmp"' EXIT

tap_result()
{
    tap_count=$((tap_count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $tap_count - $2"
    else
        tap_failed=$((tap_failed + 1))
        echo "not ok $tap_count - $2"
    fi
}

tap_ok()
{
    tap_name=$1
    shift
    "$@" >"$tap_tmp/tap-output" 2>&1
    tap_status=$?
    tap_result "$tap_status" "$tap_name"
    if [ "$tap_status" -ne 0 ]; then
        echo "# status $tap_status from: $*"
        tail -n 40 "$tap_tmp/tap-output" | sed 's/^/# /'
    fi
}

tap_not()
{
    tap_name=$1
    shift
    if "$@" >"$tap_tmp/tap-output" 2>&1; then
        tap_result 1 "$tap_name"
        echo "# unexpected success of: $*"
    else
        tap_result 0 "$tap_name"
    fi
}

tap_is()
{
    if [ "$2" = "$3" ]; then
        tap_result 0 "$1"
    else
        tap_result 1 "$1"
        printf '%s\n' "$2" | sed 's/^/# expected: /' | head -n 20
        printf '%s\n' "$3" | sed 's/^/# actual:   /' | head -n 20
    fi
}

tap_like()
{
    if printf '%s\n' "$3" | grep -E -q -e "$2"; then
        tap_result 0 "$1"
    else
        tap_result 1 "$1"
        echo "# no line matches: $2"
        printf '%s\n' "$3" | sed 's/^/# actual: /' | head -n 20
    fi
}

tap_skip()
{
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

tap_done()
{
    echo "1..$tap_count"
    [ "$tap_failed" -eq 0 ]
    exit $?
}
