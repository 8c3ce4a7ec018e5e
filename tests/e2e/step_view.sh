#!/bin/sh
# The stepper on the grid: its screens at three sizes, scripts, exports, recordings, the terminal.
# REGENERATE=1 writes the screens anew; look at them. They show host code, so they change with the emitter.
# shellcheck source=tests/tap.sh
. tests/tap.sh

unset NO_COLOR COLORTERM
export LC_ALL=C.UTF-8 TERM=xterm
pty=$(realpath "$O/tests/e2e/pty")
TRIVIUM=$(realpath "$TRIVIUM")
golden=tests/e2e/step_view
compiler=$(guest/find-cc)
$compiler -g -march=rv64ima -mabi=lp64 -nostdlib -static -Wl,--build-id=none -o "$tap_tmp/count" \
    tests/e2e/step/count.S || exit 1
# The lines of the program name its source as the compiler was told.
mkdir -p "$tap_tmp/tests/e2e/step"
cp tests/e2e/step/count.S "$tap_tmp/tests/e2e/step"
cp "$golden"/*.script "$tap_tmp"

# step ARGUMENTS...: of the program, whose name is part of its stack, and so of the screens.
step()
{
    (cd "$tap_tmp" && "$TRIVIUM" step --user "$@" ./count 2>&1)
}

# frame NAME SIZE: the screen when the script is done; addresses of this host's are not the same twice.
frame()
{
    step --frame --script "$1.script" --screen "$2" |
        sed 's/0x[57][0-9a-f]\{11\}/0xhostaddress/g; s/0x[57][0-9a-f]\{4,10\}…/0xhost…/g'
}

same_as_golden()
{
    if [ -n "${REGENERATE:-}" ]; then
        printf '%s\n' "$2" >"$golden/$1.txt"
    fi
    printf '%s\n' "$2" >"$tap_tmp/frame"
    tap_ok "the screen is as it was: $1" diff "$golden/$1.txt" "$tap_tmp/frame"
}

can_trace=yes
printf 'step\nstep host\n' >"$tap_tmp/trace"
step --plain --script trace | grep -q 'cannot be traced' && can_trace=
for size in 160x50 120x40 80x24; do
    for name in start step dead op without chain back end zoom ask; do
        same_as_golden "$size-$name" "$(frame $name $size)"
    done
    if [ -n "$can_trace" ]; then
        same_as_golden "$size-host" "$(frame host $size)"
    else
        tap_skip "the screen $size-host" "this host does not let a child be traced"
    fi
done
same_as_golden 80x24-help "$(frame help 80x24)"
same_as_golden ascii "$(LC_ALL=C frame dead 120x40)"
tap_is "which has nothing but ASCII" "" "$(LC_ALL=C grep -P '[^\x20-\x7e]' "$golden/ascii.txt")"
tap_is "a screen is as wide and as high as it was asked to be" "40 120" "$(LC_ALL=C frame step 120x40 |
    awk '{ if (length($0) > most) most = length($0) } END { print NR, most }')"
tap_like "a screen that is too small says so" "needs 60 columns and 20 lines; here are 59 and 30" "$(frame start 59x30 | tr '\n' ' ')"

# Scripts: what the screen has to show, what is wrong, what is said to it.
script()
{
    printf '%b' "$1" >"$tap_tmp/given"
    shift
    step "$@" --script given
}
tap_is "a script may expect what the screen shows" 0 \
    "$(script 'key space\nexpect s0 is 0x0 as before\nscreen 80x24\nexpect level: instruction\n' --frame >/dev/null; echo $?)"
tap_like "... and ends where it does not" "^trivium: given:2: the screen does not show 'rain'" \
    "$(script 'key space\nexpect rain\n' --frame)"
tap_like "a key that there is not is refused" "^trivium: given:1: there is no key 'fly'" "$(script 'key fly\n' --frame)"
tap_like "... and a size that is none" "^trivium: given:1: a screen has columns and lines" "$(script 'screen 5y5\n' --frame)"
tap_is "frames can be printed on the way" 2 "$(script 'frame\nkey space\n' --frame | grep -c 'level: instruction')"
tap_like "lines have keys, too" "Done: lui s0,0x0" "$(script 'key space\n' --plain)"
tap_like "... and notes" "^  note: Look here" "$(script 'note Look here.\n' --plain)"
tap_like "a note stands below the panes" "^Look here" "$(script 'note Look here.\n' --frame)"
tap_is "each key has a line in the list" 0 "$("$TRIVIUM" step --keys | grep -c -v '^[^ ]\{1,10\} \{1,10\}[A-Za-z0-9]')"

# A pane as a file, which says where it is from.
script 'goto 3\nkey 2\nexport guest.svg\nkey 8\nexport cache.txt\n' --frame >/dev/null
tap_ok "a pane is written as SVG, which is well formed" python3 -c "import sys, xml.dom.minidom
xml.dom.minidom.parse('$tap_tmp/guest.svg')"
printf 'export odd.svg\n' >"$tap_tmp/odd"
(cd "$tap_tmp" && "$TRIVIUM" step --user --frame --script odd ./count '<a&b>' "$(printf '\001\377')") >/dev/null
tap_is "... whatever was typed" "./count <a&b> ??" "$(python3 -c "import re, xml.dom.minidom
text = xml.dom.minidom.parse('$tap_tmp/odd.svg').getElementsByTagName('desc')[0].firstChild.data
print(re.search('program  (.*)', text)[1])")"
sum=$(sha256sum "$tap_tmp/count" | cut -c 1-64)
tap_is "... and as text; both say of which program they are" "1 1" \
    "$(grep -c "$sum" "$tap_tmp/guest.svg") $(grep -c "$sum" "$tap_tmp/cache.txt")"
tap_like "... at which position" "position 3 " "$(cat "$tap_tmp/cache.txt")"
tap_like "a place that cannot be written is an error" "cannot write /nowhere/x.svg" "$(script 'export /nowhere/x.svg\n' --frame)"

# A recording, and a picture.
script 'key space\nkey l\nkey h\n' --record cast.cast --screen 120x40 >/dev/null
tap_is "a recording is lines of JSON: a head, then what a terminal is sent" "120 40 true" \
    "$(jq -s -r '"\(.[0].width) \(.[0].height) \(.[1:] | length == 4 and all(.[1] == "o"))"' "$tap_tmp/cast.cast")"
tap_is "... whose times ascend" true "$(jq -s '.[1:] | map(.[0]) | . == sort' "$tap_tmp/cast.cast")"
script 'key space\n' --screenshot picture.png --projector >/dev/null
tap_is "a picture for a projector has 1280 by 800 pixels" "1280 800" \
    "$(od -An -tu1 -j16 -N8 "$tap_tmp/picture.png" | awk '{ print $3 * 256 + $4, $7 * 256 + $8 }')"

mkdir "$tap_tmp/pictures"
tap_ok "the pictures of the documents can be made" mk/step_pictures.sh "$tap_tmp/pictures"
tap_is "... as many as there are scripts" "$(find docs/pictures -name 'step-*.script' | wc -l)" \
    "$(find "$tap_tmp/pictures" -name 'step-*.png' -size +4k | wc -l)"

# On a terminal. What is done at the text comes when the picture is there.
at_terminal()
{
    at=$1 action=$2
    shift 2
    (cd "$tap_tmp" && "$pty" --at "$at" "$action" "$TRIVIUM" step --user "$@" ./count >out 2>err; echo $?)
}
left()
{
    grep -q -a "$(printf '\033\[?1049h')" "$tap_tmp/out" && grep -q -a "$(printf '\033\[?1003h')" "$tap_tmp/out" &&
        tail -c 60 "$tap_tmp/out" | grep -q -a "$(printf '\033\[?1003l\033\[0m\033\[?25h\033\[?1049l')" &&
        echo "left, $(grep terminal: "$tap_tmp/err")"
}
tap_is "the screen is the default on a terminal; q ends it" 0 "$(at_terminal 'q quit' type:q)"
tap_is "and the terminal is as before, without the mouse" "left, terminal: same" "$(left)"
tap_is "Ctrl-C ends it" 130 "$(at_terminal 'q quit' ctrl-c --tui)"
tap_is "and the terminal is as before" "left, terminal: same" "$(left)"
tap_is "so does SIGTERM" 143 "$(at_terminal 'q quit' term --tui)"
tap_is "and the terminal is as before" "left, terminal: same" "$(left)"
tap_is "SIGKILL cannot be caught" 137 "$(at_terminal 'q quit' kill --tui)"
tap_is "and the terminal is as before" "left, terminal: same" "$(left)"
tap_is "a terminal that goes away ends it" 129 "$(at_terminal 'q quit' hangup --tui)"
tap_is "a step is painted, and only what differs" "0 1" "$(cd "$tap_tmp" && "$pty" --at 'q quit' 'type: ' --at 'lui s0,0x0: s0 = 0' type:q \
    "$TRIVIUM" step --user ./count >out 2>err; echo $? "$(grep -o -a "$(printf '\033\[2J')" out | wc -l)")"
tap_is "another size is painted anew" "0 2" "$(cd "$tap_tmp" && "$pty" --at 'q quit' resize --at 'q quit' type:q \
    "$TRIVIUM" step --user ./count >out 2>err; echo $? "$(grep -o -a "$(printf '\033\[2J')" out | wc -l)")"
# Over the second instruction its meaning is told below, in line 22; another size paints that in one piece.
for mouse in '\033[<35;10;5M' '\033[<0;10;5M\033[<0;10;5m\033[<35;10;5M'; do
    tap_is "the mouse has a meaning: $mouse" "0 1" "$(cd "$tap_tmp" && "$pty" --at 'q quit' "type:$(printf '%b' "$mouse")" \
        --at "$(printf '\033[22;')" resize --at 'b is addi s0,s0,3' type:q \
        "$TRIVIUM" step --user ./count >out 2>err; echo $? "$(grep -c -a 'b is addi' out)")"
done
tap_is "a mouse that sends nonsense does nothing" 0 \
    "$(at_terminal 'q quit' "type:$(printf '\033[<99999;1;1M\033[<0;-5;99999M\033[<;;M\033[<0;1M\033[<64;1;1Mq')" --tui)"
printf 'key space\nnote First.\nkey space\nnote Second.\n' >"$tap_tmp/talk"
tap_is "Enter goes on to the next note of a script" 0 "$(cd "$tap_tmp" && "$pty" --at 'First.' "type:$(printf '\r')" --at 'Second.' type:q \
    "$TRIVIUM" step --user --script talk ./count >out 2>err; echo $?)"
printf 'fly\n' >"$tap_tmp/talk"
tap_is "a wrong script ends it, which is said, and the terminal is as before" "125 terminal: same 1" \
    "$(at_terminal never type:q --script talk) $(cat "$tap_tmp/err") $(grep -a -c "talk:1: there is no command 'fly'" "$tap_tmp/out")"
tap_like "without a terminal it says what else there is" "try: run it in a terminal, or with --gui" "$(step --tui </dev/null)"

# On a machine there are lines of the kernel and of the program that it was started for. The shell's process becomes
# hello, which has other code at the same addresses: of that nobody was told, and no line of the shell's is shown.
main=0x$(readelf -sW "$O/guest/rv64/hello" | awk '$8 == "main" { print $2 }')
machine()
{
    printf '%b' "$1" >"$tap_tmp/given"
    shift
    "$TRIVIUM" step --frame --screen 120x40 --script "$tap_tmp/given" "$@" 2>&1
}
tap_like "a machine shows lines of its program" "SOURCE prime.c" "$(machine 'key 1\nbreak prime.c:1\nrun\n' prime --max-prime 10 --events 1)"
tap_like "... and of its kernel" "SOURCE boot.c" "$(machine 'key 1\nbreak arch_power_off\nrun\n' hello)"
screens=$(machine "key 1\nbreak $main\nrun\nframe\nrun\nframe\n" sh -c hello)
tap_like "... and where another program is executed, none" "No line of source" "$screens"

# Programs that have little to show, or mean harm.
cp "$tap_tmp/count" "$tap_tmp/kept"
riscv64-unknown-elf-strip "$tap_tmp/count" 2>/dev/null || riscv64-linux-gnu-strip "$tap_tmp/count" 2>/dev/null ||
    llvm-strip "$tap_tmp/count"
tap_like "a program without names has addresses, and says why there is no source" "No source" "$(script 'key 1\n' --frame)"
printf '.globl _start\n_start: .4byte 0\n' >"$tap_tmp/none.S"
$compiler -march=rv64ima -mabi=lp64 -nostdlib -static -o "$tap_tmp/count" "$tap_tmp/none.S"
tap_like "code that is none is shown as such" "instruction: the guest traps" "$(step --frame)"
for level in 0 1 2 3 4 5; do
    tap_like "... and the program's end is said, at level $level" "illegal instruction, 0x0, at pc" \
        "$(script "key l $level\nkey space 30\nkey b 3\nkey space\nkey l $((6 - level))" --frame)"
done
: >"$tap_tmp/count"
tap_like "an empty file is an error" "^trivium: " "$(step --frame </dev/null)"
cp "$tap_tmp/kept" "$tap_tmp/count"
printf 'char x[] = "\\033[2J";\n' >"$tap_tmp/tests/e2e/step/count.S"
tap_is "source that is shorter now, or would move a cursor, is harmless" 0 \
    "$(script 'key 1\nkey space 2\n' --frame | LC_ALL=C grep -c -P '[\x00-\x08\x0b-\x1f\x7f]')"

tap_done
