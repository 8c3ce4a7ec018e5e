#!/bin/sh
# How sure a race is: the same race twice says the same or says why it cannot; and a neighbour who begins to work in the
# middle of one is told.
# run: alone
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

# crowd: a race of 80 runs, and from run 25 on three others want its processor, too.
crowd()
{
    : >"$tap_tmp/out"
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
    raced=$?
    # shellcheck disable=SC2086 # words on purpose
    { kill $neighbours && wait $neighbours; } 2>/dev/null
    neighbours=''
}

# share FROM TO WHICH: what the calibration loop got of its processor in these executions; WHICH of them is of that rank, in hundredths.
share()
{
    jq "[.executions | .[$1:$2][] | .loop_cpu / .loop_wall] | sort | .[length * $3 / 100 | floor]" "$tap_tmp/busy.json"
}

# Where others work already, what is added to them may be no step: a moment in which there is one to be seen is waited for.
# That is so if nine in ten loops had the processor to themselves before, and nine in ten had not when the neighbours were there.
for attempt in 1 2 3 4; do
    crowd
    before=$(share 0 24 10) after=$(share 40 81 90)
    clear=$(jq -n "$before > 0.9 and $after < 0.8")
    echo "# attempt $attempt: nine loops in ten had more than $before of the processor before the neighbours, then less than $after"
    if [ "$raced" != 0 ] || [ "$clear" = true ]; then
        break
    fi
done
tap_is "a race with neighbours who begin to work in its midst" 0 "$raced"
steps=$(jq -c '[.steps[] | select(.cause == "neighbour" and .to > .from) | .execution]' "$tap_tmp/busy.json")
echo "# of 81 executions, those at which a neighbour begins: $steps"
if [ "$clear" = true ]; then
    tap_ok "the drift detector says where: within 20 runs of the 25th" jq -e -n "any(${steps}[]; . >= 20 and . <= 45)"
    tap_like "the table says it" "drift.*somebody else began to use this processor" "$(tr -s ' \r\n' ' ' <"$tap_tmp/out")"
    tap_is "and no median is taken across: it is of the runs on one side" true \
        "$(jq '.results[0] | .used < (.samples | length)' "$tap_tmp/busy.json")"
else
    tap_like "others had worked before; that is told, at least" "crowded CPU|noisy host|drift" "$(cat "$tap_tmp/out")"
fi

tap_done
