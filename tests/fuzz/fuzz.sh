# shellcheck shell=sh
# fuzz.sh: runs one libFuzzer target for FUZZ_SECONDS (10) and says what it found, in TAP. Sourced by
# fuzz_NAME.sh, which defines fuzz_seeds and ends with: fuzz NAME
#
# fuzz_seeds DIR puts inputs there to begin with. They are made anew each time, from programs that
# were just built; what the fuzzer adds to them stays in $O/fuzz/corpus/NAME.
# shellcheck source=tests/tap.sh
. tests/tap.sh

# Fewer inputs than this, and the target has not really run.
fuzz_least=1000

# Any tool of that kind for RISC-V, binutils' or LLVM's: riscv_tool strip
riscv_tool()
{
    for tool in "riscv64-unknown-elf-$1" "riscv64-linux-gnu-$1" "llvm-$1"; do
        command -v "$tool" && return
    done
    echo "# no $1 for RISC-V: apt-get install binutils-riscv64-unknown-elf" >&2
    return 1
}

fuzz_run()
{
    "$O/fuzz/tests/fuzz/fuzz_$1" -max_total_time="${FUZZ_SECONDS:-10}" -timeout=10 \
        -print_final_stats=1 -artifact_prefix="$fuzz_findings/" \
        "$fuzz_corpus" "$tap_tmp/seeds" >"$tap_tmp/fuzz.log" 2>&1
}

fuzz()
{
    fuzz_corpus=$O/fuzz/corpus/$1
    fuzz_findings=$O/fuzz/findings/$1
    mkdir -p "$fuzz_corpus" "$fuzz_findings" "$tap_tmp/seeds"
    tap_ok "fuzz_$1 is built (make fuzz-programs)" test -x "$O/fuzz/tests/fuzz/fuzz_$1"
    tap_ok "fuzz_$1 has seeds" fuzz_seeds "$tap_tmp/seeds"
    fuzz_run "$1"
    tap_is "fuzz_$1 finds nothing in ${FUZZ_SECONDS:-10} s" 0 $?
    fuzz_runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$tap_tmp/fuzz.log")
    tap_ok "fuzz_$1 has run $fuzz_least inputs at least" test "${fuzz_runs:-0}" -ge "$fuzz_least"
    echo "# fuzz_$1: ${fuzz_runs:-no} inputs"
    # A finding stays on the disk; say where, and what the sanitizers said of it.
    sed -n -e '/==ERROR:/,/^SUMMARY:/p' -e '/runtime error:/p' -e '/Test unit written to/p' \
        "$tap_tmp/fuzz.log" | head -n 30 | sed 's/^/# /'
    tap_done
}
