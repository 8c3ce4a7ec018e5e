#!/bin/sh
# `trivium race`: the table, the result file, answers that differ, runs that fail, ways that lack.
# shellcheck source=tests/tap.sh
. tests/tap.sh

json=$tap_tmp/result.json

# race ARGUMENTS...: three runs, however long they take, in the ways that every host has; leaves the outputs in out and err, prints the exit status.
race()
{
    "$TRIVIUM" race --user --quick --seconds 600 --on native,interp "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo $?
}

# results FILTER: what jq makes of the result file.
results()
{
    jq -r "$1" "$json"
}

# The bundled programs, briefly.
tap_is "prime, fork and mix agree in all ways: status 0" 0 "$(race --json "$json" \
    'prime --max-prime 1000 --time 0.05' 'fork 1 20' 'mix --time 5 --size 8')"
tap_is "the table fits 80 columns" "" "$(grep -E '.{81}' "$tap_tmp/out")"
tap_is "nothing is on standard error when it is no terminal" "" "$(cat "$tap_tmp/err")"
tap_is "no colours when it is no terminal" "" "$(tr -cd '\033' <"$tap_tmp/out")"
tap_like "there is a title for each program" "^fork 1 20$" "$(cat "$tap_tmp/out")"
tap_like "a row has numbers and the slowdown with its interval" \
    "^ +interp --user( +[0-9.,]+){3} +x[0-9.]+  [0-9.]+\.\.[0-9.]+$" "$(cat "$tap_tmp/out")"
tap_like "its unit and direction stand above" "^ forks/s, more is better$" "$(cat "$tap_tmp/out")"
tap_like "the runs to warm up are shown as dropped" \
    "^Dropped: the runs to warm up had x[0-9.]+ to x[0-9.]+ the speed of the median\.$" "$(cat "$tap_tmp/out")"
tap_like "the range of the slowdown closes it" \
    "^interp --user against native: from x[0-9.]+ \(.*\) to x[0-9.]+ \(mix .*\)$" "$(cat "$tap_tmp/out")"
tap_like "whose kernel it was is said" \
    "kernel of interp --user: Linux .* \(host\), system calls passed +through" \
    "$(tr '\n' ' ' <"$tap_tmp/out")"
tap_is "a row for each way of prime, fork and the eleven kernels of mix" 26 \
    "$(results '.results | length')"
tap_is "schema and command" "trivium-race/2 trivium race" \
    "$(results '[.schema, .command[0], .command[1]] | join(" ")')"
tap_is "every row has every member" "answers args better binary_sha256 configuration counters \
different_kernel dropped entry explained first_used inconclusive kernel max measure median median_interval min mode noisy program \
ratio_high ratio_low ratio_to_native reason rounds rung same_kernel samples status unit used variant way" \
    "$(results '[.results[] | keys] | unique | .[] | join(" ")')"
tap_is "docs/results.md names every member, but those of answers, counters and the host" "" \
    "$(results '[del(.host) | del(.results[].answers[]?) | del(.results[].counters) | .. | objects | keys[]] | unique[]' |
        while read -r member; do grep -q "\`$member\`" docs/results.md || echo "$member"; done)"
tap_is "three samples each" 3 "$(results '[.results[] | select(.status == "ok").samples | length] | unique[]')"
tap_is "median, min and max are those of the samples that are used" true "$(results '[.results[] |
    select(.used == 3) | .median == (.samples | sort)[1] and .min == (.samples | min) and .max == (.samples | max)] |
    all')"
tap_is "ratio_to_native is the ratio of the medians" true "$(results '
    def near(a; b): (a - b) * (a - b) < 1e-12 * a * a;
    [.results | _nwise(2) | select(.[1].used > 0) | near(.[1].ratio_to_native; .[1].median / .[0].median)] | all')"
tap_is "the interval is around the ratio" true "$(results '[.results[] | select(.way == "interp" and .used > 2) |
    .ratio_low <= .ratio_to_native and .ratio_to_native <= .ratio_high] | all')"
# Two runs have no interval.
"$TRIVIUM" race --on native,container --runs 2 --json "$tap_tmp/few.json" 'fork 1 20' \
    >"$tap_tmp/few" 2>&1
if [ "$(jq -r '.results[1].status' "$tap_tmp/few.json")" = ok ]; then
    tap_like "too few runs to tell a container from native are called so" \
        "^container against native is inconclusive for fork: " "$(cat "$tap_tmp/few")"
    tap_is "in the result file, too, and of the container only" "false true" \
        "$(jq -r '[.results[].inconclusive] | join(" ")' "$tap_tmp/few.json")"
else
    tap_is "without a container there is nothing inconclusive" "false false" \
        "$(jq -r '[.results[].inconclusive] | join(" ")' "$tap_tmp/few.json")"
fi
tap_is "native against itself is 1" 1 \
    "$(results '[.results[] | select(.way == "native" and .used > 0) | .ratio_to_native] | unique[]')"
tap_is "the answers are there" '{"Sum":"210","Forks":"38"}' \
    "$(results '[.results[] | select(.program == "fork") | .answers | tojson] | unique[]')"
tap_is "the hash is that of the file" "$(sha256sum <"$O/guest/rv64/prime" | cut -d ' ' -f 1)" \
    "$(results '.results[] | select(.program == "prime" and .way == "interp") | .binary_sha256')"
tap_is "the kernel is the host's" "Linux $(uname -r)" \
    "$(results '[.results[].kernel | .name + " " + .version] | unique[]')"
tap_is "instructions were counted in the dropped run of an emulated way" "true warm-up run" \
    "$(results '.results[] | select(.program == "fork" and .way == "interp") | .counters |
        "\(.instructions > 1000) \(.of)"')"
tap_is "the executions are there in their order, each round once over all ways, each second one backwards" \
    "fork 0 native 0 interp 1 native 1 interp 2 interp 2 native 3 interp 3 native" \
    "$(results '[.results[] | select(.program == "fork") | {key: "\(.entry)", value: .way}] as $ways |
        ($ways | from_entries) as $ways |
        "fork " + ([.executions[] | select($ways["\(.entry)"]) | "\(.round) \($ways["\(.entry)"])"] | join(" "))')"
tap_is "no program's own clock saw more time than ours" true \
    "$(results '[.executions[] | .inside == null or .inside <= .outside] | all')"
tap_is "prime and fork have a clock of their own, mix has none" "true true false" "$(results '. as $all |
    ["prime", "fork", "mix"] | map(. as $program | [$all.results[] | select(.program == $program) | .entry] as $of |
        [$all.executions[] | select(.entry | IN($of[])) | .inside != null] | all) | join(" ")')"
tap_is "the race was pinned to one CPU" "1" "$(results '.cpus | length')"
tap_is "trivium itself is named by its hash" "$(sha256sum <"$TRIVIUM" | cut -d ' ' -f 1)" \
    "$(results '.trivium_sha256')"
tap_is "the doctor's finding is in it" trivium-host/1 "$(results '.host.schema')"

# What to compare.
tap_is "a program of another name is timed, its output compared" "0 wall s ok" \
    "$(race --json "$json" hello) wall $(results '.results[1] | .unit + " " + .status')"
tap_is "--on picks the ways and their order" "0 interp" \
    "$(race --on interp --json "$json" hello) $(results '[.results[].way] | join(" ")')"
tap_is "without native there is no ratio" null "$(results '.results[0].ratio_to_native')"
tap_is "mix with one kernel is one row a way" "0 divide divide" \
    "$(race --json "$json" 'mix --time 5 divide') $(results '[.results[].measure] | join(" ")')"
tap_is "syscalls: less is better" "0 less" "$(race --json "$json" 'syscalls --time 5') \
$(results '[.results[].better] | unique[]')"
tap_is "quotes keep words together" "0 a b" "$(race --json "$json" "hello 'a b'") \
$(results '.results[0].args[0]')"
tap_is "--runs 1: no interval" "0 null" \
    "$(race --runs 1 --json "$json" hello) $(results '.results[1].ratio_low')"
tap_is "the path of an rv64 file: native is unavailable, with a reason; status 0" \
    "0 unavailable ok true" "$(race --json "$json" "$O/guest/rv64/hello") \
$(results '[.results[].status] | join(" ")') $(results '.results[0].reason | test("RISC-V")')"
tap_like "which the table says, too" "native +unavailable" "$(cat "$tap_tmp/out")"
tap_is "--pin names the CPUs" "0 [0]" \
    "$(race --pin 0 --json "$json" hello) $(results '.cpus | tojson')"
tap_is "--pin none does not pin" "0 null" \
    "$(race --pin none --json "$json" hello) $(results '.cpus | tojson')"
tap_is "a CPU that is not there is refused: 125, and nothing is written" "125 no" \
    "$(race --pin 1023 --json "$tap_tmp/none.json" hello) $(test -e "$tap_tmp/none.json" && echo yes || echo no)"
tap_like "with what to do" "try: .*--pin none" "$(cat "$tap_tmp/err")"
tap_is "--seconds ends it early, with one measured run at least" "0 true" \
    "$(race --runs 500 --seconds 0.4 --json "$json" 'prime --time 0.1') \
$(results '[.results[].samples | length] | min >= 1 and max < 100')"
for bad in "--pin x hello" "--pin 1-0 hello" "--pin 0, hello" "--pin -1 hello" "--seconds 0 hello" "--on jit hello" "--on native,native hello" "--runs 0 hello" "--runs x hello" \
    "--timeout 0 hello" "--nonsense hello"; do
    # shellcheck disable=SC2086 # words on purpose
    tap_is "race $bad is refused: 125" 125 "$(race $bad)"
done
# shellcheck disable=SC2016 # for trivium, which must not run it
for bad in 'hello | cat' 'hello $(date)' 'hello "x' 'hello $NO_SUCH_VARIABLE' ''; do
    tap_is "the program '$bad' is refused: 125" 125 "$(race "$bad")"
done
tap_is "a program that does not exist: 127, and nothing is run" "127 0" \
    "$(race hello no-such-program) $(wc -c <"$tap_tmp/out")"

tap_is "a host without room for the emulator: unavailable, with what to do" \
    "ok unavailable true" "$(prlimit --as=8000000000 "$TRIVIUM" race --user --quick --on native,interp --json "$json" hello \
        >/dev/null; results '[.results[].status] | join(" ")') \
$(results '.results[1].reason | test("256 GiB of addresses.*try: ulimit -v")')"

# Planted programs: TRIVIUM_GUEST_DIR says where the bundled ones are. The native one is ours, the
# emulated one is what `make` has built.
export TRIVIUM_GUEST_DIR="$tap_tmp/guest"
mkdir -p "$TRIVIUM_GUEST_DIR/x86_64" "$TRIVIUM_GUEST_DIR/rv64"
${CC:-gcc} -static -no-pie -o "$tap_tmp/answer" tests/e2e/cli/answer.c || exit 1
# plant NAME RV64-NAME TEXT: the native program called NAME prints TEXT.
plant()
{
    native=$TRIVIUM_GUEST_DIR/x86_64/$1
    cp "$O/guest/rv64/$2" "$TRIVIUM_GUEST_DIR/rv64/$1" || exit 1
    cp "$tap_tmp/answer" "$native" || exit 1
    printf '%b' "$3" >"$native.txt"
}

plant prime prime 'Primes found: 1227\nCPU speed:\nevents per second: 100.00\n'
tap_is "one prime too few: status 1" 1 "$(race --json "$json" 'prime --time 0.01')"
tap_like "it is called WRONG" "interp .* WRONG$" "$(cat "$tap_tmp/out")"
tap_like "both answers are shown" "Primes found: 1228, but 1227 on native" "$(cat "$tap_tmp/out")"
tap_is "a wrong result has no ratio, but its samples" "wrong null 3" \
    "$(results '.results[1] | "\(.status) \(.ratio_to_native) \(.samples | length)"')"
tap_is "--on interp alone sees nothing wrong" 0 "$(race --on interp 'prime --time 0.01')"

plant mix mix 'divide rate: 1.00 M/s\ndivide answer: 0x1\n'
tap_is "a kernel with another answer: status 1" 1 "$(race --json "$json" 'mix --time 1 divide')"
tap_is "that row is wrong" "ok wrong" "$(results '[.results[].status] | join(" ")')"
tap_is "a kernel that one way does not print: status 1" 1 \
    "$(race --json "$json" 'mix --time 1 divide alu')"
tap_is "there its row has failed" "failed ok" "$(results '[.results[] |
    select(.measure == "alu") | .status] | join(" ")')"

plant mix mix 'divide unavailable: it is Sunday\n'
tap_is "a kernel that one way cannot measure, and says so: status 0" 0 \
    "$(race --json "$json" 'mix --time 1 divide')"
tap_is "that row is unavailable, with the reason" "unavailable it is Sunday ok" "$(results '[.results[] |
    .status, .reason // empty] | join(" ")')"

plant greet hello 'hello, word\n'
tap_is "another output: status 1" 1 "$(race greet)"
tap_like "the first different line is shown" \
    'line 1 of its output is "hello, world", but "hello, word" on native' \
    "$(tr -s ' \n' ' ' <"$tap_tmp/out")"
plant greet hello 'hello, world\nand more\n'
tap_is "a longer output: status 1" 1 "$(race greet)"
plant greet hello 'hello, world\n'
tap_is "the same output: status 0" 0 "$(race greet)"
touch "$TRIVIUM_GUEST_DIR/x86_64/greet.count"
tap_is "an output that differs from run to run: status 1" 1 "$(race --on native greet)"
tap_like "which is said" "differs from run to run" "$(cat "$tap_tmp/out")"
rm "$TRIVIUM_GUEST_DIR/x86_64/greet.count"
plant greet hello '\033[2Jhello\n'
tap_is "a control sequence in an output does not reach the terminal" "1 0" \
    "$(race greet) $(tr -cd '\033' <"$tap_tmp/out" | wc -c)"

rm -r "$TRIVIUM_GUEST_DIR/rv64"
tap_is "a program of which there is no rv64 build: interp is unavailable; status 0" \
    "0 ok unavailable true" "$(race --json "$json" greet) $(results '[.results[].status] |
        join(" ")') $(results '.results[1].reason | test("no rv64 version")')"

# Runs that fail.
unset TRIVIUM_GUEST_DIR
tap_is "a run that fails: status 1" 1 "$(race --json "$json" 'prime --nonsense')"
tap_like "with its first message and its status" "unknown option.*\(exit status 2\)" \
    "$(tr -s ' \n' ' ' <"$tap_tmp/out")"
tap_is "status and reason are in the file" "failed true" \
    "$(results '.results[0] | "\(.status) \(.reason | test("exit status 2"))"')"
tap_is "a run that takes too long: status 1" 1 "$(race --timeout 0.2 'prime --time 60')"
tap_like "which is said, too" "did not end within 0.2 s" "$(tr -s ' \n' ' ' <"$tap_tmp/out")"
tap_is "one failing program does not stop the others" "1 ok" \
    "$(race --json "$json" 'prime --nonsense' hello) $(results '.results[-1].status')"

# A whole machine beside user mode: the same answers, on a kernel of its own, which is said.
"$TRIVIUM" race --runs 2 --on native,interp --json "$tap_tmp/both.json" 'prime --max-prime 500 --events 20' 'fork 1 20' \
    >"$tap_tmp/both" 2>&1
tap_is "a race of native, user mode and a machine: status 0" 0 $?
tap_is "three rows for each program, all right" "native/null interp/user interp/machine" \
    "$(jq -r '[.results[] | select(.program == "fork" and .status == "ok") | "\(.way)/\(.mode)"]
        | join(" ")' "$tap_tmp/both.json")"
tap_is "the machine's kernel is ours, with its hash" \
    "Trivium $(sha256sum <"$O/guest/rv64/kernel" | cut -d ' ' -f 1)" \
    "$(jq -r '[.results[] | select(.mode == "machine") | .kernel | "\(.name) \(.sha256)"] | unique[]' \
        "$tap_tmp/both.json")"
tap_is "only its ratios are marked as between different kernels" "false false true" \
    "$(jq -r '[.results[] | select(.program == "prime") | .different_kernel] | join(" ")' \
        "$tap_tmp/both.json")"
tap_like "in the table, too" "^ +interp +[0-9.,]+ .* x[0-9.]+\*" "$(cat "$tap_tmp/both")"
tap_like "with what that means" "a different kernel" "$(cat "$tap_tmp/both")"
tap_is "the table fits 80 columns" "" "$(grep -E '.{81}' "$tap_tmp/both")"
"$TRIVIUM" race --runs 1 --on interp-no-tlb,interp --json "$tap_tmp/tlb.json" 'fork 1 20' >"$tap_tmp/out" 2>&1
tap_is "a machine without a TLB is a rung that can be asked for, with the same answers" \
    "0 interp/user/ok interp-no-tlb/machine/ok interp/machine/ok" \
    "$? $(jq -r '[.results[] | "\(.way)/\(.mode)/\(.status)"] | join(" ")' "$tap_tmp/tlb.json")"
tap_is "it walks through the page tables more often" true \
    "$(jq '[.results[] | select(.mode == "machine") | .counters.page_tables_read] | .[0] > .[1]' "$tap_tmp/tlb.json")"

# The ladder closes the table, where it has three lanes.
flat=$(LC_ALL=C.UTF-8 "$TRIVIUM" report tests/zoo/honest.json)
tap_like "the ladder: each lane's slowdowns on one logarithmic axis, a digit for each measure" \
    '^.b interp --user  +2─+1 +x5\.4\.\.24.$' "$flat"
tap_like "... from below 1 to above it" '^.  +x0\.1 +x1 +x10 +.$' "$flat"
tap_like "... and what the digits are" '1 prime --max-prime 1000 --events 3000  2 fork 1 40' "$flat"
tap_is "... which is plain where letters are" "" "$(LC_ALL=C "$TRIVIUM" report tests/zoo/honest.json | LC_ALL=C grep -P '[^\x20-\x7e]')"
tap_is "... and fits 80 columns" "" "$(LC_ALL=C "$TRIVIUM" report tests/zoo/honest.json | grep -E '.{81}')"
tap_is "two lanes make no ladder" 0 "$(grep -c 'SLOWDOWN against' "$tap_tmp/few")"
tap_is "a file of the user's takes part in user mode only" "interp --user" \
    "$("$TRIVIUM" race --runs 1 --on interp "$O/guest/rv64/hello" | sed -n 's/^  *\(interp[a-z -]*[a-z]\) .*/\1/p')"

tap_done
