#!/bin/sh
# `trivium check`: names the law that each lie of tests/zoo breaks, lets honest results pass, refuses what is none.
# shellcheck source=tests/tap.sh
. tests/tap.sh

# check FILE...: leaves the outputs in out and err, prints the exit status.
check()
{
    "$TRIVIUM" check "$@" >"$tap_tmp/out" 2>"$tap_tmp/err"
    echo $?
}

# Lies.
lies=0
lied_about=
grep -v '^#' tests/zoo/lies.txt >"$tap_tmp/lies"
while read -r law file filter; do
    lies=$((lies + 1))
    case $file in
    *.json) jq "$filter" "tests/zoo/$file" >"$tap_tmp/lie" ;;
    *) sed "$filter" "tests/zoo/$file" >"$tap_tmp/lie" ;;
    esac
    tap_not "a lie: $file, $filter" cmp -s "tests/zoo/$file" "$tap_tmp/lie"
    tap_is "... breaks the law $law" "1 $law" \
        "$(check "$tap_tmp/lie") $(sed -n "s/^    \($law\) (.*/\1/p" "$tap_tmp/out" | head -n 1)"
    lied_about="$lied_about $law"
done <"$tap_tmp/lies"
tap_ok "there are 20 lies at least" test "$lies" -ge 20
tap_is "every law but that of columns has a lie" "column" \
    "$("$TRIVIUM" check --laws | sed -n 's/^| `\([a-z-]*\)`.*/\1/p' |
        grep -v -x -F "$(echo "$lied_about" | tr ' ' '\n' | sed '/^$/d')")"
tap_is "docs/laws.md has the table" "$("$TRIVIUM" check --laws)" "$(grep '^|' docs/laws.md)"
jq '.executions[20].inside = 9' tests/zoo/honest.json >"$tap_tmp/lie"
check "$tap_tmp/lie" >/dev/null
tap_like "the place is named, with both numbers" "executions\[20\]: the program says 9.0000 s, but it was there for" \
    "$(tr -s ' \n' ' ' <"$tap_tmp/out")"
tap_like "and the law with its formula" "two-clocks \(inside <= outside\)" "$(cat "$tap_tmp/out")"

# A column of repeated runs that collapses, as in a table of five runs.
for run in 1 2 3 4 5; do
    case $run in 1 | 2) events=5929 rate=5908.15 ;; *) events=1229 rate=1226.18 ;; esac
    sed -e "s/5929/$events/g" -e "s/5908.15/$rate/" -e "s/avg: .*/avg: $(awk "BEGIN { print 996.47 / $events }")/" \
        -e 's/95th percentile: .*/95th percentile: 0.9/' tests/zoo/cpu.txt >"$tap_tmp/run$run"
done
tap_is "five runs that collapse after the second: status 1" 1 "$(check "$tap_tmp"/run?)"
tap_like "that is the law of columns" "^    column " "$(cat "$tap_tmp/out")"
tap_like "between which runs" "between run 2 and run 3 of 5" "$(tr -s ' \n' ' ' <"$tap_tmp/out")"
tap_is "the same file five times is a column without a step" 0 \
    "$(check tests/zoo/cpu.txt tests/zoo/cpu.txt tests/zoo/cpu.txt tests/zoo/cpu.txt tests/zoo/cpu.txt)"

# Honest results.
for file in honest.json cpu.txt memory.txt fileio.txt threads.txt; do
    tap_is "honest: $file" "0" "$(check "tests/zoo/$file")"
done
tap_is "several files at once, and standard input" 0 \
    "$(check tests/zoo/honest.json tests/zoo/threads.txt - <tests/zoo/memory.txt)"

# honest NAME STATUS ARGUMENTS...: a race that ends with that status is measured, and its result passes.
honest()
{
    name=$1
    status=$2
    shift 2
    "$TRIVIUM" race --json "$tap_tmp/honest.json" "$@" >/dev/null 2>&1 </dev/null
    tap_is "honest: $name" "$status 0 $name" "$? $(check "$tap_tmp/honest.json") $name"
    grep . "$tap_tmp/out" "$tap_tmp/err" | grep -v 'laws hold' | sed 's/^/# /'
}

honest "prime in all ways" 0 --runs 3 'prime --max-prime 500 --events 100'
honest "fork in all ways" 0 --runs 3 'fork 1 20'
honest "one run" 0 --runs 1 --on native,interp 'fork 1 20'
honest "two runs" 0 --runs 2 --on native,container 'fork 1 20'
honest "native alone" 0 --runs 5 --on native 'prime --time 0.02'
honest "no native" 0 --runs 5 --on interp,dbt 'prime --max-prime 500 --time 0.02'
honest "several measures" 0 --runs 3 --on native,dbt 'mix --time 2 divide alu'
honest "less is better" 0 --runs 3 --on native,interp 'syscalls --time 2'
honest "a wall time" 0 --runs 3 --on native,interp hello
honest "two programs" 0 --runs 3 --on native,interp --user hello 'fork 1 10'
honest "not pinned" 0 --runs 3 --pin none --on native,interp 'fork 1 20'
honest "out of time" 0 --runs 900 --seconds 0.3 --on native,interp 'fork 1 20'
honest "a rung that is not in every race" 0 --runs 2 --on interp,interp-no-tlb 'fork 1 10'
honest "a way that is unavailable" 0 --runs 2 --on native,interp "$O/guest/rv64/hello"
honest "a program that fails" 1 --runs 2 --on native,interp 'prime --nonsense'
honest "a run that takes too long" 1 --runs 2 --timeout 0.1 --on native 'prime --time 30'
# Ctrl-C: what was measured is written, marked, and true.
# The second run begins when the first has been measured, however busy the host is.
tap_is "a race that is interrupted: status 130" 130 "$("$O/tests/e2e/pty" --at "run 2 of 200" ctrl-c \
    sh -c 'exec "$@" >"$0"' "$tap_tmp/table" "$TRIVIUM" race --runs 200 --on native,interp \
    --json "$tap_tmp/interrupted.json" 'prime --time 0.05' >"$tap_tmp/out" 2>&1; echo $?)"
tap_is "which was not before something had been measured" true \
    "$(jq '[.results[].samples | length] | min >= 1 and max < 200' "$tap_tmp/interrupted.json")"
tap_is "honest: what it left, which is marked" "0 true" \
    "$(check "$tap_tmp/interrupted.json") $(jq .interrupted "$tap_tmp/interrupted.json")"
tap_like "the table says so, too" "interrupted: these results are incomplete" "$(cat "$tap_tmp/table")"

# Real sysbench.
if command -v sysbench >/dev/null; then
    for test in "cpu --cpu-max-prime=1000" "memory --memory-total-size=50M" "threads --threads=2"; do
        # Where other programs take the processors away, its threads are not at work all the time, and the
        # file rightly says so; it has three chances.
        for chance in 1 2 3; do
            # shellcheck disable=SC2086 # words on purpose
            sysbench $test --time=1 run >"$tap_tmp/sysbench"
            answer=$(check "$tap_tmp/sysbench")
            [ "$answer" != 0 ] || break
            echo "# chance $chance: $answer"
        done
        tap_is "honest: sysbench $test, here and now" 0 "$answer"
        sed 's/^/# /' "$tap_tmp/out" | grep -v 'laws hold'
    done
else
    tap_skip "honest: sysbench, here and now" "there is no sysbench (apt-get install sysbench)"
fi

# What is no result: status 2, one clear line, which names the file.
refused()
{
    tap_is "refused: $1" "2 1" "$(check "$2") $(grep -c "^trivium: $2: " "$tap_tmp/err")"
    tap_like "... and why" "$3" "$(cat "$tap_tmp/err")"
}
file=$tap_tmp/file
: >"$file"
refused "an empty file" "$file" "line 1, column"
head -c 9000 tests/zoo/honest.json >"$file"
refused "a truncated file" "$file" "line [0-9]+, column [0-9]+: premature end"
head -c 100000 /dev/urandom >"$file"
refused "noise" "$file" "line 1|nested"
head -c 100000 /dev/zero >"$file"
refused "zeros" "$file" "line 1"
head -c 1000000 /dev/zero | tr '\0' '[' >"$file"
refused "a million brackets" "$file" "nested more than"
head -c 17000000 /dev/zero | tr '\0' ' ' >"$file"
refused "17 MB" "$file" "larger than 16 MiB"
jq '.schema = "trivium-race/9"' tests/zoo/honest.json >"$file"
refused "another schema" "$file" 'its schema is "trivium-race/9"'
jq '.results[3].median = "fast"' tests/zoo/honest.json >"$file"
refused "a text where a number should be" "$file" 'results\[3\].median should be a number'
jq 'del(.results[2].samples)' tests/zoo/honest.json >"$file"
refused "a member that is missing" "$file" 'results\[2\].samples should be an array .* is not there'
jq '.method.order = "any"' tests/zoo/honest.json >"$file"
refused "an order of turns that there is not" "$file" 'method.order should be balanced or interleaved'
jq '.executions[4].entry = 99999' tests/zoo/honest.json >"$file"
refused "an index out of range" "$file" 'executions\[4\].entry should be a whole number from 0 to 1023'
jq '.results[0].used = 6' tests/zoo/honest.json >"$file"
refused "more samples used than there are" "$file" 'results\[0\].used'
sed 's/"runs": 5/"runs": 1e999/' tests/zoo/honest.json >"$file"
refused "an infinite number" "$file" "overflow"
sed 's/"runs": 5/"runs": 5, "runs": 6/' tests/zoo/honest.json >"$file"
refused "a member twice" "$file" "duplicate"
head -n 30 tests/zoo/cpu.txt | head -n 20 >"$file"
refused "sysbench's output, cut off" "$file" "no line begins with"
sed 's/CPU speed/SQL statistics/' tests/zoo/cpu.txt >"$file"
refused "another test of sysbench's" "$file" "not of its tests"
tap_is "a file that is not there: 2" 2 "$(check "$tap_tmp/none")"
tap_like "... and why" "none: No such file" "$(cat "$tap_tmp/err")"
tap_is "a file that can be read is checked all the same" "2 ok" \
    "$(check "$file" tests/zoo/honest.json) $(sed -n 's/.*honest.json: \(ok\): .*/\1/p' "$tap_tmp/out")"
printf 'x\033[2J\n' >"$file"
check "$file" >/dev/null
tap_is "a control sequence does not reach the terminal" 0 "$(tr -cd '\033' <"$tap_tmp/err" | wc -c)"
jq '.results[3].program = "a\u001b[2Jb\nc" | .results[3].median = 1' tests/zoo/honest.json >"$file"
tap_is "nor does one in a name" "1 0" "$(check "$file") $(tr -cd '\033' <"$tap_tmp/out" | wc -c)"
tap_is "no FILE: 125" 125 "$(check)"

tap_done
