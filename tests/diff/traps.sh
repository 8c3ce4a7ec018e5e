#!/bin/bash
# traps.sh: instructions that must not complete, on our engines and on qemu-riscv64. Both must
# end the program in the same way; a program that is not ended exits with status 7.
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"

# Whichever cross compiler there is; tests/diff asks for an assembler only.
for cc in riscv64-unknown-elf-gcc riscv64-linux-gnu-gcc; do
    command -v "$cc" >/dev/null && break
done

# NAME | SIGNAL | ASSEMBLY. The signal is what Linux sends: 4 ILL, 5 TRAP, 7 BUS, 11 SEGV.
cases='ebreak|5|ebreak
compressed ebreak|5|c.ebreak
the all-zero word|4|.word 0
the all-one word|4|.word 0xffffffff
the reserved c.addi4spn with immediate 0|4|.half 0x0004; nop
the reserved c.lui with immediate 0|4|.half 0x6501; nop
a custom-0 word|4|.word 0x0000000b
mret in user mode|4|mret
sret in user mode|4|sret
wfi in user mode|4|wfi
sfence.vma in user mode|4|sfence.vma
writing a read-only counter|4|csrw cycle, a0
writing a counter by csrrwi with rd = x0|4|csrwi instret, 3
setting bits of a counter|4|li a0, 1; csrs time, a0
reading a supervisor register|4|csrr a0, sstatus
reading a machine register|4|csrr a0, mstatus
reading a register that is not there|4|csrr a0, 0x8ff
a load from address 0|11|ld a0, (zero)
a load from above user space|11|li a1, 0x4000000000; ld a0, (a1)
a load from the end of the 64-bit space|11|li a1, -4; ld a0, (a1)
a load that runs over the end into nothing|11|la a1, data_end; lw a0, -2(a1)
a store to the program text|11|la a1, _start; sw a0, (a1)
an atomic add to the program text|11|la a1, _start; amoadd.w a0, a0, (a1)
lr from nowhere|11|li a1, 64; lr.w a0, (a1)
sc to the program text|11|la a1, _start; lr.w a0, (a1); sc.w a0, a0, (a1)
a jump to address 0|11|jr zero
a jump into data|11|la a1, data; jr a1
a jump far out|11|li a1, 0x7000000000000000; jr a1
a misaligned amoadd.w|7|la a1, data; addi a1, a1, 2; amoadd.w a0, a0, (a1)
a misaligned lr.d|7|la a1, data; addi a1, a1, 4; lr.d a0, (a1)
no trap at all|0|nop
an aligned atomic|0|la a1, data; amoadd.d a0, a0, (a1)
reading the counters|0|rdcycle a0; rdtime a1; rdinstret a2
a misaligned load over two pages|0|la a1, data + 4094; lw a0, (a1)'

# Assembles $1 into a program whose .data is exactly two pages, nothing mapped after them.
assemble()
{
    cat >"$tap_tmp/case.S" <<END
    .option norelax
    .globl _start
_start:
    $1
    li a0, 7
    li a7, 94
    ecall
    .data
    .balign 4096
    .globl data, data_end
data:
    .zero 8192
data_end:
END
    "$cc" -march=rv64imac_zicsr_zifencei -mabi=lp64 -nostdlib -static -Wl,--build-id=none \
        -o "$tap_tmp/case" "$tap_tmp/case.S"
}

echo "$cases" >"$tap_tmp/cases"
while IFS='|' read -r name signal assembly; do
    if ! assemble "$assembly" >"$tap_tmp/log" 2>&1; then
        tap_result 1 "$name can be assembled"
        sed 's/^/# /' "$tap_tmp/log"
        continue
    fi
    expected=$([ "$signal" -eq 0 ] && echo 7 || echo $((128 + signal)))
    # A subshell, so that its "Segmentation fault" message goes where we want it.
    (ulimit -c 0; qemu-riscv64 "$tap_tmp/case"; exit $?) >/dev/null 2>&1
    tap_is "$name: the oracle agrees with what we expect" "$expected" "$?"
    "$TRIVIUM" run --on interp --user "$tap_tmp/case" >/dev/null 2>&1
    tap_is "$name: so does the interpreter" "$expected" "$?"
    "$TRIVIUM" run --on threaded --user "$tap_tmp/case" >/dev/null 2>&1
    tap_is "$name: so does the threaded interpreter" "$expected" "$?"
    "$TRIVIUM" run --on dbt --dbt=-tier --user "$tap_tmp/case" >/dev/null 2>&1
    tap_is "$name: so does the translator" "$expected" "$?"
done <"$tap_tmp/cases"
tap_done
