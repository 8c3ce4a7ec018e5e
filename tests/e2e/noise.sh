#!/bin/sh
# How sure a race is: the same race twice says the same or says why it cannot; and a neighbour who begins to work in the
# middle of one is told.
# shellcheck source=tests/tap.sh
. tests/tap.sh

cpu=$(taskset -cp $$ | sed 's/.*[ ,-]//')
neighbours=''
trap '{ kill $neighbours && wait $neighbours; } 2>/dev/null; rm -rf "$tap_tmp"' EXIT

# Twice the same.
for turn in 1 2; do
    "$TRIVIUM" race --pin "$cpu" --runs 20 --user --on native,dbt 'prime --max-prime 2000 --time 0.05' \
        --json "$tap_tmp/$turn.json" >"$tap_tmp/table$turn" 2>&1 </dev/null
    tap_is "race $turn" 0 $?
done
tap_is "an interval of more than 5 % to either side is called noisy, others are not" true "$(jq -s '[.[].results[] |
    .noisy == (.median_interval == null or (.median_interval[1] - .median_interval[0]) / 2 > 0.05 * .median)] | all' \
    "$tap_tmp/1.json" "$tap_tmp/2.json")"
tap_is "... in the table, too" "$(jq .noisy "$tap_tmp/1.json" "$tap_tmp/2.json")" \
    "$(for turn in 1 2; do grep -q '^noisy host' "$tap_tmp/table$turn" && echo true || echo false; done)"
"$TRIVIUM" reproduce "$tap_tmp/1.json" --with "$tap_tmp/2.json" >"$tap_tmp/verdict" 2>&1
sed 's/^/# /' "$tap_tmp/verdict"
# The same is what lies within 5 %. The calibration loop, whose work is always the same, says whether it was the same host.
tap_is "both say the same, or one of them says why not: noisy, crowded, drift, a loop of another speed" true \
    "$(jq -s --arg verdict "$(tail -n 1 "$tap_tmp/verdict")" --argjson crowded "$(cat "$tap_tmp/table1" "$tap_tmp/table2" | grep -c '^crowded CPU')" '
        def loop: [.executions[].loop_wall] | sort | .[length / 2 | floor];
        . as [$a, $b] |
        ($verdict == "2 same, 0 faster, 0 slower, 0 not comparable")
        or $a.noisy or $b.noisy or $crowded > 0 or ($a.steps + $b.steps | length) > 0
        or (($a | loop) / ($b | loop) | . < 0.97 or . > 1.03)' "$tap_tmp/1.json" "$tap_tmp/2.json")"

: >"$tap_tmp/out"
# From run 25 on three others want the processor, too.
"$O/tests/e2e/pty" "$TRIVIUM" race --pin "$cpu" --runs 80 --on native 'prime --max-prime 2000 --time 0.05' \
    --json "$tap_tmp/busy.json" >"$tap_tmp/out" 2>&1 </dev/null &
race=$!
for _ in $(seq 400); do
    grep -q 'run 25 of 80' "$tap_tmp/out" && break
    sleep 0.05
done
for _ in 1 2 3; do
    taskset -c "$cpu" sh -c 'while :; do :; done' &
    neighbours="$neighbours $!"
done
wait "$race"
tap_is "a race with neighbours who begin to work in its midst" 0 $?
# shellcheck disable=SC2086 # words on purpose
{ kill $neighbours && wait $neighbours; } 2>/dev/null
neighbours=''
first=$(jq '[.steps[] | select(.cause == "neighbour" and .to > .from)][0].execution' "$tap_tmp/busy.json")
# The share of the processor that the loop had before.
share=$(jq '[.executions[:25][] | .loop_cpu / .loop_wall] | sort | .[length / 2 | floor]' "$tap_tmp/busy.json")
echo "# the step is at execution $first of 81; before the neighbours the loop had $share of the processor"
if [ "$(jq -n "$share > 0.9")" = true ]; then
    tap_ok "the drift detector says where: within 20 runs of the 25th" jq -e -n "$first >= 20 and $first <= 45"
    tap_like "the table says it" "drift.*somebody else began to use this processor" "$(tr -s ' \r\n' ' ' <"$tap_tmp/out")"
    tap_is "and no median is taken across: it is of the runs on one side" true \
        "$(jq '.results[0] | .used < (.samples | length)' "$tap_tmp/busy.json")"
else
    # On such a host others work already, and what is added to them may be no step.
    tap_like "others had worked before; that is told, at least" "crowded CPU|noisy host|drift" "$(cat "$tap_tmp/out")"
fi

tap_done
