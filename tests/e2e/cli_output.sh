#!/bin/sh
# What Trivium itself writes: a full disk, a closed pipe, a place that cannot be written.
# shellcheck source=tests/tap.sh
. tests/tap.sh

for command in doctor "doctor --json" help --version --help "race --quick hello" "race --help"; do
    # shellcheck disable=SC2086 # words on purpose
    "$TRIVIUM" $command >/dev/full 2>"$tap_tmp/err"
    tap_is "trivium $command to a full disk: status 125" 125 $?
    # Of what does not fit a buffer, the reason is gone when all is flushed.
    tap_like "trivium $command to a full disk: it is said" \
        "cannot write (standard output: No space left on device|all of standard output)" "$(cat "$tap_tmp/err")"
done
{
    "$TRIVIUM" doctor 2>"$tap_tmp/err"
    echo $? >"$tap_tmp/status"
} | true
tap_like "a reader that went away: status 125, or 0 when all had been read" "^(0|125)$" \
    "$(cat "$tap_tmp/status")"
{
    sleep 0.3
    "$TRIVIUM" doctor 2>"$tap_tmp/err"
    echo $? >"$tap_tmp/status"
} | true
tap_is "a reader that went away before: status 125" 125 "$(cat "$tap_tmp/status")"
tap_like "which is said, not a silent death" "cannot write standard output: Broken pipe" \
    "$(cat "$tap_tmp/err")"
{
    sleep 0.3
    "$TRIVIUM" run cat /dev/zero 2>"$tap_tmp/err"
    echo $? >"$tap_tmp/status"
} | true
tap_is "the program's own SIGPIPE is the program's fate" 141 "$(cat "$tap_tmp/status")"
"$TRIVIUM" doctor >&- 2>"$tap_tmp/err"
tap_is "standard output closed: status 125" 125 $?
"$TRIVIUM" run sh -c 'exit 6' >&-
tap_is "a run does not need standard output" 6 $?

place=$tap_tmp/no/such/folder
for command in "run hello" "race --quick hello"; do
    # shellcheck disable=SC2086 # words on purpose
    set -- $command
    name=$1
    shift
    "$TRIVIUM" "$name" --json "$place/x.json" "$@" >"$tap_tmp/out" 2>"$tap_tmp/err"
    tap_is "$name --json in a folder that is not there: status 125" 125 $?
    tap_like "$name: the path is named" "$place" "$(cat "$tap_tmp/err")"
    tap_is "$name: nothing was run for nothing" "" "$(cat "$tap_tmp/out")"
    "$TRIVIUM" "$name" --json /dev/full "$@" >/dev/null 2>"$tap_tmp/err"
    tap_is "$name --json to a full disk: status 125" 125 $?
    tap_like "$name: the full disk is named" "cannot write /dev/full: No space left on device" \
        "$(cat "$tap_tmp/err")"
    tap_ok "$name: /dev/full is still a device" test -c /dev/full
    echo before >"$tap_tmp/result.json"
    "$TRIVIUM" "$name" --json "$tap_tmp/result.json" "$@" >/dev/null
    tap_ok "$name: an existing file is replaced by valid JSON" jq -e .schema "$tap_tmp/result.json"
    tap_is "$name: no temporary file stays" "result.json" "$(cd "$tap_tmp" && echo result*)"
    umask 027
    rm "$tap_tmp/result.json"
    "$TRIVIUM" "$name" --json "$tap_tmp/result.json" "$@" >/dev/null
    tap_is "$name: the file has the usual rights" 640 "$(stat -c %a "$tap_tmp/result.json")"
    umask 022
done
tap_is "run --json -: the program's output, then JSON" "hello, world
trivium-run/1" "$("$TRIVIUM" run --json - hello | { read -r line && echo "$line" && jq -r .schema; })"
"$TRIVIUM" race --quick --json - hello >/dev/full 2>"$tap_tmp/err"
tap_is "race --json - to a full disk: status 125" 125 $?
tap_is "race --json -: JSON on standard output alone" trivium-race/2 \
    "$("$TRIVIUM" race --quick --json - hello 2>/dev/null | jq -r .schema)"

tap_done
