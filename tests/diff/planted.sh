#!/bin/bash
# planted.sh: a test of the tests. Five times, one row of the ISA table is given a wrong operator
# and the emulator built with that table; the comparison with qemu-riscv64 must notice each.
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"

sequences=$O/tests/diff/sequences
seed=${SEED:-1}
count=10000

# ROW OPERATOR WRONG-OPERATOR: what a slip in the table could look like.
plants='SRAIW SRA SRL
SLTU LTU LT
MULHSU MULHSU MULHU
LHU ZEXT SEXT
AMOMAXU_W MAXU MAX'

"$sequences" make "$seed" "$count" "$tap_tmp/program" || exit 1
chmod +x "$tap_tmp/program"
qemu-riscv64 "$tap_tmp/program" >"$tap_tmp/want" || exit 1

# Builds the emulator with the table $1 and runs the program: 0 when the results are as they should.
agrees_with_table()
{
    make -s O="$O/planted" RV64_DEF="$1" "$O/planted/trivium" >"$tap_tmp/log" 2>&1 ||
        { cat "$tap_tmp/log"; exit 1; }
    "$O/planted/trivium" run --on interp --user "$tap_tmp/program" >"$tap_tmp/got"
    "$sequences" compare "$seed" "$count" "$tap_tmp/want" "$tap_tmp/got"
}

tap_ok "the table as it is agrees with qemu-riscv64" agrees_with_table emu/isa/rv64.def
echo "$plants" >"$tap_tmp/plants"
while read -r row right wrong; do
    sed "/^ROW($row,/s/ $right,/ $wrong,/" emu/isa/rv64.def >"$tap_tmp/$row.def"
    if cmp -s emu/isa/rv64.def "$tap_tmp/$row.def"; then
        tap_result 1 "$row could be planted with $wrong"
        continue
    fi
    tap_not "$row computing $wrong is caught" agrees_with_table "$tap_tmp/$row.def"
done <"$tap_tmp/plants"
tap_done
