#!/bin/sh
# No floating point anywhere in the bundled programs: an emulator without it runs them, and none of
# their timings depends on how it is emulated. Both builds are disassembled and searched.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

# first COMMAND...: the first of them that this host has.
first()
{
    for command; do
        command -v "$command" && return
    done
}

# instructions OBJDUMP FILE: "mnemonic operands", one a line.
instructions()
{
    "$1" -d -w --no-show-raw-insn "$2" |
        sed -n 's/^ *[0-9a-f]*:[[:space:]]*\([a-z]\)/\1/p' >"$tap_tmp/instructions" &&
        [ "$(wc -l <"$tap_tmp/instructions")" -gt 3 ]
}

# float_free ISA FILE: fails, showing them, if there are floating-point or vector instructions, or if
# nothing was disassembled. On RV64 all mnemonics of F and D start with f, and else only fence does;
# on x86-64 those of x87 start with f, all others name a register xmm, ymm, zmm, mm or st, or belong
# to the few that control them.
float_free()
{
    case $1 in
    rv64)
        instructions "$rv64_objdump" "$2" || return 1
        ! grep -E '^(c\.)?f' "$tap_tmp/instructions" | grep -v -E '^fence'
        ;;
    x86_64)
        instructions "$x86_64_objdump" "$2" || return 1
        ! grep -E '^f|%([xyz]?mm|st)|^(emms|v?ldmxcsr|v?stmxcsr|vzero|xsave|xrstor)' \
            "$tap_tmp/instructions"
        ;;
    esac
}

# plant ISA FLAGS NAME CODE: compiles a bad example to $tap_tmp/NAME.o.
plant()
{
    echo "$4" >"$tap_tmp/$3.c"
    case $1 in
    rv64) compiler=${GUEST_RV64_CC:-$(guest/find-cc)} ;;
    *) compiler=${CC:-gcc} ;;
    esac
    # shellcheck disable=SC2086 # words on purpose
    $compiler -O2 -c $2 -o "$tap_tmp/$3.o" "$tap_tmp/$3.c"
}

rv64_objdump=$(first riscv64-unknown-elf-objdump riscv64-linux-gnu-objdump llvm-objdump-14 llvm-objdump)
x86_64_objdump=$(first x86_64-linux-gnu-objdump objdump)
for isa in rv64 x86_64; do
    case $isa in
    rv64) objdump=$rv64_objdump float_flags="-march=rv64imafd -mabi=lp64d" ;;
    *) objdump=$x86_64_objdump float_flags=-m64 ;;
    esac
    if [ -z "$objdump" ]; then
        tap_skip "$isa: no program has floating point" "no disassembler (objdump) for $isa"
        continue
    fi
    for program in hello prime fork mix syscalls sh ls cat echo ps; do
        tap_ok "$isa/$program has no floating point" float_free $isa "$O/guest/$isa/$program"
    done
    plant $isa "$float_flags" multiply "double f(double a, double b) { return a * b; }"
    tap_not "$isa: one multiplication of doubles would be found" \
        float_free $isa "$tap_tmp/multiply.o"
    plant $isa "$float_flags" load "double a; void f(double *p) { *p = a; }
        int g(double d) { return (int)d; } float h(long l) { return (float)l; }"
    tap_not "$isa: moves and conversions would be found" float_free $isa "$tap_tmp/load.o"
    plant $isa "" integers "long f(long a, long b) { __sync_synchronize(); return a * b / 3; }
        long g(long a) { return a < 5 ? f(a, 1) : -a; }"
    tap_ok "$isa: integers and fences are none" float_free $isa "$tap_tmp/integers.o"
done
plant x86_64 "-m64" x87 "long double f(long double a) { return a + 1; }"
tap_not "x86_64: an x87 addition would be found" float_free x86_64 "$tap_tmp/x87.o"
plant x86_64 "-m64 -mavx2" avx "typedef int v __attribute__((vector_size(32)));
    void f(v *a) { *a += *a; }"
tap_not "x86_64: a vector addition would be found" float_free x86_64 "$tap_tmp/avx.o"
tap_done
