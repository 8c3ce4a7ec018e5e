#!/bin/sh
# --explain: each step by which a container is made, and what it changed.
# shellcheck source=tests/tap.sh
. tests/tap.sh

if ! "$TRIVIUM" run --on container --explain hello >"$tap_tmp/out" 2>"$tap_tmp/steps" </dev/null; then
    tap_skip "the steps of a container are told" "no container can be made here: $(tail -n 2 "$tap_tmp/steps")"
    tap_done
fi
tap_is "the output is the program's" "hello, world" "$(cat "$tap_tmp/out")"

# Lines come in pairs: a step, and what it changed.
tap_is "every step has a number, a time, a process and a call" "" \
    "$(awk 'NR % 2 == 1 && !/^ *[0-9]+ +[0-9]+\.[0-9]+ ms  (trivium|runner|init|program) +[^ ]/' "$tap_tmp/steps")"
tap_is "and says what it changed" "" "$(awk 'NR % 2 == 0 && !/^                          [^ ]/' "$tap_tmp/steps")"
tap_is "they are numbered from 1 on" "" \
    "$(awk 'NR % 2 == 1 && $1 != (NR + 1) / 2 { print }' "$tap_tmp/steps")"
for call in clone3 uid_map pivot_root umount2 sethostname SIOCSIFFLAGS KEYCTL_JOIN close_range CAPBSET_DROP \
    NO_NEW_PRIVS SECCOMP_SET_MODE_FILTER execve; do
    tap_like "there is $call" "$call" "$(cat "$tap_tmp/steps")"
done
tap_like "six namespaces are others now" "user [0-9]+ -> [0-9]+, mnt [0-9]+ -> .*, cgroup [0-9]+ -> [0-9]+" \
    "$(cat "$tap_tmp/steps")"
tap_like "mounts are fewer, or more" "[1-9][0-9]* mounts were seen, [1-9][0-9]* are left" "$(cat "$tap_tmp/steps")"
tap_like "the sets of rights are told" "rights were [0-9a-f]+ and are 0000000004fb: chown" "$(cat "$tap_tmp/steps")"
if "$TRIVIUM" run --on container --explain --pids 30 hello >"$tap_tmp/out" 2>"$tap_tmp/steps" </dev/null; then
    tap_like "a file of a control group is written" 'write\(.*/trivium/.*/pids.max, "30"\)' \
        "$(cat "$tap_tmp/steps")"
    tap_like "and the group is gone in the end" "the control group is gone" "$(tail -n 1 "$tap_tmp/steps")"
else
    tap_skip "a file of a control group is written" "$(grep '^trivium:' "$tap_tmp/steps")"
fi
tap_done
