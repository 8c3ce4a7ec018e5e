#!/bin/sh
# `trivium race --ladder`: the rungs below each way, in the table, the reports and the result file.
# shellcheck source=tests/tap.sh
. tests/tap.sh

json=$tap_tmp/ladder.json

tap_is "a ladder is raced, and all answers agree" 0 "$("$TRIVIUM" race --ladder --runs 3 --on native,interp,dbt \
    'prime --max-prime 200 --events 50' --json "$json" --html "$tap_tmp/page.html" --markdown "$tap_tmp/page.md" \
    --csv "$tap_tmp/all.csv" >"$tap_tmp/out" 2>"$tap_tmp/err"; echo $?)"

# The techniques that this translator has are those that it names itself when it is asked for another.
techniques=$("$TRIVIUM" run --on dbt --dbt=-nothing prime 2>&1 | tr '\n' ' ' |
    sed 's/.*before one of: all, //; s/  *$//; s/, */ /g')
grep -q -w bmi2 /proc/cpuinfo || techniques=$(echo "$techniques" | sed 's/ bmi2//')
# rungs WAY MODE: the variants of that lane, in order.
rungs()
{
    jq -r --arg way "$1" --arg mode "$2" '[.results[] | select(.way == $way and .mode == $mode) | .variant // "plain"] |
        join(" ")' "$json"
}
tap_is "the machine has a rung for each technique, and one for its devices" \
    "plain $(for name in $techniques; do printf '%s ' "--dbt=-$name"; done)--devices=ring" "$(rungs dbt machine)"
tap_is "a process has them without those of a machine" \
    "plain $(for name in $techniques; do
        case $name in tlb | window) ;; *) printf '%s ' "--dbt=-$name" ;; esac
    done | sed 's/ $//')" "$(rungs dbt user)"
tap_is "the interpreter's machine has one without a TLB" "plain --no-tlb" "$(rungs interp machine)"
tap_is "its process has none" "plain" "$(rungs interp user)"

near='def near(a; b): (a - b) * (a - b) < 1e-12 * a * a;'
tap_is "each rung's ratio is that to its own way" true "$(jq "$near"'[.results as $all | $all[] |
    select(.variant != null and .used > 0) as $rung | $all[] |
    select(.variant == null and .way == $rung.way and .mode == $rung.mode and .used > 0) |
    near($rung.rung.ratio; $rung.median / .median)] | length > 20 and all' "$json")"
tap_is "no way is measured against a rung" "" \
    "$(jq -r '.results[].same_kernel.to // "" | select(test("--(dbt|devices|no-tlb)"))' "$json")"
tap_is "the laws hold" 0 "$("$TRIVIUM" check "$json" >"$tap_tmp/check"; echo $?)"
jq '(.results[] | select(.variant == "--no-tlb") | .rung.ratio) *= 2' "$json" >"$tap_tmp/lie.json"
tap_like "a rung's ratio that was typed breaks the law of rungs" "^    rung \(" \
    "$("$TRIVIUM" check "$tap_tmp/lie.json")"

# A rung must be another run: the switches reach the translator, the machine has no TLB.
tap_is "without chains nothing is chained; with them something is" "0 true" "$(jq -r '[.results[] |
    select(.way == "dbt" and .mode == "user" and (.variant == null or .variant == "--dbt=-chain"))] |
    (.[1].counters.engine.chained | tostring) + " " + (.[0].counters.engine.chained > 0 | tostring)' "$json")"
tap_is "without a TLB every access is a miss" true "$(jq '[.results[] | select(.way == "interp" and .mode == "machine") |
    .counters.tlb_misses] | .[1] > 10 * .[0]' "$json")"

for frame in 50 last; do
    tap_like "in the picture, too, frame $frame: not as its way again" "^│. +--dbt=-chain " \
        "$("$TRIVIUM" race --replay "$json" --frame "$frame" --screen 120x60)"
done
tap_like "a rung stands below its way in the table" "^    --dbt=-chain +[0-9]" "$(cat "$tap_tmp/out")"
tap_is "which fits 80 columns" "" "$(grep -E '.{81}' "$tap_tmp/out")"
tap_like "Markdown says of which way" '^\| dbt --user --dbt=-chain .* of dbt --user ' "$(cat "$tap_tmp/page.md")"
tap_ok "the page is well-formed" xmllint --noout "$tap_tmp/page.html"
tap_ok "and has the rungs" grep -q -e '<td>interp --no-tlb</td>' "$tap_tmp/page.html"
tap_ok "the samples name theirs" grep -q -e '--no-tlb"$' "$tap_tmp/all.csv"
tap_like "more rows than a result file takes are refused" "more than 1024 rows" \
    "$("$TRIVIUM" race --ladder 'mix 1' 'mix 2' 'mix 3' 'mix 4' 2>&1)"

tap_done
