#!/bin/sh
# The stepper's view of the machine that runs: console, processes, system calls, harts; at three sizes, in lines, in files.
# What it shows of processes is compared with what the programs themselves and the guest's ps say.
# REGENERATE=1 writes the screens anew; look at them.
# shellcheck source=tests/tap.sh
. tests/tap.sh

export LC_ALL=C.UTF-8
golden=tests/e2e/step_run

# What depends on the compiler of the guest's kernel and programs: where it is and how long it took. Widths stay.
mask()
{
    python3 -c '
import re, sys
def hide(match):
    return re.sub("[0-9a-f]", "#", match[0])
numbers = (r"[0-9]{1,3}(,[0-9]{3})+|[0-9]+\.[0-9]+|(?<=0x)[0-9a-f]{3,}|(?<=\+0x)[0-9a-f]+|(?<=On by )[0-9]+|"
           r"[0-9]+(?= events| +(pages|device|traps|other|interrupts|bytes|instructions|steps))")
for line in sys.stdin:
    is_marks = re.fullmatch(r"[ .EFX]*[.EFX][ .EFX]*\n", line)
    print("(marks)\n" if is_marks else re.sub(numbers, hide, line), end="")'
}

# frame NAME SIZE OPTIONS...: the screen when the script is done.
frame()
{
    script=$golden/$1.script size=$2
    shift 2
    "$TRIVIUM" step --frame --screen "$size" --script "$script" "$@" 2>&1 | mask
}
same_as_golden()
{
    if [ -n "${REGENERATE:-}" ]; then
        printf '%s\n' "$2" >"$golden/$1.txt"
    fi
    printf '%s\n' "$2" >"$tap_tmp/frame"
    tap_ok "the screen is as it was: $1" diff "$golden/$1.txt" "$tap_tmp/frame"
}

for size in 160x50 120x40 80x24; do
    for name in forks process end back; do
        same_as_golden "$size-$name" "$(frame $name $size fork 0 3)"
    done
    same_as_golden "$size-output" "$(frame output $size --user prime --max-prime 100 --events 1)"
    same_as_golden "$size-harts" "$(frame harts $size --cpus 2 fork 0 3)"
done
same_as_golden 80x24-counters "$(frame counters 80x24 fork 0 3)"
same_as_golden 80x24-help "$(frame help 80x24 fork 0 3)"
same_as_golden 160x50-help "$(frame help 160x50 fork 0 3)"

# lines SCRIPT ARGUMENTS...: what a script says in lines, in this view.
lines()
{
    printf 'view run\n%b' "$1" >"$tap_tmp/given"
    shift
    "$TRIVIUM" step --plain --script "$tap_tmp/given" "$@" 2>&1
}

# Independent evidence: what the program says of its forks, and what the guest's ps says of processes while it runs.
told=$(lines 'goto 100000000\npane processes 40\npane counters\n' fork 0 7)
tap_is "there are as many forks as the program says" "$(echo "$told" | sed -n 's/.*Forks: //p')" \
    "$(echo "$told" | sed -n 's/ *\([0-9]*\)  forks (F)$/\1/p')"
tap_is "... as many processes, and the first one" "$(($(echo "$told" | sed -n 's/.*Forks: //p') + 1))" \
    "$(echo "$told" | grep -c '^.\{0,3\} *[0-9]* *└\{0,1\}fork ')"
ps=$(lines 'break syscall exit_group\nrun\nrun\npane processes\npane console\n' sh -c 'true; ps')
tap_is "the processes are those that the guest's ps prints, with their parents" \
    "$(echo "$ps" | sed -n 's/^ *| *\([0-9]*\) *\([0-9]*\) [RSTZ] \([a-z]*\)$/\1 \3/p')" \
    "$(echo "$ps" | sed -n '/PROCESSES .* alive/,/CONSOLE/s/^[ *▶]*\([0-9]\{1,\}\) *└\{0,1\}\([a-z]*\) .*/\1 \2/p' | grep -v true)"
back=$(lines 'goto 100000000\npane processes\ngoto 0\npane processes\n' fork 0 3)
tap_is "going back un-forks" "7 0" "$(echo "$back" | grep -c '^.\{0,3\} *[0-9]* *└\{0,1\}fork ' | tr '\n' ' ')$(echo "$back" |
    sed '1,/goto 0/d' | grep -c 'fork ')"

# In lines, and what is wrong.
tap_like "a view has panes, by number and by name" "view: run, of 0 EVENTS 1 CONSOLE 2 PROCESSES 3 CALLS 4 HARTS 5 COUNTERS" \
    "$(lines '' fork 0 3)"
tap_is "... which say the same" 2 "$(lines 'pane 4\npane harts\n' fork 0 3 | grep -c 'hart 0  mode M\|hart 0  mode S')"
tap_like "a view that there is not is refused" "a view is translate or run, not 'fly'" "$(lines 'view fly\n' fork 0 3)"
tap_like "... and a pane of the other view, by its number" "a pane has a name, or a number from 0 to 5" "$(lines 'pane 7\n' fork 0 3)"
tap_like "... and a process that there is not" "there is no process '9'" "$(lines 'process 9\n' fork 0 3)"
tap_like "a process is told in a sentence" "fork, pid 2, forked by pid 1 at" \
    "$(lines 'goto 100000000\nprocess 2\n' fork 0 3)"

# The stack of a program is elsewhere where its path is longer; what points into it is told as an address, never as a number.
tap_like "the address of an ioctl is an address" "ioctl\\(1, 0x5401, 0x3f[0-9a-f]{8}\\)" \
    "$(lines 'goto 100000000\npane calls 40\n' --user prime --max-prime 100 --events 1)"

# A pane as a file.
printf 'view run\ngoto 100000000\nkey 2\nexport %s/tree.svg\nkey 3\nexport %s/calls.txt\n' "$tap_tmp" "$tap_tmp" >"$tap_tmp/export"
"$TRIVIUM" step --frame --script "$tap_tmp/export" fork 0 3 >/dev/null
tap_ok "panes are written as SVG" python3 -c "import xml.dom.minidom
xml.dom.minidom.parse('$tap_tmp/tree.svg')"
tap_like "... and as text, with where they are from" "# again    trivium step .* fork 0 3, then: goto" "$(cat "$tap_tmp/calls.txt")"

# The row above the timeline, which is no part of the screens that are compared.
marks=$("$TRIVIUM" step --frame --screen 120x40 --script "$golden/end.script" fork 0 3 | grep -E '^[ .EFX]*[.EFX][ .EFX]*$')
tap_like "forks have their marks" F "$marks"
tap_like "... and so have ends" X "$marks"
tap_like "programs that another program begins, too" E \
    "$("$TRIVIUM" step --frame --screen 120x40 --script "$golden/end.script" sh -c ps | grep -E '^[ .EFX]*[.EFX][ .EFX]*$')"

# A kernel that does not tell: it is said why there is no tree, and what is known all the same.
riscv64-unknown-elf-strip -o "$tap_tmp/kernel" "$O/guest/rv64/kernel" 2>/dev/null ||
    riscv64-linux-gnu-strip -o "$tap_tmp/kernel" "$O/guest/rv64/kernel" 2>/dev/null ||
    llvm-strip -o "$tap_tmp/kernel" "$O/guest/rv64/kernel"
foreign=$(lines 'goto 100000000\npane processes\npane calls\n' --kernel "$tap_tmp/kernel" --initrd "$O/guest/rv64/initrd.cpio" \
    --append 'init=/bin/fork -- 0 3')
tap_like "another kernel has no tree, and it is said why" "No tree: this kernel does not say where its processes are" "$foreign"
tap_like "... page tables are told apart" "-  0x8[0-9a-f]{7} " "$foreign"
tap_like "... and system calls have their answers" "wait4\\(2, 0, 0, 0\\) = 2" "$foreign"

tap_done
