#!/bin/sh
# `trivium reproduce`: same, faster, slower, not comparable because of what; and what it will not run.
# shellcheck source=tests/tap.sh
. tests/tap.sh

# A calm race: every sample within a few thousandths.
calm=$tap_tmp/calm.json
jq '.results |= map(.samples = [1000, 1001, 1002, 1003, 1004])' tests/zoo/honest.json >"$calm"

# with FILTER: compares the calm race with what jq's filter makes of it; the exit status; the output is in out.
with()
{
    jq "$1" "$calm" >"$tap_tmp/with.json"
    "$TRIVIUM" reproduce "$calm" --with "$tap_tmp/with.json" >"$tap_tmp/out" 2>&1
    echo $?
}
verdict()
{
    tail -n 1 "$tap_tmp/out"
}

tap_is "the same file is the same" "0 12 same, 0 faster, 0 slower, 0 not comparable" "$(with .) $(verdict)"
tap_is "2 % more is the same" "0 12 same, 0 faster, 0 slower, 0 not comparable" \
    "$(with '.results |= map(.samples |= map(. * 1.02))') $(verdict)"
tap_is "20 % more events are faster" "1 11 same, 1 faster, 0 slower, 0 not comparable" \
    "$(with '.results[3].samples |= map(. * 1.2)') $(verdict)"
tap_like "by how much, with an interval" \
    "^prime --max-prime 1000 --events 3000 on kvm +faster, x1.20 the speed, 1.[12][0-9]..1.2" "$(cat "$tap_tmp/out")"
tap_is "20 % fewer are slower" "1 11 same, 0 faster, 1 slower, 0 not comparable" \
    "$(with '.results[3].samples |= map(. * 0.8)') $(verdict)"
jq '.results |= map(.better = "less")' "$calm" >"$tap_tmp/less.json"
jq '.results[3].samples |= map(. * 0.8)' "$tap_tmp/less.json" >"$tap_tmp/with.json"
tap_is "20 % less where less is better is faster" "11 same, 1 faster, 0 slower, 0 not comparable" \
    "$("$TRIVIUM" reproduce "$tap_tmp/less.json" --with "$tap_tmp/with.json" | tail -n 1)"

# because REASON FILTER: one row is not comparable, and why.
because()
{
    tap_is "not comparable: $1" "0 11 same, 0 faster, 0 slower, 1 not comparable" "$(with "$2") $(verdict)"
    tap_like "... which is said" "not comparable because: .*$1" "$(tr -s ' \n' ' ' <"$tap_tmp/out")"
}
because "other hash" '.results[0].binary_sha256 |= sub("^...."; "0000")'
because "other kernel: Linux 9.9" '.results[1].kernel.version = "9.9"'
because "other kernel: it is another build" '.results[5].kernel.sha256 |= sub("^...."; "0000")'
because "other answers" '.results[7].answers.Sum = "1"'
because "it is failed now" '.results[2].status = "failed" | .results[2].reason = "exit status 3"'
because "does not take part now" 'del(.results[4])'
because "other unit" '.results[4].unit = "apples/s"'
because "too noisy" '.results[4].samples = [500, 800, 1000, 1300, 1900]'
because "fewer than 3 runs" '.results[4].samples = [1000, 1001] | .results[4].rounds = [1, 2] |
    .results[4].first_used = 0 | .results[4].used = 2'
tap_is "on another CPU nothing is comparable: 3" "3 not comparable because: other CPU: it was" \
    "$(with '.host.cpu.model = "Z80"') $(cut -c 1-41 "$tap_tmp/out")"
tap_is "nor in a virtual machine when it was none: 3" 3 "$(with '.host.virtual.hypervisor |= not')"
with '.trivium_sha256 |= sub("^...."; "0000")' >/dev/null
tap_like "another build of trivium is said" "trivium is another build" "$(cat "$tap_tmp/out")"

# For real. How it comes out is for the host to say; what it may say is not.
"$TRIVIUM" race --runs 3 --on native,interp --user --json "$tap_tmp/first.json" 'fork 1 20' >/dev/null 2>&1
"$TRIVIUM" reproduce "$tap_tmp/first.json" --json "$tap_tmp/second.json" >"$tap_tmp/out" 2>"$tap_tmp/err"
status=$?
tap_ok "a race is measured again: same, different, or too noisy to say (it was $status)" \
    test $status -eq 0 -o $status -eq 1 -o $status -eq 3
tap_is "its rows are told" 2 "$(grep -c '^fork 1 20 on ' "$tap_tmp/out")"
tap_is "nothing but noise is in the way, or a step in the host's speed" "" "$(tr -s ' \n' ' ' <"$tap_tmp/out" |
    grep -o 'because: [a-z]* [a-z]*' | grep -v -x -e 'because: too noisy' -e 'because: fewer than')"
tap_is "the new measurement is a result file, of the same command" "0 $(jq -c .command "$tap_tmp/first.json")" \
    "$("$TRIVIUM" check "$tap_tmp/second.json" >/dev/null; echo $?) $(jq -c '.command' "$tap_tmp/second.json")"
tap_is "the first file is as it was" 0 "$("$TRIVIUM" check "$tap_tmp/first.json" >/dev/null; echo $?)"

# A file that asks for something else than measuring.
jq --arg touch "sh -c 'echo here > $tap_tmp/ran'" '.command = ["trivium", "race", "--runs", "1", "--on", "native", $touch]' \
    "$tap_tmp/first.json" >"$tap_tmp/evil.json"
tap_is "a file that wants to run a shell is refused: 125, and nothing is run" "125 no" \
    "$("$TRIVIUM" reproduce "$tap_tmp/evil.json" >"$tap_tmp/out" 2>"$tap_tmp/err"; echo $?) \
$(test -e "$tap_tmp/ran" && echo yes || echo no)"
tap_like "with what to do" "try: if you trust the file: --trust" "$(cat "$tap_tmp/err")"
"$TRIVIUM" reproduce --trust "$tap_tmp/evil.json" >"$tap_tmp/out" 2>&1
tap_ok "whoever trusts it can run it" test -e "$tap_tmp/ran"
jq --arg out "$tap_tmp/written" '.command += ["--csv", $out, "--jso=" + $out + ".json"]' "$tap_tmp/first.json" \
    >"$tap_tmp/evil.json"
"$TRIVIUM" reproduce "$tap_tmp/evil.json" >/dev/null 2>&1
tap_is "the reports that its command asked for are not written" "" "$(find "$tap_tmp" -name 'written*')"
jq '.command = ["rm", "-rf", "/"]' "$tap_tmp/first.json" >"$tap_tmp/evil.json"
tap_is "a command that is no race: 2" 2 "$("$TRIVIUM" reproduce "$tap_tmp/evil.json" >/dev/null 2>&1; echo $?)"
jq '.command = ["trivium", "race", "--help"]' "$tap_tmp/first.json" >"$tap_tmp/evil.json"
tap_is "one that asks for help fails: 125" 125 "$("$TRIVIUM" reproduce "$tap_tmp/evil.json" >/dev/null 2>&1; echo $?)"
tap_is "what is no result file: 2" 2 "$(echo x | "$TRIVIUM" reproduce - 2>/dev/null; echo $?)"

tap_done
