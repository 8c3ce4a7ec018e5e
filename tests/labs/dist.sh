#!/bin/bash
# dist.sh: the tree without solutions has none, and labs can be done in it.
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=leaks.sh
. "$(dirname "$0")/leaks.sh"

dir=$tap_tmp/dist
unset SEED
tap_ok "a tree without solutions is written" labs/dist "$O" "$dir"

labs/lab regions >"$tap_tmp/regions"
while IFS='	' read -r region file _; do
    leaks "$region" "$file" "$dir/$file" | sed "s/^/$region: /"
done <"$tap_tmp/regions" >"$tap_tmp/leaks"
tap_is "nothing of a solution is where it was" "" "$(cat "$tap_tmp/leaks")"
tap_is "nor what the reference has measured" "" "$(find "$dir/labs/C-measure" -name '*.json')"
tap_is "there are no wrong answers either" "" "$(find "$dir/labs" -name wrong)"

there()
{
    (cd "$dir" && make --no-print-directory CC="$(cut -d ' ' -f 1 labs/reference/flags)" "$@" 2>&1)
}
before=$(stat -c %Y "$dir/labs/reference/libtrivium.a")
tap_like "a lab begins there" "make grade LAB=1" "$(there lab LAB=1)"
tap_is "... its files include what holes need once" 1 "$(grep -c 'labs/lab.h' "$dir/labs/01-fork/mine/guest/bin/fork.c")"
tap_like "... without points" "Lab 1: 0 of 100 points; tests wrong: 0" "$(there grade LAB=1)"
# Lab 5 includes a header in which lab 2 has holes; lab C cites files that are the student's own.
for lab in 1 2 5 6 9 C; do
    mine=$(echo "$dir"/labs/*"$lab"-*)/mine
    rm -rf "$mine"
    mkdir "$mine"
    [ "$lab" != C ] || cp labs/C-measure/answers/*.json "$mine"
    labs/lab regions | awk -F '\t' -v lab="$lab" '$1 ~ "^" lab "[.]" { print $2 }' | sort -u | while read -r file; do
        mkdir -p "$(dirname "$mine/$file")"
        awk -f labs/cut.awk "$file" >"$mine/$file"
    done
    tap_like "lab $lab can be done there" "Lab $lab: 100 of 100 points" "$(there grade LAB="$lab")"
done
tap_like "all of Trivium is built with it" "^$" "$(there LAB=2 | grep -i error)"
tap_is "... and runs" "hello, world" "$("$dir/build/labs/2/trivium" run --on interp hello)"
tap_like "there is no answer key" "this tree has no solutions" "$(there lab-key KEY="$tap_tmp/key")"
tap_is "the reference is not made anew" "$before" "$(stat -c %Y "$dir/labs/reference/libtrivium.a")"
tap_done
