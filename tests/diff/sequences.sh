#!/bin/bash
# sequences.sh: random instruction sequences over all user-mode rows, on our interpreter and on
# qemu-riscv64. Every register and all memory that a sequence wrote must agree.
#
# SEED= repeats a run. SEQUENCES= says how many (default 120,000), in programs of 10,000.
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"

sequences=$O/tests/diff/sequences
each=10000
programs=$(((${SEQUENCES:-120000} + each - 1) / each))
seed=${SEED:-$(date +%s)}
echo "# SEED=$seed: $programs programs of $each sequences"

compare_one()
{
    "$sequences" make "$1" "$each" "$tap_tmp/program" || return 1
    chmod +x "$tap_tmp/program"
    qemu-riscv64 "$tap_tmp/program" >"$tap_tmp/want" || return 1
    "$TRIVIUM" run --on interp --user "$tap_tmp/program" >"$tap_tmp/got" || return 1
    "$sequences" compare "$1" "$each" "$tap_tmp/want" "$tap_tmp/got"
}

program=0
while [ "$program" -lt "$programs" ]; do
    this=$((seed + program))
    tap_ok "$each random sequences of seed $this give what qemu-riscv64 gives" compare_one "$this"
    program=$((program + 1))
done
tap_done
