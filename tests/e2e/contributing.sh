#!/bin/sh
# The worked example of CONTRIBUTING.md, done: its one line is added to a copy of the source, which
# is built; a program with an andn in it, which was illegal, then runs.
# shellcheck source=tests/tap.sh
. tests/tap.sh

tree=$tap_tmp/tree
table=$tree/emu/isa/rv64.def
mkdir "$tree"
mk/files.sh '*' | tar -cf - -T - | tar -xf - -C "$tree"

cat >"$tap_tmp/andn.S" <<'END'
    .globl _start
_start:
    li a1, 12
    li a2, 10
    andn a0, a1, a2
    li a7, 94
    ecall
END
tap_ok "the program is assembled" riscv64-unknown-elf-gcc -march=rv64im_zbb -mabi=lp64 -nostdlib \
    -static -o "$tap_tmp/andn" "$tap_tmp/andn.S"
qemu-riscv64 "$tap_tmp/andn"
tap_is "12 and not 10 is 4, says qemu-riscv64" 4 $?
"$TRIVIUM" run --on interp "$tap_tmp/andn" >"$tap_tmp/out" 2>&1
tap_is "andn is an illegal instruction today: SIGILL" 132 $?

grep '^ROW(ANDN,' CONTRIBUTING.md >"$tap_tmp/line"
tap_is "CONTRIBUTING.md adds one line" 1 "$(wc -l <"$tap_tmp/line")"
sed -i "/^ROW(AND,/r $tap_tmp/line" "$table"
tap_not "which makes the table another one" cmp -s emu/isa/rv64.def "$table"
tap_ok "Trivium is built with it" make -s -C "$tree" O=build -j2 build/trivium
"$tree/build/trivium" run --on interp "$tap_tmp/andn" >"$tap_tmp/out" 2>&1
tap_is "and now 12 and not 10 is 4" 4 $?
tap_done
