#!/bin/bash
# check.sh: the labs keep their promises. Each lab is built and graded with all its holes, without any, with
# each alone, and with each wrong answer that is kept in labs/NN-NAME/wrong.
#
# An answer in wrong/ is what somebody may write into a hole: its first line says which, which hint it has to
# draw, and what is wrong; the rest is the code.
# An answer in tests/labs/own is right for each seed: @1, @2, ... stand for the numbers that are drawn for it.
# GOLDEN=1 writes the outputs that are compared (labs/NN-NAME/golden) anew. LABS="2 3": only these.
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=leaks.sh
. "$(dirname "$0")/leaks.sh"

work=$O/labs/check
unset SEED ROWS MINE OUT REFERENCE
# The folder was built with these flags; with others it would be built anew.
MAKE="make --no-print-directory CC=$(cut -d ' ' -f 1 "$O/flags") LAB_WERROR=1"
export O MAKE

# Grades one variant of a lab, in a process of its own: KIND LAB [REGION [ANSWER]].
variant()
{
    local kind=$1 lab=$2 region=${3-} answer=${4-} dir partial=1
    [ "$kind" != skeleton ] || partial=
    dir=$work/$lab-$kind${region:+-$region}
    if [ -n "$answer" ]; then
        answer_name=$(basename "$answer" .txt)
        dir=$work/$lab-$kind-$answer_name
        export ROWS=$region
    fi
    rm -rf "$dir/mine"
    mkdir -p "$dir/mine"
    case $kind in
    reference) ;;
    *) labs/lab cut "$dir/mine" "$lab" "$region" "$answer" 2>"$dir/cut.log" || echo "cannot be cut" >"$dir/output" ;;
    esac
    PARTIAL=$partial MINE=$dir/mine OUT=$dir labs/lab grade "$lab" >"$dir/output" 2>&1
    echo $? >"$dir/status"
}

# own_answer LAB SEED: what is right for that seed. The grader of the reference knows its numbers.
own_answer()
{
    # shellcheck disable=SC2046 # words
    set -- "$1" $(SEED=$2 "$(echo "$work/$1-reference"/grade-*)" own | sed -n 's/^Yours (\(.*\)):.*/\1/p' | tr -d ,)
    sed "s/@1/$2/g; s/@2/$3/g; s/@3/$4/g; s/@4/${5-}/g; s/@5/${6-}/g" "tests/labs/own/$1.txt"
}

# The reference with the right answer of one seed, graded for that seed and for another: seeded LAB.
seeded()
{
    local lab=$1 dir=$work/$1-seeded region
    region=$(sed -n '1s/ .*//p' "tests/labs/own/$lab.txt")
    rm -rf "$dir"
    for seed in grace ada; do
        rm -rf "$dir/mine"
        mkdir -p "$dir/mine" "$dir/$seed"
        own_answer "$lab" "$seed" >"$dir/$seed/answer"
        labs/lab cut "$dir/mine" "$lab" "$region" "$dir/$seed/answer"
        # One seed is enough for the tests that are no task of its own.
        if [ "$seed" = ada ]; then unset ROWS; else export ROWS=$region; fi
        PARTIAL=1 SEED=$seed MINE=$dir/mine OUT=$dir labs/lab grade "$lab" >"$dir/$seed/output" 2>&1
        cp "$dir/scores" "$dir/$seed"
    done
    mkdir "$dir/copied"
    PARTIAL=1 SEED=grace MINE=$dir/mine OUT=$dir labs/lab grade "$lab" >"$dir/copied/output" 2>&1
    cp "$dir/scores" "$dir/copied"
}

case ${1-} in
--variant | --seeded)
    kind=${1#--}
    shift
    "$kind" "$@"
    exit 0
    ;;
esac

# What a row of the scores is: 0 to N, todo or skip.
score()
{
    awk -v id="$2" '$1 == id { print $2 }' "$1/scores"
}

regions=$tap_tmp/regions

regions_of()
{
    cut -f 1 "$regions" | awk -F . -v lab="$1" '$1 == lab'
}

# The folder of a lab.
folder()
{
    find labs -maxdepth 1 -name "0$1-*" -o -maxdepth 1 -name "$1-*"
}

# Once, before many ask for it at a time.
# shellcheck disable=SC2086 # a command and its arguments
tap_ok "Trivium is built" $MAKE all lab-programs
tap_ok "all markers are well formed, and no region is there twice" labs/lab regions
labs/lab regions >"$regions"
tap_is "each region has a number of its own" "" "$(cut -f 1 "$regions" | sort | uniq -d)"
tap_is "a file belongs to one lab" "" "$(sed 's/\.[0-9]*	/	/' "$regions" | cut -f 1,2 | sort -u |
    cut -f 2 | sort | uniq -d)"

labs=${LABS:-$(labs/lab status | awk '{ print $1 }')}
tap_is "each region is of a lab that is there" "" "$(cut -d . -f 1 "$regions" | sort -u |
    while read -r lab; do labs/lab status | grep -q "^ *$lab " || echo "$lab"; done)"

# All variants, as many at a time as there are processors.
for lab in $labs; do
    dir=$(folder "$lab")
    echo "reference $lab"
    echo "skeleton $lab"
    regions_of "$lab" | sed "s/^/alone $lab /"
    for answer in "$dir"/wrong/*.txt; do
        echo "wrong $lab $(sed -n '1s/ .*//p' "$answer") $answer"
    done
done >"$tap_tmp/variants"
xargs -P "$(nproc)" -L 1 "$0" --variant <"$tap_tmp/variants"
for lab in $labs; do
    [ ! -f "tests/labs/own/$lab.txt" ] || echo "$lab"
done | xargs -r -P "$(nproc)" -L 1 "$0" --seeded

# lost DIR LAB: the tests that did not get all their points, one a line.
lost()
{
    labs/lab table "$2" | while IFS='|' read -r id points _; do
        case $(score "$1" "$id") in
        "$points" | skip) ;;
        *) echo "$id" ;;
        esac
    done
}

# unjudged DIR: nothing is wrong with it, but then not all of its tests could be run here.
unjudged()
{
    grep -q 'tests wrong: 0, not started: 0; points that could not be judged here: [1-9]' "$1/output"
}

# may_lose LAB REGION: the tests that need it.
may_lose()
{
    labs/lab table "$1" | awk -F '|' -v region="$2" \
        '$3 == "*" || index(" " $3 " ", " " region " ") { print $1 }'
}

# Numbers that a test says (indented far) may be others each time.
golden()
{
    sed '/^ \{20\}/{/make hint/!s/[0-9][0-9]*/N/g}' "$work/$1/output" >"$tap_tmp/golden"
    if grep -q '^  SKIP' "$work/$1/output"; then
        tap_skip "$3" "not all of its tests can be run here"
        return
    fi
    if [ -n "${GOLDEN-}" ]; then
        cp "$tap_tmp/golden" "$2"
    fi
    tap_ok "$3" diff -u "$2" "$tap_tmp/golden"
}

# Answers that are no answers, each to one region: what is said of them, and nothing else suffers.
for answer in tests/labs/harm/*.txt; do
    name=$(basename "$answer" .txt)
    region=$(sed -n '1s/ .*//p' "$answer")
    echo "$labs" | tr ' ' '\n' | grep -qxF "${region%%.*}" || continue
    LAB_CPU_LIMIT=2 LAB_TIME_LIMIT=20 "$0" --variant wrong "${region%%.*}" "$region" "$answer"
    tap_like "an answer that is harmful: $name" "$(sed -n '1s/.* says: //p' "$answer")" \
        "$(cat "$work/${region%%.*}-wrong-$name/output")"
done

# A student's way, in a copy of the labs' folder.
mkdir -p "$tap_tmp/copy"
mk/files.sh '*' | tar -c -T - | tar -x -C "$tap_tmp/copy"
ln -s "$PWD/$O" "$tap_tmp/copy/build"
student()
{
    (cd "$tap_tmp/copy" && O=build labs/lab "$@" 2>&1)
}
tap_like "a lab begins" "2[.]1 .*mine/emu/isa/decode.c" "$(SEED=ada student start 2)"
tap_like "... with the student's seed" "^ada$" "$(cat "$tap_tmp/copy/labs/02-decode/mine/seed")"
echo '/* mine */' >>"$tap_tmp/copy/labs/02-decode/mine/emu/isa/decode.c"
tap_like "... once" "left as it is" "$(student start 2)"
tap_ok "... and is not written over" grep -q '/\* mine' "$tap_tmp/copy/labs/02-decode/mine/emu/isa/decode.c"
tap_like "... but by reset, which keeps it" "mine[.]1" "$(student reset 2)"
tap_ok "... there" grep -q '/\* mine' "$tap_tmp/copy/labs/02-decode/mine.1/emu/isa/decode.c"
tap_like "the reference is revealed to who insists" '^[+] *return with_sign' "$(student reveal 2 --force)"
tap_like "a lab that is not there is an error" "there is no lab 77" "$(student start 77)"
lab=$(echo "$labs" | tr ' ' '\n' | head -n 1)
tap_is "scores for Autolab are JSON" "$(labs/lab table "$lab" | wc -l)" \
    "$(PARTIAL=1 MINE=$work/$lab-reference/mine OUT=$work/$lab-reference labs/lab grade --json "$lab" |
        tail -n 1 | jq '.scores | length')"

for lab in $labs; do
    dir=$(folder "$lab")
    page=$dir/README.md
    for part in 'What you will see' 'The picture' 'A challenge' 'What this hides'; do
        tap_ok "lab $lab: its page has: $part" grep -q "$part" "$page"
    done

    tap_is "lab $lab: the reference has all points that can be had here" "" "$(lost "$work/$lab-reference" "$lab")"
    while IFS='|' read -r id _ _ what _; do
        if [ "$(score "$work/$lab-reference" "$id")" = skip ]; then
            tap_skip "lab $lab: $what" "$(grep -A 1 -F "$what" "$work/$lab-reference/output" | tail -n 1 | sed 's/^ *//')"
        fi
    done < <(labs/lab table "$lab")

    tap_like "lab $lab: the skeleton has no points" "^Lab $lab: 0 of" "$(tail -n 1 "$work/$lab-skeleton/output")"
    tap_is "lab $lab: each test of the skeleton says that it is not started" "" \
        "$(awk '$2 != "todo" && $2 != "skip"' "$work/$lab-skeleton/scores")"

    for region in $(regions_of "$lab"); do
        file=$(awk -F '\t' -v region="$region" '$1 "" == region "" { print $2 }' "$regions")
        tap_like "region $region has its part of the page, with difficulty and time" \
            "^## $region .*\((easy|medium|hard), [0-9]+ (minutes|hours?)\)$" "$(grep "^## $region " "$page")"
        tap_ok "... which links can name" grep -qF "<a id=\"$region\"></a>" "$page"
        for tier in 1 2 3; do
            tap_ok "... with hint $tier" labs/lab hint "$region.$tier"
        done
        tap_not "... and no fourth" labs/lab hint "$region.4"
        tap_is "... nothing of its solution is in the skeleton" "" \
            "$(leaks "$region" "$file" "$work/$lab-skeleton/mine/$file")"
        lost "$work/$lab-alone-$region" "$lab" | sort >"$tap_tmp/lost"
        may_lose "$lab" "$region" | sort >"$tap_tmp/may"
        if unjudged "$work/$lab-alone-$region"; then
            tap_skip "... cut alone, it costs points" "not all of its tests can be run here"
        else
            tap_ok "... cut alone, it costs points" test -s "$tap_tmp/lost"
        fi
        tap_is "... of none but tests that need it" "" "$(comm -23 "$tap_tmp/lost" "$tap_tmp/may")"
    done

    if grep -q '^own ' "$dir/tests"; then
        tap_is "lab $lab: the reference for the seed ada has all points with it" "" "$(lost "$work/$lab-seeded/ada" "$lab")"
        tap_ok "... one for the seed grace has those of its own task" test "$(score "$work/$lab-seeded/grace" own)" -gt 0
        tap_is "... one for another seed loses those of its own task" own "$(lost "$work/$lab-seeded/copied" "$lab")"
        tap_like "... and is told so" "another SEED's answer" "$(cat "$work/$lab-seeded/copied/output")"
    fi

    tap_ok "lab $lab: there are three wrong answers at least" test "$(find "$dir/wrong" -name '*.txt' | wc -l)" -ge 3
    for answer in "$dir"/wrong/*.txt; do
        name=$(basename "$answer" .txt)
        hint=$(sed -n '1s/.* draws \([0-9C.]*\):.*/\1/p' "$answer")
        output=$(cat "$work/$lab-wrong-$name/output")
        if unjudged "$work/$lab-wrong-$name"; then
            tap_skip "lab $lab: the wrong answer $name is caught, and draws hint $hint" "not all of its tests can be run here"
        else
            tap_is "lab $lab: the wrong answer $name is caught" 1 "$(cat "$work/$lab-wrong-$name/status")"
            tap_like "... and draws hint $hint" "make hint H=$hint\$" "$output"
        fi
        # shellcheck disable=SC2016 # nothing to expand
        tap_not "... although it compiles" grep -q 'does not compile' "$work/$lab-wrong-$name/output"
    done

    golden "$lab-skeleton" "$dir/golden/skeleton.txt" "lab $lab: what is printed at the start"
    golden "$lab-reference" "$dir/golden/reference.txt" "lab $lab: what is printed in the end"
    first=$(basename "$(find "$dir/wrong" -name '*.txt' | sort | head -n 1)" .txt)
    golden "$lab-wrong-$first" "$dir/golden/wrong-$first.txt" "lab $lab: what is printed of a wrong answer"
done
tap_done
