#!/bin/sh
# The stepper's recorded view of a virtual machine: what it says where there is no KVM; else, a real run's record, and
# those of hostile guests. (Its screens are compared in tests/unit/test_exits.c, of a machine that is played.)
# shellcheck source=tests/tap.sh
. tests/tap.sh

unset NO_COLOR COLORTERM
export LC_ALL=C.UTF-8 TERM=xterm

# plain LINES ARGUMENTS...: what these commands print.
plain()
{
    printf '%b' "$1" >"$tap_tmp/given"
    shift
    "$TRIVIUM" step --on kvm --plain --script "$tap_tmp/given" "$@" 2>&1
}

tap_like "a record has keys of its own" "^B  *back by ten" "$("$TRIVIUM" step --on kvm --keys)"
tap_like "the stepper's stay what they were" "^B  *back a block" "$("$TRIVIUM" step --keys)"
tap_like "--user is a translator's" "^trivium: --user is about a translator, and kvm has none" "$(plain '' --user hello)"
tap_like "so is --dbt" "^trivium: --dbt is about a translator" "$(plain '' --dbt=-chain hello)"
tap_like "and --source" "^trivium: --source is about a translator" "$(plain '' --source . hello)"
tap_like "--explain is refused, and why" "^trivium: what --explain tells is what the record shows: leave it out" \
    "$(plain '' --explain=5 hello)"
tap_like "on dbt, too" "^trivium: --explain is for a virtual machine" "$("$TRIVIUM" step --plain --explain hello 2>&1)"
tap_like "a run that is not recorded has no time limit" "^trivium: --timeout is for a run that is recorded" \
    "$("$TRIVIUM" step --plain --timeout 1 hello 2>&1)"
tap_like "and the tour" "^trivium: --tour is about a translator" "$("$TRIVIUM" step --on kvm --plain --tour 2>&1)"

if ! (: <>/dev/kvm) 2>/dev/null; then
    "$TRIVIUM" run --on kvm hello >"$tap_tmp/out" 2>"$tap_tmp/run" </dev/null
    "$TRIVIUM" step --on kvm --plain hello >"$tap_tmp/out" 2>"$tap_tmp/step" </dev/null
    tap_is "without KVM the status is 125" 125 $?
    tap_ok "and the reason is the one of trivium run --on kvm" diff "$tap_tmp/run" "$tap_tmp/step"
    tap_skip "records of real runs" "there is no KVM that we may use"
    tap_done
fi

out=$(plain 'next start\nnext port I/O\nkey c\npane 0\npane 3\n' hello)
tap_like "the first line says what it is" "on kvm: .* moments. This is a record of one run.*Hardware does not step back" \
    "$(printf '%s\n' "$out" | head -n 1)"
tap_like "the processor's start is in it" "KVM_RUN: processor 0 starts" "$out"
tap_like "an exit says who made it" "in uart_[a-z]*\+0x" "$out"
tap_like "... why, and what it cost" "A port is no memory, so Trivium plays the chip. .* in the guest, .* in Trivium" "$out"
tap_like "the end is in it" "The machine has ended with status 0." "$out"
tap_like "what was printed is shown, and not written" "CONSOLE:.*hello, world" "$(printf '%s' "$out" | tr '\n' ' ')"
tap_like "at the first byte it is the first byte" "CONSOLE: h *\$" \
    "$(plain "find 'h'\npane 0\n" hello | tr '\n' ' ')"
tap_like "the instruction is decoded" "out dx, al|Capstone" "$(plain "find 'h'\npane 2\n" hello)"
tap_like "a program's own status is told" "has ended with status 3" "$(plain 'key c\n' sh -c 'exit 3')"
tap_like "two processors are told apart" "processor 1 starts" \
    "$(plain 'find processor 1\n' --cpus 2 hello)"
tap_like "memory and devices are the machine's" "(64 MiB from gpa 0x0 on)" "$(plain 'find MEMORY\n' --memory 64M --devices ring hello)"
tap_like "a machine that cannot be is refused, as in a run" "^trivium: --no-tlb is for an emulated machine" "$(plain '' --no-tlb hello)"
tap_like "a file of the user's is none of the machine's programs" "has the bundled programs only" "$(plain '' /bin/true)"

# Guests that mean harm.
tap_like "a triple fault's last moment is what is to be seen of the dead" "a triple fault on processor 0.* rip .*ud2|registers are gone" \
    "$(plain 'key c\npane 2 20\n' --kernel "$O/tests/kvm/triple" | tr '\n' ' ')"
tap_like "... and the moment before it is the exit" "A triple fault: " "$(plain 'key c\nlast shutdown\n' --kernel "$O/tests/kvm/triple")"
tap_like "accesses to nobody are said to be that" "nobody" "$(plain 'next MMIO\n' --kernel "$O/tests/kvm/storm")"
tap_like "... and so is a slot of virtio's without a device" "store 0xd0000070 = 0x[0-9a-f]*, nobody" \
    "$(plain 'find 0xd0000070\n' --kernel "$O/tests/kvm/storm")"
tap_like "... but not one with a disk" "store 0xd0000070 = 0x[0-9a-f]*, virtio" \
    "$(plain 'find 0xd0000070\n' --kernel "$O/tests/kvm/storm" --disk "$TRIVIUM")"
tap_like "more moments than there is room for: how many are missing is said" "[0-9,]* moments were not kept" \
    "$(plain 'next gap\n' --timeout 30 --kernel "$O/tests/kvm/deluge")"
tap_like "... counts are of all, and the end is there" "the end: The machine has ended with status 25.*port I/O +- +40,001" \
    "$(plain 'key c\nwhere\npane 3\n' --timeout 30 --kernel "$O/tests/kvm/deluge" | tr '\n' ' ')"
tap_like "a guest that never ends is ended, and shown up to there" "still ran after 1 s" \
    "$(plain 'key c\n' --timeout 1 --kernel "$O/tests/kvm/loop")"

# On the grid.
printf 'next port I/O\nkey x\nkey escape\nexport %s/one.svg\nkey 2\nexport %s/two.txt\n' "$tap_tmp" "$tap_tmp" >"$tap_tmp/given"
"$TRIVIUM" step --on kvm --frame --screen 120x40 --script "$tap_tmp/given" hello >"$tap_tmp/frame" </dev/null
tap_like "every screen says that it is a record" "record: hardware does not step back" "$(head -n 1 "$tap_tmp/frame")"
tap_ok "a pane is written as SVG, which is well formed" python3 -c "import xml.dom.minidom
xml.dom.minidom.parse('$tap_tmp/one.svg')"
tap_is "... and as text; both say which program's it is" "1 1" "$(sum=$(sha256sum "$O/guest/x86_64/hello" | cut -c 1-64)
grep -c "$sum" "$tap_tmp/one.svg") $(grep -c "$(sha256sum "$O/guest/x86_64/hello" | cut -c 1-64)" "$tap_tmp/two.txt")"
tap_like "... and that it is of a run" "of a run on kvm; record: hardware" "$(cat "$tap_tmp/two.txt")"
"$TRIVIUM" step --on kvm --script "$tap_tmp/given" --record "$tap_tmp/cast" hello >"$tap_tmp/out" </dev/null
tap_is "a recording is lines of JSON" "80 24 true" \
    "$(jq -s -r '"\(.[0].width) \(.[0].height) \(.[1:] | length > 3 and all(.[1] == "o"))"' "$tap_tmp/cast")"
"$TRIVIUM" step --on kvm --script "$tap_tmp/given" --screenshot "$tap_tmp/picture.png" --projector hello </dev/null
tap_is "a picture for a projector has 1280 by 800 pixels" "1280 800" \
    "$(od -An -tu1 -j16 -N8 "$tap_tmp/picture.png" | awk '{ print $3 * 256 + $4, $7 * 256 + $8 }')"
tap_is "on a terminal q ends it, and nothing of the guest's was written there" "0 0" \
    "$("$O/tests/e2e/pty" --at 'q quit' type:h --at KEYS type:q "$TRIVIUM" step --on kvm hello \
        >"$tap_tmp/out" 2>"$tap_tmp/err"; echo $?) $(grep -c -a '^hello, world' "$tap_tmp/out")"
tap_like "and the terminal is as before" "terminal: same" "$(cat "$tap_tmp/err")"
tap_done
