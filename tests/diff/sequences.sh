#!/bin/bash
# sequences.sh: random instruction sequences over all user-mode rows, on each of our engines and on
# qemu-riscv64. Every register and all memory that a sequence wrote must agree. The translator runs
# them with all its techniques, with none, and with each one off in turn; but always without its first
# tier, as that leaves what is executed once to the interpreter.
#
# SEED= repeats a run. SEQUENCES= says how many (default 120,000), in programs of 10,000.
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"

sequences=$O/tests/diff/sequences
each=10000
programs=$(((${SEQUENCES:-120000} + each - 1) / each))
seed=${SEED:-$(date +%s)}
echo "# SEED=$seed: $programs programs of $each sequences"

make_one()
{
    "$sequences" make "$1" "$each" "$tap_tmp/program" || return 1
    chmod +x "$tap_tmp/program"
    qemu-riscv64 "$tap_tmp/program" >"$tap_tmp/want"
}

# agree SEED WAY [OPTION]
agree()
{
    agree_seed=$1
    shift
    "$TRIVIUM" run --user --on "$@" "$tap_tmp/program" >"$tap_tmp/got" || return 1
    "$sequences" compare "$agree_seed" "$each" "$tap_tmp/want" "$tap_tmp/got"
}

# The translator's switches, as it names them itself.
switches=$("$TRIVIUM" run --user --on dbt --dbt=? hello 2>&1 | sed -n 's/.*one of: all, //p' | tr -d ,)
tap_ok "the translator names its switches" test -n "$switches"

program=0
while [ "$program" -lt "$programs" ]; do
    this=$((seed + program))
    tap_ok "$each random sequences of seed $this run on qemu-riscv64" make_one "$this"
    tap_ok "$this: interp agrees" agree "$this" interp
    tap_ok "$this: threaded agrees" agree "$this" threaded
    tap_ok "$this: dbt agrees" agree "$this" dbt --dbt=-tier
    # shellcheck disable=SC2086 # it is a list
    off=$(printf '%s\n' all $switches | sed -n "$((program % ($(echo $switches | wc -w) + 1) + 1))p")
    tap_ok "$this: dbt without $off agrees" agree "$this" dbt "--dbt=-tier,-$off"
    program=$((program + 1))
done
tap_done
