#!/bin/sh
# The test of the test runner: programs that fail in each way there is, and what tests/run says.
# shellcheck source=tests/tap.sh
. tests/tap.sh

# plant NAME LINE...: a test program that consists of these lines.
plant()
{
    planted=$tap_tmp/$1.sh
    shift
    { echo '#!/bin/sh'; printf '%s\n' "$@"; } >"$planted"
    chmod +x "$planted"
}

unset ONLY J CI_MUST_WORK TEST_TIMEOUT

# totals [VARIABLE=VALUE...]: the last line of tests/run on the planted program, and its status.
totals()
{
    output=$(env O="$tap_tmp/out" "$@" tests/run "$planted" 2>&1)
    status=$?
    echo "$(printf '%s\n' "$output" | tail -n 1); status $status"
}

plant good 'echo 1..2' 'echo ok 1 - one' 'echo "ok 2 - two"'
tap_is "a program that keeps its plan passes" \
    "2 passed, 0 failed, 0 skipped; status 0" "$(totals)"

plant late 'echo ok 1 - one' 'echo 1..1'
tap_is "the plan may come last" "1 passed, 0 failed, 0 skipped; status 0" "$(totals)"

plant bad 'echo 1..2' 'echo ok 1 - one' 'echo not ok 2 - two' 'echo "# the reason"' 'exit 1'
tap_is "a failing test fails" "1 passed, 1 failed, 0 skipped; status 1" "$(totals)"
totals >/dev/null
tap_like "and its diagnostics are shown" "# the reason" "$output"

plant noplan 'echo ok 1 - one'
tap_is "no plan fails" "1 passed, 1 failed, 0 skipped; status 1" "$(totals)"

plant short 'echo 1..3' 'echo ok 1 - one' 'echo ok 2 - two'
tap_is "fewer tests than planned fail" "2 passed, 1 failed, 0 skipped; status 1" "$(totals)"

plant long 'echo 1..1' 'echo ok 1 - one' 'echo ok 2 - two'
tap_is "more tests than planned fail" "2 passed, 1 failed, 0 skipped; status 1" "$(totals)"

plant order 'echo 1..2' 'echo ok 1 - one' 'echo ok 1 - two'
tap_is "a number twice fails" "2 passed, 1 failed, 0 skipped; status 1" "$(totals)"

plant nameless 'echo 1..1' 'echo ok 1'
tap_is "a test without a name fails" "0 passed, 1 failed, 0 skipped; status 1" "$(totals)"

plant silent ':'
tap_is "saying nothing fails" "0 passed, 1 failed, 0 skipped; status 1" "$(totals)"

plant status 'echo 1..1' 'echo ok 1 - one' 'exit 3'
tap_is "an exit status without a failed test fails" \
    "1 passed, 1 failed, 0 skipped; status 1" "$(totals)"

plant dying 'echo 1..1' 'echo ok 1 - one' 'echo last words >&2' 'kill -SEGV $$'
tap_is "death by a signal fails" "1 passed, 1 failed, 0 skipped; status 1" "$(totals)"
totals >/dev/null
tap_like "and the signal is named" "died of signal 11" "$output"
tap_like "and so are the last words" "stderr: last words" "$output"

plant hanging 'echo 1..1' 'echo ok 1 - one' 'sleep 60'
tap_is "a program that hangs fails" \
    "1 passed, 1 failed, 0 skipped; status 1" "$(totals TEST_TIMEOUT=1)"

plant skip 'echo 1..2' 'echo ok 1 - one' 'echo "ok 2 - two # SKIP no kvm here"'
tap_is "a skip is counted apart" "1 passed, 0 failed, 1 skipped; status 0" "$(totals)"
totals >/dev/null
tap_like "and its reason is shown" "two: no kvm here" "$output"
tap_is "a skip fails where everything must work" \
    "1 passed, 1 failed, 0 skipped; status 1" "$(totals CI_MUST_WORK=1)"

plant unexplained 'echo 1..1' 'echo "ok 1 - one # SKIP"'
tap_is "a skip without a reason fails" "0 passed, 1 failed, 0 skipped; status 1" "$(totals)"

plant skipall 'echo "1..0 # SKIP no kvm here"'
tap_is "nothing but skips is not a pass" "0 passed, 0 failed, 1 skipped; status 1" "$(totals)"

plant empty 'echo 1..0'
tap_is "a plan of no tests needs a reason" "0 passed, 1 failed, 0 skipped; status 1" "$(totals)"

plant interrupt 'echo 1..1' 'trap "echo ok 1 - interrupted; exit 0" INT' 'kill -INT $$' 'exit 1'
tap_is "a program can be interrupted" "1 passed, 0 failed, 0 skipped; status 0" "$(totals)"

planted=$tap_tmp/absent
tap_is "a program that is not there fails" "0 passed, 2 failed, 0 skipped; status 1" "$(totals)"

plant good 'echo 1..1' 'echo ok 1 - one'
tap_is "ONLY leaves the others out" \
    "0 passed, 0 failed, 0 skipped; status 1" "$(totals ONLY=another)"
tap_is "ONLY runs what it names" "1 passed, 0 failed, 0 skipped; status 0" "$(totals 'ONLY=go?d')"

output=$(O=$tap_tmp/out tests/run "$tap_tmp/good.sh" "$tap_tmp/bad.sh" "$tap_tmp/skip.sh" | tail -n 1)
tap_is "the counts of several programs are added" "3 passed, 1 failed, 1 skipped" "$output"

# Who wants to be alone is begun behind all others, and has none beside it, wherever it stands.
alone="set -- $tap_tmp/here-*; [ \$# = 1 ] && echo ok 1 - alone || echo not ok 1 - alone"
plant alone-1 '# run: alone' 'echo 1..1' "touch $tap_tmp/here-1" 'sleep 0.3' "$alone" "rm $tap_tmp/here-1"
plant alone-2 '# run: alone' 'echo 1..1' "touch $tap_tmp/here-2" 'sleep 0.3' "$alone" "rm $tap_tmp/here-2"
plant other-1 'echo 1..1' "touch $tap_tmp/here-3" 'sleep 0.5' "rm $tap_tmp/here-3" 'echo ok 1 - it'
plant other-2 'echo 1..1' 'echo ok 1 - it'
output=$(O=$tap_tmp/out J=3 tests/run "$tap_tmp/alone-1.sh" "$tap_tmp/other-1.sh" "$tap_tmp/alone-2.sh" "$tap_tmp/other-2.sh" 2>&1)
tap_is "who wants to be alone is" "4 passed, 0 failed, 0 skipped" "$(printf '%s\n' "$output" | tail -n 1)"
tap_is "... behind all others" "other-2.sh other-1.sh alone-1.sh alone-2.sh" \
    "$(printf '%s\n' "$output" | grep -o '[a-z]*-[12]\(.sh\)\{0,1\}' | sed 's/\.sh$//; s/$/.sh/' | tr '\n' ' ' | sed 's/ $//')"

tap_done
