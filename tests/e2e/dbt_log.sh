#!/bin/bash
# trivium run -d ITEM: what the translator tells while it works.
# shellcheck source=tests/tap.sh
. tests/tap.sh

# told ITEM [ARGUMENT...]: standard error of a run with that item.
told()
{
    item=$1
    shift
    "$TRIVIUM" run --on dbt -d "$item" "$@" 2>"$tap_tmp/told" >/dev/null
    cat "$tap_tmp/told"
}

items=$("$TRIVIUM" run -d help | cut -d ' ' -f 1 | paste -s -d ,)
tap_is "help lists them" \
    in_asm,op,op_opt,out_asm,cold,chain,clear,smc,jump,homes,step,mmu,int,exec,profile,perf "$items"
tap_like "another one is refused" "does not log 'wit', but in_asm, op" "$(told wit --user hello)"

tap_like "in_asm: guest code" 'addi sp,sp,-?[0-9]' "$(told in_asm --user hello)"
tap_like "op: IR" '= add64 sp, ' "$(told op --user hello)"
tap_like "op_opt: why an operation went" '\(dead: overwritten before it is seen\)' "$(told op_opt --user hello)"
tap_like "out_asm: host code" 'sub r15, ' "$(told out_asm --user hello)"
tap_like "in_asm: the source line, and its text" '^guest/bin/hello.c:[0-9]+  .*puts' "$(told in_asm --user hello)"
tap_like "out_asm: the source line, too" '^guest/bin/hello.c:[0-9]+  .*puts' "$(told out_asm --user hello)"
told in_asm hello >"$tap_tmp/machine"
tap_like "in_asm: of the kernel" '^guest/kernel/[a-z_]*.c:[0-9]+  ' "$(cat "$tap_tmp/machine")"
tap_like "... and of the program on it" '^guest/bin/hello.c:[0-9]+  ' "$(cat "$tap_tmp/machine")"
riscv64-unknown-elf-strip -g -o "$tap_tmp/stripped" "$O/guest/rv64/hello"
tap_is "without any, it says so once" 1 "$(told in_asm --user "$tap_tmp/stripped" | grep -c '^no source lines: .* has no information')"
mkdir "$tap_tmp/elsewhere"
cp "$O/guest/rv64/hello" "$tap_tmp/elsewhere/hello"
tap_like "explain, too, and when a source is not there" 'hello.c:[0-9]+  the source guest/bin/hello.c is not found' \
    "$(cd "$tap_tmp/elsewhere" && "$(realpath "$OLDPWD/$TRIVIUM")" explain ./hello --at hello.c:1)"
tap_like "... or elsewhere" 'guest/bin/hello.c:13  int first = options_parse' \
    "$("$TRIVIUM" explain "$tap_tmp/elsewhere/hello" --source guest/bin --at main)"
tap_like "a line that is not there" 'no code was made of line 999 of a file hello.c' \
    "$("$TRIVIUM" explain hello --at hello.c:999 2>&1)"
# A word that is no instruction has a place in the block, and no registers.
printf '.globl _start\n_start: .4byte 0\n' >"$tap_tmp/none.S"
$(guest/find-cc) -march=rv64ima -mabi=lp64 -nostdlib -static -o "$tap_tmp/none" "$tap_tmp/none.S"
tap_like "explain shows a block that ends in no instruction" '^0x[0-9a-f]+  \.2byte 0x0$' \
    "$("$TRIVIUM" explain "$tap_tmp/none" --at _start 2>&1)"

# Another program than the one that was started: none of its code is taken for that one's. (The shell waits
# for it, and goes on only later.)
told in_asm,clear --user sh -c hello | sed -n '/^clear.*another program/,$p' | head -n 300 >"$tap_tmp/exec"
tap_ok "after an exec there is code of another program" test "$(grep -c '^0x' "$tap_tmp/exec")" -gt 100
tap_is "... and none is said to be of the one before" "" "$(grep 'guest/bin/sh/' "$tap_tmp/exec" | head -n 3)"

tap_like "chain: links between blocks" '^chain 0x[0-9a-f]* -> 0x[0-9a-f]*$' "$(told chain --user hello)"
tap_like "jump: what the table of jumps gets" '^jump to 0x' "$(told jump --user hello)"
tap_is "who asks for translations sees the first one, too, unless he asks for the first tier" "yes no" \
    "$(told in_asm --user hello | grep -q crt0.S && echo yes || echo no) $(
        told in_asm --dbt=+tier --user hello | grep -q crt0.S && echo yes || echo no)"
tap_like "cold: what is entered and not translated" '^cold, entered 1 times$' "$(told cold --user hello)"
tap_like "step: what the interpreter does" '^interpreted' "$(told step hello)"
tap_like "mmu: page walks" '^walk ' "$(told mmu hello)"
tap_like "mmu: fences" '^tlb-flush' "$(told mmu hello)"
tap_like "int: traps" '^trap system call, 0x0, to mode S' "$(told int hello)"
tap_like "int: returns" '^return to mode U' "$(told int hello)"

# A program that is executed block by block, each told: as many as execute, and the same ones each time.
told exec --user prime --max-prime 100 --events 3 >"$tap_tmp/exec"
tap_ok "exec: hundreds of blocks" test "$(grep -c '^exec 0x' "$tap_tmp/exec")" -gt 200
tap_is "... of fewer places" 1 \
    "$(($(sort -u "$tap_tmp/exec" | grep -c .) < $(grep -c . "$tap_tmp/exec")))"

# Where prime spends its instructions is known: in its loop of divisions.
told profile --user prime --max-prime 2000 --events 20 >"$tap_tmp/profile"
share=$(sed -n 's/^ *\([0-9]*\)\.[0-9]* % .*/\1/p' "$tap_tmp/profile" | head -n 1)
tap_ok "profile: the hottest block has half of it: $share %" test "$share" -ge 50
tap_like "... and is shown, with its division" 'remu?w? ' "$(sed -n '/^profile: the code/,$p' "$tap_tmp/profile")"

tap_like "--profile is the same" "^profile: " "$("$TRIVIUM" run --user --profile prime --max-prime 100 --events 300 2>&1)"
tap_like "... beside another -d" "^profile: " "$("$TRIVIUM" run --user -d clear --profile -d perf prime --max-prime 100 --events 300 2>&1)"
tap_like "a list without end is refused" "-d takes 255 characters" "$("$TRIVIUM" run -d "$(printf 'op,%.0s' $(seq 100))op" hello 2>&1)"

# The file is named after the process that executes, which is not the one that was called.
touch "$tap_tmp/before"
sleep 0.1
tap_is "perf: nothing is told" "" "$(told perf --dbt=-tier --user hello)"
map=$(find /tmp -maxdepth 1 -name 'perf-*.map' -newer "$tap_tmp/before" -user "$(id -u)" | head -n 1)
tap_is "... but there is a map of blocks by address, size and guest address" "" \
    "$(grep -v -E '^[0-9a-f]{6,} [0-9a-f]+ guest 0x[0-9a-f]+$' "$map")"
tap_ok "... of all blocks" test "$(grep -c . "$map")" -gt 20
rm -f "$map"
tap_done
