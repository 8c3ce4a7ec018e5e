#!/bin/bash
# objdump.sh: our disassembler against objdump's, over every row, every 16-bit word, and random
# words. What objdump calls illegal must be illegal here, and the other way round; the few known
# differences stand, with their reasons, in objdump_words.c.
#
# SEED= repeats a run.
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"

words=$O/tests/diff/objdump_words
seed=${SEED:-$(date +%s)}
prefix=riscv64-unknown-elf-

for tool in as strip objdump; do
    if ! command -v $prefix$tool >/dev/null; then
        tap_skip "our text is objdump's" "there is no $prefix$tool here (binutils-riscv64-unknown-elf)"
        tap_done
    fi
done

echo "# SEED=$seed"
"$words" make "$seed" "$tap_tmp" || exit

# The words become a stripped object file, because such a file says which extensions it uses, and
# objdump then knows no others. Of raw bytes it would print whatever any extension defines.
for file in "$tap_tmp"/*.bin; do
    group=${file%.bin}
    echo ".incbin \"$file\"" | ${prefix}as -march=rv64imac_zicsr_zifencei -mabi=lp64 -o "$group.o" - &&
        ${prefix}strip "$group.o" &&
        ${prefix}objdump --disassemble-all --disassemble-zeroes --section=.text \
            --disassembler-options=no-aliases,numeric "$group.o" >"$group.txt" || exit
done
"$words" compare "$tap_tmp"
