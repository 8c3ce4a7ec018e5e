#!/bin/sh
# isa_table.sh: a wrong line in the instruction table stops the build and is named; a line that only
# says something else recompiles one object. What the check can find is tests/unit/test_mkisa.c.
# shellcheck source=tests/tap.sh
. tests/tap.sh

build=$tap_tmp/build
table=$build/gen/isa_tables.inc
# All that emu/isa consists of, and who uses it.
objects="$build/gen/mkdoc $build/obj/emu/cpu/interp.o"

# make_table FILE TARGET...: builds with that table; what make says is in $tap_tmp/log.
make_table()
{
    make_table_file=$1
    shift
    make O="$build" OPTIMIZE=-O0 RV64_DEF="$make_table_file" "$@" >"$tap_tmp/log" 2>&1
}

# What the last make compiled for Trivium itself.
compiled()
{
    sed -n 's/^ *CC *//p' "$tap_tmp/log"
}

# refused NAME LINE COMPLAINT: the table with that line added is refused with that complaint.
refused()
{
    cp emu/isa/rv64.def "$tap_tmp/wrong.def"
    echo "$2" >>"$tap_tmp/wrong.def"
    tap_not "$1 stops the build" make_table "$tap_tmp/wrong.def" "$build/obj/emu/isa/tables.o"
    tap_like "$1 is named" "$3" "$(cat "$tap_tmp/log")"
}

refused "a pattern that overlaps another" \
    'ROW(ADD2, "add2", "0000000 ..... ..... 000 ..... 0110011", R, "xxx-", ALU, ADD, 64, I, "rd")' \
    'rv64.def: row ADD2: the pattern overlaps that of ADD$'
tap_not "a wrong table is not left behind" test -e "$table"
refused "a pattern that does not fit its format" \
    'ROW(ADD2, "add2", "100000. ..... ..... 000 ..... 0110011", R, "xxx-", ALU, ADD, 64, I, "rd")' \
    "rv64.def: row ADD2: bit 25 is free, but no operand's in format R\$"
refused "an encoding without a base" \
    'ENCODING(C_ADD2, "c.add2", "100 ... ... ..... 00", CB_IMM, "xx--", ADDI2, NONE, "rd")' \
    'rv64.def: row C_ADD2: its base ADDI2 is not a ROW$'
refused "an encoding that claims another's words" \
    'ENCODING(C_ADD2, "c.add2", "000 . ..... ..... 01", CI, "xx--", ADDI, NONE, "rd")' \
    'rv64.def: row C_ADD2: word 0x0001 is also that of C_ADDI$'
refused "an unknown constraint" \
    'ENCODING(C_ADD2, "c.add2", "101 . ..... ..... 00", CI, "xx--", ADDI, ODD, "rd")' \
    'CONSTRAINT_ODD'
refused "an unknown kind" \
    'ROW(ADD2, "add2", "1000000 ..... ..... 000 ..... 0110011", R, "xxx-", ALUU, ADD, 64, I, "rd")' \
    'KIND_ALUU'

# shellcheck disable=SC2086 # a list
tap_ok "the table as it is builds" make_table emu/isa/rv64.def $objects
sed '/^ROW(SRAW,/s/ SRA, / SRL, /' emu/isa/rv64.def >"$tap_tmp/planted.def"
tap_not "another operator can be planted" cmp -s emu/isa/rv64.def "$tap_tmp/planted.def"
# shellcheck disable=SC2086
tap_ok "the table with another operator builds" make_table "$tap_tmp/planted.def" $objects
tap_is "another operator recompiles one object" "emu/isa/tables.c" "$(compiled)"
# shellcheck disable=SC2086
tap_ok "the table as it is builds again" make_table emu/isa/rv64.def $objects
tap_is "the way back recompiles one object, too" "emu/isa/tables.c" "$(compiled)"
tap_done
