#!/bin/bash
# key.sh: the answer key has all that it promises, as it is in the sources.
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"

key=$tap_tmp/key
tap_ok "the answer key is written" make --no-print-directory lab-key KEY="$key"
tap_is "it has a page for each lab" "$(labs/lab status | wc -l)" "$(find "$key" -name '*.md' | wc -l)"

# without TEXT PAGE: lines of a file, in order, that the page does not have so.
without()
{
    diff "$1" "$2" | grep '^<'
}
labs/lab regions >"$tap_tmp/regions"
while IFS=$'\t' read -r region file _; do
    page=$(echo "$key"/*"${region%%.*}"-*.md)
    folder=labs/$(basename "$page" .md)
    awk -v solution="$region" -f labs/cut.awk "$file" >"$tap_tmp/solution"
    # This hole's part of the page.
    awk -v region="$region" '/^## / { here = index($0, "## " region " ") == 1 } here' "$page" >"$tap_tmp/part"
    tap_is "hole $region: what the reference has" "" "$(without "$tap_tmp/solution" "$tap_tmp/part")"
    for tier in 1 2 3; do
        tap_ok "... hint $tier" grep -qxF "$tier. $(labs/lab hint "$region.$tier" | sed -n 2p)" "$tap_tmp/part"
    done
    grep -h "^$region draws " "$folder"/wrong/*.txt | sed 's/.* draws \([^:]*\): \(.*\)/"\2", draws hint \1/' | sort >"$tap_tmp/known"
    tap_is "... each wrong answer that is known, and its hint" "$(cat "$tap_tmp/known")" \
        "$(sed -n 's/^A wrong answer, \(.*\):$/\1/p' "$tap_tmp/part" | sort)"
    tap_is "... each test that asks for it" "$(labs/lab table "${region%%.*}" | awk -F '|' '{ print $1, " " $3 " " }' |
        grep -F -e ' * ' -e " $region " | cut -d ' ' -f 1 | paste -s -d , | sed 's/,/, /g')" \
        "$(sed -n 's/^Asked by: \(.*\)\.$/\1/p' "$tap_tmp/part")"
done <"$tap_tmp/regions"

make --no-print-directory lab-key KEY="$tap_tmp/one" LAB=2 >"$tap_tmp/out"
tap_is "one lab's page alone" 02-decode.md "$(ls "$tap_tmp/one")"
tap_ok "... is the same each time" cmp "$key/02-decode.md" "$tap_tmp/one/02-decode.md"
tap_like "nowhere is an error" "where to" "$(labs/key 2>&1)"
tap_done
