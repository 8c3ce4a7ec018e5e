#!/usr/bin/env bash
# run.sh NAME=TEXT...: what `make bench` does: measures, shows the tables, and keeps them in
# docs/performance.md if everything was measured. The facts on the command line stand below the tables.
#
#   O=DIR            the build folder
#   RUNS=N           pairs of runs of each program in each way (5)
#   QUICK=1          a tenth of the work, at most 3 times
#   ONLY=PATTERN,... these programs: 'vm,s*'
#   WAYS=WAY,...     these ways, with options if they have any: 'qemu-riscv64,interp --user'
set -euo pipefail
O=${O:-build}
result=$O/bench/result.json

# first COMMAND...: the first line of what it prints, or that there is none.
first()
{
    "$@" 2>/dev/null | sed -n 1p || echo none
}

options=()
for fact; do
    options+=(--fact "$fact")
done
for command in "$O/trivium" gcc riscv64-unknown-elf-gcc qemu-riscv64 qemu-system-riscv64; do
    options+=(--fact "version of ${command##*/}=$(first "$command" --version)")
done
[ -z "${RUNS:-}" ] || options+=(--runs "$RUNS")
[ -z "${QUICK:-}" ] || options+=(--quick)
[ -z "${ONLY:-}" ] || options+=(--only "$ONLY")
[ -z "${WAYS:-}" ] || options+=(--ways "$WAYS")

status=0
"$O/bench/driver" --build "$O" --json "$result" "${options[@]}" || status=$?
[ "$status" -le 1 ] || exit "$status"
jq --raw-output --from-file bench/table.jq "$result"
if [ "$status" -ne 0 ]; then
    echo "bench: a way failed, see above; docs/performance.md stays as it was" >&2
elif [ -z "${QUICK:-}${ONLY:-}${WAYS:-}" ]; then
    cp "$result" docs/performance.json
    O=$O mk/generate.sh docs/performance.md
fi
exit "$status"
