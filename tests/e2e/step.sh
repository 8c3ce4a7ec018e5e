#!/bin/sh
# trivium step --plain: a tour whose text is kept, and scripts that are wrong.
#
# tests/e2e/step/tour.expected is the tour of tour.script. When the stepper says something else
# now, and rightly so:    UPDATE=1 tests/run tests/e2e/step.sh
# Sizes of host code, and what depends on them, are not part of it: the emitter may get better.
# shellcheck source=tests/tap.sh
. tests/tap.sh

compiler=$(guest/find-cc)
build_count()
{
    $compiler "$@" -march=rv64ima -mabi=lp64 -nostdlib -static -Wl,--build-id=none \
        tests/e2e/step/count.S
}
build_count -g -fdebug-prefix-map="$PWD"=. -o "$tap_tmp/count" || exit 1

# step NAME [ARGUMENTS]: what the script $tap_tmp/NAME says of the program.
step()
{
    script=$tap_tmp/$1
    shift
    "$TRIVIUM" step --plain --script "$script" --user "$@" "$tap_tmp/count" 2>&1
}

without_sizes()
{
    sed 's/[0-9]* bytes\( at 0x[0-9a-f]*\)\{0,1\}/BYTES/g; s/[0-9]* of them shared/SHARED/
        s/0x3f[0-9a-f]*/STACK/; s/[0-9]* KiB/KIB/; s/^  0x[0-9a-f]*$/HASH/
        s/^\(      [a-z0-9]* *\)\(r[a-z0-9]*\|memory\)$/\1HOME/'
}

cp tests/e2e/step/tour.script "$tap_tmp/tour.script"
step tour.script | without_sizes >"$tap_tmp/tour"
if [ -n "${UPDATE:-}" ]; then
    cp "$tap_tmp/tour" tests/e2e/step/tour.expected
fi
tap_ok "the tour says what it should" diff -u tests/e2e/step/tour.expected "$tap_tmp/tour"

# The state is the same, however one came there.
printf 'goto 17\nhash\nstep 20\nback 20\nhash\nback block 3\nstep event 4\ngoto 17\nhash\n' \
    >"$tap_tmp/same"
tap_is "back and forth, the state is the same" 1 "$(step same | grep '^  0x' | sort -u | grep -c .)"
tap_is "... three times" 3 "$(step same | grep -c '^  0x')"

# With the first tier, code is cold before it is translated; what it will come to is shown all the same.
printf 'block\nstep block\nstep 1\nhash\nstep block\nback block\ngoto 0\ngoto 6\nhash\n' >"$tap_tmp/cold"
output=$(step cold --dbt=+tier)
tap_like "code is cold before it is translated" 'no block yet: cold, interpreted 16 more times; then' "$output"
tap_like "... what it will come to is shown" 'phase 0, lift: .* operations' "$output"
tap_like "... that it was entered is an event" 'event cold, entered 1 times  \(at 0, ' "$output"
tap_like "... it is stepped up to where it jumps" '^5: .* twice' "$output"
tap_is "... and back" 1 "$(echo "$output" | grep '^  0x[0-9a-f]*$' | sort -u | grep -c .)"

printf 'run\nback 1\nrun\ngoto 0\nrun\n' >"$tap_tmp/once"
tap_is "what the program writes is shown once" 1 "$(step once | grep -c '| done')"
tap_is "it ends again and again" 3 "$(step once | grep -c 'has ended with status 12')"

for switches in -chain,-ibtc -all -trace -regs,-hot; do
    tap_like "with --dbt=$switches it is stepped, too" 'has ended with status 12' \
        "$(step once --dbt="$switches")"
done

# wrong LINE TEXT: the line is refused, and the message says TEXT.
wrong()
{
    printf 'step\n%s\nstep\n' "$1" >"$tap_tmp/wrong"
    output=$(step wrong)
    status=$?
    tap_is "'$(printf %.40s "$1")' is refused" 125 "$status"
    tap_like "... and it says why" "^trivium: .*/wrong:2: .*$2" "$output"
}

wrong "fly" "there is no command 'fly'"
wrong "step insn many" "how many is a number, not 'many'"
wrong "step -1" "a level is .*not '-1'"
wrong "step 99999999999999999999999" "how many is a number"
wrong "step insn 1 2" "there is nothing to do with '2'"
wrong "step 5 insn" "a number comes last"
wrong "goto" "a position is a number"
wrong "goto main" "a position is a number, not 'main'"
wrong "break nowhere" "there is no function, line or address 'nowhere'"
wrong "break loop+" "there is no function, line or address"
wrong "break event" "an event is tlb-miss, fork, trap, "
wrong "break event rain" "an event is .*not 'rain'"
wrong "break main 2" "there is nothing to do with '2'"
wrong "break count.S:9999" "no code was made of line 9999 of a file count.S"
wrong "break none.S:1" "no code was made of line 1 of a file none.S"
wrong "break syscall rain" "there is no system call 'rain'"
wrong "watch" "what is to be watched"
wrong "watch a99" "what is watched is a register, or ADDRESS.:SIZE., not 'a99'"
wrong "watch 0x10:3" "1, 2, 4 or 8 bytes of memory are watched, not 3"
wrong "watch 0x10001:4" "0x10001 is no multiple of 4"
wrong "watch 0x8" "there is no memory at 0x8 now"
wrong "watch a0 many" "a value is a number, not 'many'"
wrong "source many" "how many lines, or FILE:LINE, not 'many'"
wrong "type hello" "a process has this terminal"
wrong "delete 1" "there is no breakpoint '1'"
wrong "phase 99" "there is no phase '99'"
wrong "events some" "how many is a number"
wrong "where now" "there is nothing to do with 'now'"
wrong "$(printf '%0300d' 0)" "it is too long"
wrong "a b c d e f g" "it is too long"

head -c 4096 /dev/urandom >"$tap_tmp/noise"
step noise >/dev/null 2>&1
tap_ok "noise for a script is refused, or does nothing" test $? -le 125
printf 'step\ngoto 18446744073709551615\nback 18446744073709551615\nstep block\nchains 4294967296' \
    >"$tap_tmp/far"
tap_like "numbers at the edge lead to the end and the start" '^0: ' "$(step far)"
step far >/dev/null 2>&1
tap_is "... and a last line needs no end" 0 $?

output=$(printf 'fly\nwhere\n' | "$TRIVIUM" step --plain --user "$tap_tmp/count")
tap_like "from standard input, a wrong line is told" "error: there is no command 'fly'" "$output"
tap_like "... and the next one is done" '^> where' "$output"
tap_like "help lists the commands" 'r, run ' "$(printf 'help\n' | "$TRIVIUM" step --plain --user "$tap_tmp/count")"

tap_not "a script that is not there is an error" "$TRIVIUM" step --plain --script "$tap_tmp/none" \
    --user "$tap_tmp/count"
tap_like "without a terminal lines are what it shows" "^0: 0x100b0 _start " \
    "$("$TRIVIUM" step --user "$tap_tmp/count" </dev/null 2>&1)"
printf 'run\nwhere\n' >"$tap_tmp/run"
tap_like "what cannot be taken back is not done" "asks for system call 220 \(clone\)" \
    "$("$TRIVIUM" step --plain --script "$tap_tmp/run" --user fork 1 3 2>&1)"

# Source lines, here and around a place; why there are none.
printf 'break count.S:20\nrun\nsource 3\nsource count.S:12\nback run\n' >"$tap_tmp/lines"
output=$(step lines)
tap_like "a breakpoint at a source line" '^  1: count.S:20, 0x100cc$' "$output"
tap_like "... is where it stops" '^    tests/e2e/step/count.S:20  srli    t0, t0, 32$' "$output"
tap_like "source shows the lines around" '^>    20          srli    t0, t0, 32$' "$output"
tap_like "... those before, too" '^     19          slli    t0, s0, 32 ' "$output"
tap_like "... and around any line" '^>    12          lui     s0, 0x0' "$output"
build_count -o "$tap_tmp/bare" || exit 1
output=$(printf 'source\nbreak count.S:20\n' | "$TRIVIUM" step --plain --user "$tap_tmp/bare")
tap_like "without -g it says so at once" '^no source lines: .*bare has no information on source lines' "$output"
tap_like "... and when a line is asked for" 'no source line is known here: .*bare has no information' "$output"
tap_like "... or is to be stopped at" 'error: no source lines: .*bare has no information' "$output"
cp "$tap_tmp/count" "$tap_tmp/away"
tap_like "a source that is elsewhere is not found" 'the source tests/e2e/step/count.S is not in /nowhere' \
    "$(printf 'source\n' | "$TRIVIUM" step --plain --source /nowhere --user "$tap_tmp/away")"
tap_like "... but where it is told to be" '^>    12          lui' \
    "$(printf 'source\n' | "$TRIVIUM" step --plain --source tests/e2e/step --user "$tap_tmp/away")"

# Changes. s1 becomes 6, 10, 12 in the additions of the loop, which are at 0x100c4.
printf 'watch s1\nrun\nrun\nback run\nback run\ndelete all\nwatch s1 12\nrun\n' >"$tap_tmp/watch"
output=$(step watch)
tap_is "a register's changes are found, ahead and back" "0x6 0xa 0x6 0x0 0xc" \
    "$(echo "$output" | sed -n 's/^  s1 = \(0x[0-9a-f]*\) .*/\1/p' | paste -s -d ' ')"
tap_is "... each behind the instruction that makes it" 4 "$(echo "$output" | grep -c '^[0-9]*: 0x100c8 ')"
tap_like "... or the start, where there is none before" '^0: 0x' "$output"
tap_like "system calls by name" '^36: 0x100f0 ' "$(printf 'break syscall write\nrun\nbreak\n' >"$tap_tmp/call"; step call)"
tap_like "native does not step back" "hardware does not step back" "$("$TRIVIUM" step --plain --on native hello 2>&1)"

# What is typed to a machine.
printf 'run\ntype echo typed\nrun\nhash\nback 100000\nstep 100000\nhash\ntype exit 3\nrun\ngoto 0\nrun\n' >"$tap_tmp/type"
output=$("$TRIVIUM" step --plain --script "$tap_tmp/type" sh 2>&1)
tap_like "a machine waits for what is typed" 'waits for ever' "$output"
tap_is "... reads it once, and again when its past is run again" 2 \
    "$(echo "$output" | grep -c 'powered off, with status 3')"
tap_is "... has answered" 1 "$(echo "$output" | grep -c '^  | .*typed')"
tap_is "... and goes back across it" 1 "$(echo "$output" | grep '^  0x' | sort -u | grep -c .)"

# A machine's events, its kernel's source and its program's.
printf 'break event fork\nrun\nsource 1\nback run\ndelete all\nbreak fork.c:1\nrun\nbreak event tlb-miss\nrun\n' \
    >"$tap_tmp/fork"
output=$("$TRIVIUM" step --plain --script "$tap_tmp/fork" fork 1 3 2>&1)
tap_like "a machine is stopped where it forks" 'event trap system call, 0x0, to mode S .*' "$output"
tap_like "... in the kernel" '^> +[0-9]+ ' "$output"
tap_like "... or in a source line of the program" '^    guest/bin/fork.c:[0-9]+  ' "$output"
tap_like "... or at the next page walk" 'event walk for a ' "$output"

# Host instructions, really executed by a helper that is traced.
printf 'step host\nstep 3\nstep host\nstep host 3\nback host\nback host 9\nstep block\nhost\n' >"$tap_tmp/host"
output=$(step host)
case $output in
*'cannot be traced'*) tap_skip "host instructions are stepped" "this host does not let a child be traced" ;;
*)
    tap_like "there is no host code before there is a block" 'no block is made here yet' "$output"
    tap_like "host instructions are stepped" '^  host instruction 3 of [0-9]+$' "$output"
    tap_like "... and back" '^  host instruction 2 of [0-9]+$' "$output"
    tap_like "... to the block's beginning" 'this is where the block begins' "$output"
    ;;
esac

# The machine.
printf 'break event switch\nrun\nrun\nhash\nback 1000\nstep 1000\nhash\ndelete all\nrun\n' \
    >"$tap_tmp/machine"
output=$("$TRIVIUM" step --plain --script "$tap_tmp/machine" --cpus 2 fork 1 3 2>&1)
tap_is "a machine goes back, too" 1 "$(echo "$output" | grep '^  0x' | sort -u | grep -c .)"
tap_is "... and is looked at twice" 2 "$(echo "$output" | grep -c '^  0x')"
tap_like "... and runs to its end" 'the machine has powered off, with status 0' "$output"
tap_like "... having said what it should" '\| Sum: 6' "$output"
tap_done
