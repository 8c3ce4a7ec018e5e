#!/bin/bash
# lockstep.sh: --engine both, the threaded interpreter or the translator compared with the
# interpreter all along: random programs and bundled ones, in processes and on the machine. They
# must find nothing, and not be seen: output and status are as without. Every second time the order of
# stores is not compared (--engine unordered), so that the code is as it always is.
#
# PROGRAMS= says how many random programs (default 50), SEED= which; LONG=1 has the machine pass
# all of stress, too.
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=on_machine.sh
. "$(dirname "$0")/on_machine.sh"

count=${PROGRAMS:-50}
seed=${SEED:-$(date +%s)000}
rv64=$O/guest/rv64
echo "# SEED=$seed: $count programs"
ulimit -c 0

# outcome COMMAND...: its output and its status.
outcome()
{
    timeout 900 "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo "status $?" >>"$tap_tmp/out"
}

# lockstep_of WAY SEED: options. What a random program executes once is to be translated, too; mostly.
lockstep_of()
{
    [ $(($2 % 2)) -eq 0 ] && echo --engine both || echo --engine unordered
    [ "$1" != dbt ] || [ $(($2 % 3)) -eq 0 ] || echo --dbt=-tier
}

# same WAY SEED: does the random program do under lock-step what it does alone?
same()
{
    outcome "$TRIVIUM" run --user --on interp "$tap_tmp/program"
    mv "$tap_tmp/out" "$tap_tmp/want"
    # shellcheck disable=SC2046 # options
    outcome "$TRIVIUM" run --user --on "$1" $(lockstep_of "$1" "$2") "$tap_tmp/program"
    cmp "$tap_tmp/want" "$tap_tmp/out" && return 0
    tail -n 1 "$tap_tmp/out"
    echo "SEED=$2 PROGRAMS=1 tests/diff/lockstep.sh repeats it"
    cat "$tap_tmp/err"
    return 1
}

random_programs()
{
    for ((this = seed; this < seed + count; this++)); do
        "$O/tests/diff/programs" make "$this" "$tap_tmp/program" && chmod +x "$tap_tmp/program" &&
            same "$1" "$this" || return 1
    done
}

# Some of them on the machine.
random_programs_on_machine()
{
    for ((this = seed; this < seed + count; this += 5)); do
        "$O/tests/diff/programs" make "$this" "$tap_tmp/program" && chmod +x "$tap_tmp/program" &&
            make_initrd "$tap_tmp/program" "$tap_tmp/initrd.cpio" || return 1
        outcome "$TRIVIUM" run --user --on interp "$tap_tmp/program"
        mv "$tap_tmp/out" "$tap_tmp/want"
        # shellcheck disable=SC2046 # options
        run_on_machine "$tap_tmp/initrd.cpio" "$TRIVIUM" "$1" $(lockstep_of "$1" "$this") \
            >"$tap_tmp/out" 2>"$tap_tmp/err"
        echo "status $?" >>"$tap_tmp/out"
        cmp "$tap_tmp/want" "$tap_tmp/out" && continue
        echo "SEED=$this PROGRAMS=1 tests/diff/lockstep.sh repeats it"
        cat "$tap_tmp/err"
        return 1
    done
}

# bundled NAME WAY WANT OPTION...: a line of its output, and its status is 0.
bundled()
{
    bundled_name=$1
    bundled_want=$3
    bundled_way=$2
    shift 3
    outcome "$TRIVIUM" run --on "$bundled_way" --engine both "$@"
    tap_like "$bundled_name under lock-step with $bundled_way" "$bundled_want" "$(cat "$tap_tmp/out")"
    tap_is "... finds nothing" "status 0 " "$(tail -n 1 "$tap_tmp/out") $(cat "$tap_tmp/err")"
}

for way in threaded dbt; do
    tap_ok "$count random programs under lock-step with $way" random_programs "$way"
    tap_ok "each fifth of them on the machine" random_programs_on_machine "$way"
    bundled "a process" $way "^Primes found: 302" --user prime --max-prime 2000 --events 5
    bundled "processes that fork" $way "^Sum: 209" --user fork 2 20
    bundled "processes that start others" $way "^hello, world" --user sh -c 'hello | cat'
    bundled "a machine" $way "^Sum: 209" --memory 32M fork 2 20
    bundled "a machine with four processors" $way "^hello, world" --memory 32M --cpus 4 \
        sh -c 'hello | cat'
    bundled "a machine with a clock that counts steps" $way "^Sum: 14" --memory 32M --deterministic \
        --devices ring fork 2 5
    bundled "a machine without a TLB" $way "^hello, world" --memory 32M --no-tlb --no-adue hello
    bundled "a machine whose order of stores is not compared" $way "^Sum: 209" --engine unordered \
        --memory 32M fork 2 20
done
bundled "a translator without its techniques" dbt "^Sum: 14" --dbt=-all --memory 32M fork 2 5

if [ -n "${LONG:-}" ]; then
    for way in threaded dbt; do
        for cpus in 1 4; do
            bundled "stress with $cpus processors" $way "^stress: .* 0 failed" --cpus $cpus \
                --memory 64M --kernel "$rv64/kernel" --initrd "$rv64/initrd.cpio" \
                --append "tty=off init=/bin/stress"
        done
    done
fi

tap_is "without --on it is the translator that is compared" "hello, world" \
    "$("$TRIVIUM" run --user --engine both hello)"
outcome "$TRIVIUM" run --user --engine both --stats=rows hello
tap_like "rows are counted once" "ecall" "$(cat "$tap_tmp/err")"
for way in interp native container; do
    outcome "$TRIVIUM" run --on $way --engine both hello
    tap_is "$way is nothing to compare" "status 125" "$(tail -n 1 "$tap_tmp/out")"
    tap_like "... and what is, is said" "--on dbt or --on threaded" "$(cat "$tap_tmp/err")"
done
outcome "$TRIVIUM" run --engine three hello
tap_like "there is no other kind" "one, both or unordered" "$(cat "$tap_tmp/err")"
tap_done
