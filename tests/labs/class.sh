#!/bin/bash
# class.sh: the tables of lab C, for many seeds: those that are said to lie break their law, the others keep it.
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"

# Judges the tables of a class anew, from their words: LETTER: keeps|breaks.
judge()
{
    awk '
    /^[a-z]\.$/ { letter = substr($0, 1, 1); next }
    /^COMPUTERS/ { letter = "" }
    letter == "" || NF == 0 { next }
    !(letter in first) { first[letter] = $0; next }
    {
        head = first[letter]
        gsub(/x/, "")
        if (head ~ /blocks of/) { split(head, word, "blocks of "); block = word[2] + 0; bad = off($4, $2 * block / 1024) }
        else if (head ~ /waits for its/) { split(head, word, ", "); bad = off($2 * $5 / 1000, word[2] + 0) }
        else if (head ~ /five runs in/) bad = $1 / $5 > 2
        else if (head ~ /no step/) {
            below = 0
            for (i = 1; i <= 5; i++)
                below += $i < $7
            bad = below != 2
        } else if (head ~ /pinned/) bad = $10 + $13 > $7
        else if (head ~ /SHA-256/) bad = $2 != $4
        else if (head ~ /forks\/s/) bad = /faster|as fast/
        else if (head ~ /^ *fork [0-9]/) { split(head, word, " "); bad = $4 != 2 * (word[3] - word[2]) }
        else if (head ~ /interp/) { split(head, word, /[ ,]+/); bad = off(word[5] / word[7], $2) }
        else if (head ~ /one run/) bad = $7 > $17
        else if (head ~ /latency in/) bad = $7 > $9
        else bad = 0
        print letter ": " (bad ? "breaks" : "keeps")
    }
    function off(a, b) { return a / b > 1.03 || b / a > 1.03 }'
}

for seed in trivium ada grace edsger $(seq 1 40); do
    export SEED=$seed
    labs/C-measure/class >"$tap_tmp/class"
    labs/C-measure/class --truth >"$tap_tmp/truth"
    sed -n 's/^\([a-z]\): honest.*/\1: keeps/p; t; s/^\([a-z]\): .*/\1: breaks/p' "$tap_tmp/truth" >"$tap_tmp/said"
    cat "$tap_tmp/class" >>"$tap_tmp/all"
    tap_is "seed $seed: the laws say the same of each table" "$(cat "$tap_tmp/said")" "$(judge <"$tap_tmp/class")"
    tap_is "seed $seed: six lie of twelve" "6 12" \
        "$(grep -c breaks "$tap_tmp/said") $(grep -c . "$tap_tmp/said")"
    labs/C-measure/class --truth | sed -n 's/^[a-z]: \([^ ]*\).*/\1/p' >>"$tap_tmp/laws"
done
tap_is "each law that is named has that name in trivium check" "" \
    "$(sort -u "$tap_tmp/laws" | grep -vx honest | while read -r law; do
        "$TRIVIUM" check --laws | grep -q "^| \`$law\`" || echo "$law"; done)"
tap_is "eleven of them are ever broken" 11 "$(sort -u "$tap_tmp/laws" | grep -cvx honest)"
tap_is "the answer for another seed is told so" "make hint H=C.1.1" \
    "$(SEED=ada REFERENCE=1 OUT=$tap_tmp/ada labs/lab grade C | grep -o 'make hint H=C.1.1' | head -n 1)"
tap_done
