#!/bin/sh
# What explains a slowdown: a sentence for each row that cites its counters, and changes when a cause does.
# shellcheck source=tests/tap.sh
. tests/tap.sh

honest=tests/zoo/counted.json

# sentence FILE PROGRAM WAY MODE: what that row's counters say, derived anew.
sentence()
{
    "$TRIVIUM" report "$1" --json - 2>/dev/null | jq -r --arg program "$2" --arg way "$3" --arg mode "$4" \
        '.results[] | select(.program == $program and .way == $way and (.mode // "") == $mode) | .explained.sentence'
}

# perturb PROGRAM WAY MODE FILTER EXPECTED: that row's sentence is another, and like EXPECTED, when its counters or its
# samples are those that the jq filter makes of the honest row.
perturb()
{
    jq --arg program "$1" --arg way "$2" --arg mode "$3" "(.results[] | select(.program == \$program and .way == \$way and
        (.mode // \"\") == \$mode)) |= ($4)" "$honest" >"$tap_tmp/other.json"
    before=$(sentence "$honest" "$1" "$2" "$3")
    after=$(sentence "$tap_tmp/other.json" "$1" "$2" "$3")
    tap_like "$1 on $2 $3, $4: $5" "$5" "$after"
    tap_not "... which the honest row does not say" test "$before" = "$after"
    tap_like "... and the law of explanations finds" "^    explained \(" "$("$TRIVIUM" check "$tap_tmp/other.json")"
}

tap_is "the honest file keeps the laws" 0 "$("$TRIVIUM" check "$honest" >"$tap_tmp/out"; echo $?)"
tap_is "each row with a ratio has a sentence that cites two causes" true "$("$TRIVIUM" report "$honest" --json - |
    jq '[.results[] | select(.way != "native") | .explained.sentence | test("^x[0-9.]+ of [a-z]+: .*[0-9].*; .*[0-9].*\\. ")]
        | length == 10 and all')"
tap_is "native, against which they are, has none" "null" \
    "$(jq -c '[.results[] | select(.way == "native") | .explained] | unique[]' "$honest")"

# Each cause.
perturb prime dbt user '.counters.engine.host_insns *= 3' "13.3 host instructions for one of the guest.* give x1 to x13.3"
perturb fork dbt user '.counters.engine.translate_ns /= 50' "host instructions for one .*Not explained"
perturb prime dbt user '.counters.engine.blocks = 9876 | .counters.engine.translate_ns *= 30' "9876 blocks"
perturb prime dbt user '.counters.engine.lookups = 5e6' "5.01 million jumps between blocks"
perturb prime interp machine '.counters.tlb_misses = 8e6' "8 million TLB misses"
perturb prime interp machine '.counters.instructions *= 2' "170 million instructions.*x[67][0-9]"
perturb prime kvm "" '.counters.exits.MMIO = {count: 4321, ns: 200000000}' "[0-9]+ exits, most time for MMIO, take [3-9][0-9.]* %"
perturb prime dbt user '.counters.host_page_faults = 7e6' "7 million page faults in the host's kernel"
perturb fork kvm "" '.counters.kernel.page_faults = 5e7' "50 million page faults in its own kernel"
perturb fork kvm "" '.counters.kernel.system_calls = 6e7' "60 million system calls"
perturb fork interp user '.counters.system_calls.clone = 6e7' "60 million system calls"
# The time in the kernel is in the runs.
jq '.results as $rows | .executions |= map(if .entry == ($rows[] | select(.program == "prime" and .way == "dbt" and
    .mode == "user") | .entry) then .system += .user * 0.6 | .user *= 0.4 else . end)' "$honest" >"$tap_tmp/kernel.json"
tap_like "prime on dbt --user, two thirds of its time in the kernel" "6[0-9.]* % of its processor time in the host's kernel" \
    "$(sentence "$tap_tmp/kernel.json" prime dbt user)"
# What no counter shows is not explained: everything four times as slow, by itself.
tap_like "as it is, the interpreter's machine is within what its instructions take" "(Explained|Consistent): " \
    "$(sentence "$honest" fork interp machine)"
perturb fork interp machine '.samples |= map(. / 4)' "Not explained: .* % are left over"
tap_is "without counters nothing is said" "null" "$(jq '.results[].counters = null' "$honest" |
    "$TRIVIUM" report - --json - | jq -c '[.results[].explained] | unique[]')"

# Numbers and texts that no race writes.
jq '(.results[].counters | select(.engine != null) | .engine) |= (.insns = 1e-300 | .translate_ns = -1 | .lookups = "x")
    | .results[].counters.instructions = 1e99 | .results[].counters.wall_seconds = 0
    | (.results[].counters.exits) = {"\u001b[2J": {count: 1e99, ns: 1e99}, "<script>": 7}' "$honest" >"$tap_tmp/evil.json"
tap_is "a file of such becomes all forms" 0 "$("$TRIVIUM" report "$tap_tmp/evil.json" --json "$tap_tmp/again.json" --html \
    "$tap_tmp/evil.html" --markdown "$tap_tmp/evil.md" >"$tap_tmp/out" 2>&1; echo $?)"
tap_ok "a page that is well-formed" xmllint --noout "$tap_tmp/evil.html"
tap_is "a table without their control characters" 0 \
    "$("$TRIVIUM" report --explain "$tap_tmp/evil.json" | LC_ALL=C grep -c -P '[\x00-\x08\x0b-\x1f\x7f]')"
tap_is "and JSON whose numbers are numbers" "" "$(jq -r '.results[].explained | select(. != null) |
    select((.low | type) != (.left_over | type)) | .sentence' "$tap_tmp/again.json")"

# Where it is shown.
text=$(sentence "$honest" fork dbt user)
flat()
{
    tr -s ' \n' ' ' | sed 's/\\//g; s/&#39;/'"'"'/g'
}
"$TRIVIUM" report "$honest" --html "$tap_tmp/page.html" --markdown "$tap_tmp/page.md"
tap_ok "the page has it" sh -c 'tr -s " \n" " " <"$1" | grep -q -F "$2"' - "$tap_tmp/page.html" "${text%% blocks*}"
tap_like "Markdown has it, in its row" "^\| dbt --user .*\| ${text%%:*}: " "$(cat "$tap_tmp/page.md")"
"$TRIVIUM" report --explain "$honest" >"$tap_tmp/table"
tap_ok "the table has it, if asked" sh -c 'printf "%s" "$1" | grep -q -F "$2"' - "$(flat <"$tap_tmp/table")" "dbt --user: $text"
tap_is "in 80 columns" "" "$(grep -E '.{81}' "$tap_tmp/table")"
tap_is "and not otherwise" 0 "$("$TRIVIUM" report "$honest" | grep -c "host instructions for one")"

# A live one: without chains every jump between blocks looks for its block. Where the host's speed changes just
# then, there is no ratio, and so nothing to explain: it has three chances.
for chance in 1 2 3; do
    "$TRIVIUM" race --ladder --user --on native,dbt --runs 1 'prime --max-prime 1000 --events 3000' --json "$tap_tmp/live.json" \
        >/dev/null 2>&1
    live=$(jq -r '.results[] | select(.variant == "--dbt=-chain") | .explained.sentence' "$tap_tmp/live.json")
    [ "$live" = null ] || break
    echo "# chance $chance: nothing is explained"
done
tap_like "dbt without chains: the jumps that have none are cited, against dbt with them" \
    "^x[0-9.]+ of dbt --user: (.* )?([0-9]{5,}|[0-9.]+ million) jumps between blocks without a chain" "$live"
tap_not "which dbt with them has not, but for some thousands" \
    grep -q -E "([0-9]{6,}|million) jumps between blocks without a chain" <<END
$(jq -r '.results[] | select(.way == "dbt" and .variant == null) | .explained.sentence' "$tap_tmp/live.json")
END
tap_is "several measures have no estimate of their own, and say so" true "$("$TRIVIUM" race --user --on native,dbt --runs 1 \
    'mix --time 2 divide alu' --json - 2>/dev/null | jq '[.results[] | select(.way == "dbt") | .explained |
        .left_over == null and (.sentence | test("Not explained: these are of all its measures together"))] | length == 2 and all')"

tap_done
