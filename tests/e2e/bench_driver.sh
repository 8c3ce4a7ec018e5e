#!/bin/sh
# The benchmark's driver, on programs that only play their parts: what it runs, what it takes for the
# time, what it does about a wrong answer; and the tables that are made of a result.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

driver=$PWD/$O/bench/driver
case $O in /*) driver=$O/bench/driver ;; esac
fake=$tap_tmp/build
mkdir -p "$fake/bench/x86_64" "$fake/bench/rv64" "$fake/bin"
PATH=$fake/bin:$PATH
export PATH

# player FILE TURNS EXTRA ROUNDS: a program that loops TURNS times for each of its rounds and EXTRA times
# besides. ROUNDS is where it finds them.
player()
{
    cat >"$1" <<END
#!/bin/sh
echo "\$0 \$*" >>"$tap_tmp/calls"
rounds=$4
awk -v turns=\$((rounds * $2 + $3)) 'BEGIN { for (i = 0; i < turns; i++) sum += i }'
echo "rounds: \$rounds"
echo "checksum: 0x\$rounds"
END
    chmod +x "$1"
}

# measure ARGUMENT...: runs the driver; its result is in the file result, its status in $status.
measure()
{
    : >"$tap_tmp/calls"
    "$driver" --build "$fake" --json "$tap_tmp/result" --only fib --runs 3 "$@" >"$tap_tmp/out" 2>&1
    status=$?
}

result()
{
    jq -r "$1" "$tap_tmp/result"
}

# Ratios of CPU times, in bounds so wide that nothing but a mistake is outside.
between()
{
    tap_ok "$1" jq -e "$2 | . > $3 and . < $4" "$tap_tmp/result"
}

player "$fake/bench/x86_64/fib" 50 0 '$1'
player "$fake/bin/qemu-riscv64" 150 0 '$2'
measure --ways qemu-riscv64
tap_is "the driver measures a way" 0 "$status"
tap_is "it notes what came out" "fib tuned qemu-riscv64 ok 24000 0x24000 3 3" \
    "$(result '.results[] | "\(.program) \(.group) \(.way) \(.status) \(.rounds) \(.checksum)" +
        " \(.seconds | length) \(.native_seconds | length)"')"
tap_is "native runs right before each run of the way, warm-up and all" \
    "$(for rounds in 240 24000 24000 24000; do
        echo "x86_64/fib $rounds"
        echo "qemu-riscv64 $fake/bench/rv64/fib $rounds"
    done)" "$(sed "s|^$fake/bin/||; s|^$fake/bench/x86_64|x86_64|" "$tap_tmp/calls")"
between "three times the work has a ratio of about three" '.results[0].ratio' 1.5 6
tap_is "one program's geometric mean is its ratio" "$(result '.results[0].ratio') 1" \
    "$(result '.means[] | select(.group == "tuned") | "\(.ratio) \(.programs)"')"
measure --ways qemu-riscv64 --quick
tap_is "--quick does a tenth of the rounds" 2400 "$(result '.results[].rounds')"
measure --ways qemu-riscv64 --patience 0.001 --runs 5
tap_is "a way that needs too long does so, too, and three times only" "2400 3" \
    "$(result '.results[] | "\(.rounds) \(.seconds | length)"')"

# On a machine the boot costs twice as much as the work: it does 2.4 million turns for the rounds and 4.8 million
# to boot, native 1.2 million. So x2 is right, and who counts the boot finds x6.
# shellcheck disable=SC2016 # for the program to be made
player "$fake/bin/qemu-system-riscv64" 100 4800000 '$(echo "$*" | sed "s/.* -- //")'
measure --ways qemu-system-riscv64
between "a machine's boot is not counted" '.results[0].ratio' 0 5
tap_like "a machine is told by its boot arguments what to run" \
    "qemu-system-riscv64 .*-initrd $fake/bench/rv64/bench.cpio -append init=/bin/fib -- 24000\$" \
    "$(cat "$tap_tmp/calls")"

# A rung does a tenth of the rounds, and that has to be more than a shell's start.
# shellcheck disable=SC2016 # for the program to be made
player "$fake/trivium" 500 0 '$(echo "$*" | sed "s/.* //")'
measure --ways 'interp --user, interp --user --some=-thing'
tap_like "a way of trivium's is run by trivium" "^$fake/trivium run --on interp --user $fake/bench/rv64/fib 24000\$" \
    "$(cat "$tap_tmp/calls")"
tap_like "a way's options are handed on" \
    "^$fake/trivium run --on interp --user --some=-thing $fake/bench/rv64/fib 2400\$" "$(cat "$tap_tmp/calls")"
tap_like "and make it a rung of the ladder, beside the way without them" \
    '^\| interp --user --some=-thing \| [0-9].* \| x[0-9]' "$(jq -r -f bench/table.jq "$tap_tmp/result")"
measure --ways 'dbt --user, dbt --user --dbt=+all, dbt --user --dbt=-chain'
tap_is "the way with all techniques is a rung, too, with a rung's rounds" "24000 2400 2400" \
    "$(result '[.results[].rounds] | join(" ")')"
# What the way itself took is made up: nothing is to be set against it.
jq '(.means[] | select(.way == "dbt --user") | .ratio) = 1000' "$tap_tmp/result" | jq -r -f bench/table.jq >"$tap_tmp/tables"
tap_like "which the others are set against" '^\| dbt --user --dbt=-chain \| [0-9].* \| x(0\.[2-9]|[1-5]\.)' "$(cat "$tap_tmp/tables")"
tap_like "and which is set against nothing" '^\| dbt --user --dbt=[+]all \| [0-9].* \| - \|' "$(cat "$tap_tmp/tables")"
# Programs that play their parts take any option; trivium itself does not.
"$driver" --list | grep -e ' --dbt=' >"$tap_tmp/rungs"
while read -r way options; do
    # shellcheck disable=SC2086 # words on purpose
    "$TRIVIUM" run --on "$way" $options hello </dev/null >"$tap_tmp/out" 2>&1 || echo "$way $options: $(cat "$tap_tmp/out")"
done <"$tap_tmp/rungs" >"$tap_tmp/refused"
tap_is "each rung of the ladder has options that trivium takes" "" "$(cat "$tap_tmp/refused")"
tap_ok "of which there are some for every technique" test "$(wc -l <"$tap_tmp/rungs")" -gt 15
measure --ways 'interp' --quick
tap_like "without --user it is a machine" \
    "^$fake/trivium run --on interp --kernel .*--append init=/bin/fib -- 2400\$" "$(cat "$tap_tmp/calls")"

# What goes wrong is said, fails, and is in no mean.
player "$fake/bin/qemu-riscv64" 1 0 '$2'
sed -i 's/checksum: 0x/&5/' "$fake/bin/qemu-riscv64"
measure --ways qemu-riscv64
tap_is "another checksum than native's fails" "1 wrong 0" \
    "$status $(result '.results[].status') $(result '.means | length')"
tap_like "and both are told" 'by qemu-riscv64, but 0x' "$(result '.results[].reason')"
printf '#!/bin/sh\necho no such luck >&2\nexit 3\n' >"$fake/bin/qemu-riscv64"
measure --ways qemu-riscv64
tap_is "a way that fails is told with its complaint" "1 failed exit status 3: no such luck" \
    "$status $(result '.results[] | "\(.status) \(.reason)"')"
tap_like "a failure stands in the table" '^- `fib` by `qemu-riscv64`: exit status 3' \
    "$(jq -r -f bench/table.jq "$tap_tmp/result")"
printf '#!/bin/sh\necho rounds: 1\n' >"$fake/bin/qemu-riscv64"
measure --ways qemu-riscv64
tap_like "a program without an answer fails" 'it printed no "checksum: "' "$(result '.results[].reason')"
rm "$fake/bin/qemu-riscv64"
PATH=/bin-that-is-not-there measure --ways qemu-riscv64
tap_like "a command that is not there is told" 'cannot execute qemu-riscv64' "$(result '.results[].reason')"

measure --ways nonsense
tap_is "a way that does not exist is refused" 125 "$status"
tap_like "and those that exist are named" "this version has: native" "$(cat "$tap_tmp/out")"
measure --ways kvm
tap_like "a way that runs no rv64 programs is refused" "cannot be measured" "$(cat "$tap_tmp/out")"
tap_is "by default QEMU takes part, and every engine, both as a process and as a machine" \
    "interp,interp --user,qemu-riscv64,qemu-system-riscv64" \
    "$("$driver" --list | grep -x -e 'qemu.*' -e 'interp.*' | LC_ALL=C sort | paste -s -d ,)"

switches=$("${TRIVIUM:-$O/trivium}" run --on dbt --dbt=-none hello 2>&1 | sed -n 's/.*one of: all, //p' | tr -d ' ')
tap_is "and the ladder takes each of the translator's switches off" \
    "$(echo "$switches" | tr , '\n' | sort | paste -s -d ,)" \
    "$("$driver" --list | sed -n 's/^dbt .*--dbt=-//p' | grep -v '^all$' | sort | paste -s -d ,)"

# The rest is the document's.
cp docs/performance.md "$tap_tmp/performance.md"
tap_ok "the document's tables can be made anew" mk/generate.sh "$tap_tmp/performance.md"
tap_ok "docs/performance.md shows what docs/performance.json holds" \
    diff -u docs/performance.md "$tap_tmp/performance.md"
tap_is "and that is all programs in all ways, none of which failed" "0 15" \
    "$(jq -r '([.results[], .starts[]] | map(select(.status != "ok")) | length | tostring) + " " +
        ([.results[].program] | unique | length | tostring)' docs/performance.json)"
tap_done
