#!/bin/sh
# Experiment files: the two tables of a course report from one of them, with limits that take no time.
# shellcheck source=tests/tap.sh
. tests/tap.sh

# The shipped one, but smaller: three limits, three configurations, container and emulation, five runs.
sed -e 's/--max-prime 5000 --events 2000/--max-prime 500 --events 300/' \
    -e 's/--max-prime 10000 --events 2000/--max-prime 1000 --events 300/' \
    -e 's/--max-prime 20000 --events 2000/--max-prime 2000 --events 300/' \
    -e 's/memory = .G/memory = 64M/' experiments/course.ini >"$tap_tmp/course.ini"
"$TRIVIUM" race --experiment "$tap_tmp/course.ini" --json "$tap_tmp/course.json" --columns "$tap_tmp/course.md" \
    --html "$tap_tmp/course.html" >"$tap_tmp/table" 2>&1
tap_is "an experiment ends well" 0 $?
results()
{
    jq -r "$1" "$tap_tmp/course.json"
}
tap_is "three limits in three configurations, a container, emulation as a process and as a machine" 27 \
    "$(results '.results | length')"
tap_is "the configurations are in the file" '{"name":"1 CPU, 2 GB","cpus":1,"memory":67108864}
{"name":"2 CPU, 2 GB","cpus":2,"memory":67108864}
{"name":"4 CPU, 4 GB","cpus":4,"memory":67108864}' "$(results '[.results[].configuration] | unique[] | tojson')"
tap_is "what it measured can be true" 0 "$("$TRIVIUM" check "$tap_tmp/course.json" >"$tap_tmp/check"; echo $?)"
grep -v 'laws hold' "$tap_tmp/check" | sed 's/^/# /'
tap_is "what this host has no CPUs for is unavailable, and why" true \
    "$(results "[.results[] | select(.configuration.cpus > $(nproc)) | .status == \"unavailable\" and
        (.reason | test(\"needs [0-9]+ CPUs, and there are $(nproc)\"))] | all")"
tap_is "all else has five samples" 5 "$(results "[.results[] | select(.configuration.cpus <= $(nproc) and
    .status == \"ok\") | .samples | length] | unique[]")"
tap_is "and ran, but for a way that this host has not" "" "$(results ".results[] | select(.configuration.cpus <= $(nproc) and
    .status != \"ok\" and .way != \"container\") | .reason")"

# The report with events per second: a row for each way, a column for each of five runs.
tap_like "a column for each run, and for the one that is dropped" '^\| program \| way \| unit \| warm-up, dropped \| run 1 \| run 2 \| run 3 \| run 4 \| run 5 \| median \|$' \
    "$(cat "$tap_tmp/course.md")"
tap_is "a row for each limit, configuration and way" 27 "$(grep -c '^| prime ' "$tap_tmp/course.md")"
tap_like "with its numbers" \
    '^\| prime --max-prime 1000 --events 300 \\\[1 CPU, 2 GB\\\] \| dbt \| events/s( \| \(?[0-9.,]+\)?){6} \| [0-9.,]* \|$' \
    "$(cat "$tap_tmp/course.md")"
# The report with seconds: limits below each other, the ways beside each other, and the ratio.
tap_is "seconds of all ways for each limit and configuration" 9 "$(grep -c '^- prime ' "$tap_tmp/course.md")"
tap_like "emulation on a kernel of its own, which is said" \
    '^- prime --max-prime 2000 .*1 CPU.*: .*dbt [0-9.]+ s; the last takes x[0-9.]+ as long as the first, on another kernel$' \
    "$(cat "$tap_tmp/course.md")"
tap_is "a larger limit takes longer, in each way" true \
    "$(results '. as $all | [.results[] | select(.configuration.cpus == 1 and .status == "ok")] | group_by([.way, .mode]) |
        map(sort_by(.args[1] | tonumber) | map(.entry as $entry | [$all.executions[] | select(.entry == $entry and .round > 0) |
            .inside // 0] | min) | . == sort and .[0] < .[2]) | all')"
tap_like "the table names the configuration" '^prime --max-prime 500 --events 300 \[2 CPU, 2 GB\]$' "$(cat "$tap_tmp/table")"
tap_ok "the page is well-formed" xmllint --noout "$tap_tmp/course.html"

# What a configuration gives to a machine is what the guest has.
cat >"$tap_tmp/two.ini" <<END
[experiment]
ways = interp
runs = 1
[two]
cpus = 2
program = hello
END
"$TRIVIUM" race --experiment "$tap_tmp/two.ini" --json "$tap_tmp/two.json" >"$tap_tmp/table" 2>&1
if [ "$(nproc)" -ge 2 ]; then
    tap_is "a machine of two CPUs runs" "ok ok" "$(jq -r '[.results[].status] | join(" ")' "$tap_tmp/two.json")"
else
    tap_is "a machine of two CPUs is more than there are" unavailable "$(jq -r '.results[0].status' "$tap_tmp/two.json")"
fi
tap_is "options have the last word" 2 "$("$TRIVIUM" race --experiment "$tap_tmp/two.ini" --runs 2 --json - 2>/dev/null |
    jq .runs)"

# The shipped files, and files that make no sense.
for file in experiments/*.ini; do
    tap_is "$file is read, and begun" 130 "$("$O/tests/e2e/pty" --at "warm-up" ctrl-c "$TRIVIUM" race --experiment "$file" \
        >"$tap_tmp/out" 2>&1; echo $?)"
done
refused()
{
    printf '%b' "$2" >"$tap_tmp/bad.ini"
    tap_is "refused: $1" 125 "$("$TRIVIUM" race --experiment "$tap_tmp/bad.ini" >"$tap_tmp/out" 2>&1; echo $?)"
    tap_like "... and where" "$3" "$(cat "$tap_tmp/out")"
}
refused "no section" 'runs = 3\n' 'bad.ini, line 1: .*no \[section\]'
refused "no number" '[experiment]\nruns = many\n' 'bad.ini, line 2: .*a number from 1 to 1000'
refused "an unknown name" '[experiment]\nprogram = hello\nrun = 3\n' 'bad.ini, line 3: .*it is ways, runs or program'
refused "memory without a unit" '[a]\nmemory = 512\n' 'bad.ini, line 2: .*a size from 32M'
refused "no program" '[experiment]\nruns = 3\n' 'names no program'
refused "no INI file" 'hello\n' 'bad.ini, line 1: '
refused "a way that there is not" '[experiment]\nways = jit\nprogram = hello\n' "no way of running called 'jit'"
refused "a program twice" '[experiment]\nprogram = hello\nprogram = hello\n' "there twice"
refused "more programs in all configurations than a race takes" "[experiment]\n$(for program in $(seq 33); do
    printf 'program = hello %s\\n' "$program"
done)[a]\ncpus = 1\n[b]\ncpus = 1\n" 'configurations are more than 64'
head -c 100000 /dev/urandom >"$tap_tmp/bad.ini"
tap_is "noise is refused: 125" 125 "$("$TRIVIUM" race --experiment "$tap_tmp/bad.ini" >/dev/null 2>&1; echo $?)"
tap_is "a file that is not there: 125" 125 "$("$TRIVIUM" race --experiment "$tap_tmp/none.ini" >/dev/null 2>&1; echo $?)"

tap_done
