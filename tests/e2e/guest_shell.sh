#!/bin/sh
# The bundled shell: words, pipes, redirection, conditions, status, and Ctrl-C on a terminal.
#
# Under qemu-riscv64 the shell cannot start RV64 programs by itself (the host's kernel would have to
# run them), so there the commands are started through qemu-riscv64 too: $run stands before each.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

case $O in
/*) ;;
*) O=$PWD/$O ;;
esac

# shell ARGUMENT...: runs the shell of $isa in the folder of this test.
shell()
{
    (cd "$tap_tmp" && $run "$O/guest/$isa/sh" "$@" 2>&1)
}

# is NAME EXPECTED COMMANDS: the output of the commands and the status of the shell.
# ECHO and CAT stand for the bundled programs.
is()
{
    commands=$(printf '%s\n' "$3" |
        sed "s#ECHO#${run:+$run }$O/guest/$isa/echo#g; s#CAT#${run:+$run }$O/guest/$isa/cat#g")
    tap_is "$isa: $1" "$2" "$(shell -c "$commands"; echo "[$?]")"
}

test_words()
{
    is "words are separated by blanks" "a b
[0]" 'ECHO  a	 b '
    is "quotes keep blanks, operators and #" "a  b;|#<>'& x
[0]" "ECHO \"a  b;|#<>'\"'& x'"
    is "a backslash keeps the next character" 'a b"
[0]' 'ECHO a\ b\"'
    is 'between "..." a backslash escapes quotes and $ only' '"$x\y
[0]' 'ECHO "\"\$x\y"'
    is "an empty word is a word" " x
[0]" "ECHO '' x"
    is "# starts a comment only at the start of a word" "a#b
[0]" "ECHO a#b #c"
    is "the environment is put in, but not between '...'" "t \$TRIVIUM_T t1 $
[0]" "ECHO \$TRIVIUM_T '\$TRIVIUM_T' \"\$TRIVIUM_T\"1 \$"
    is "an empty line does nothing" "[0]" "   # nothing"
}

test_conditions()
{
    is "; runs one after the other" "a
b
[0]" "ECHO a; ECHO b;"
    is "&& runs after success, || after failure" "b
c
e
[0]" "false && ECHO a; true && ECHO b; false || ECHO c; true || ECHO d; false && true || ECHO e"
    is "\$? is the status of the last pipeline" "1
0
3
[0]" "false; ECHO \$?; ECHO \$?; $O/guest/x86_64/sh -c 'exit 3'; ECHO \$?"
    is "the last of a pipeline gives its status" "[1]" "true | false"
    is "exit ends the shell with a status" "[7]" "exit 7; ECHO no"
    is "exit without a number keeps the last status" "[1]" "false; exit"
    tap_is "$isa: a program that is not there is status 127" "sh: no-such-program: not found 127" \
        "$(PATH=/usr/bin:/bin shell -c no-such-program | tr '\n' ' '
           PATH=/usr/bin:/bin shell -c no-such-program >/dev/null; echo $?)"
    is "a file that is no program is status 126" "sh: ./text: Permission denied
[126]" "ECHO x > text; ./text"
}

test_files()
{
    is "> makes a file, >> adds to it, < reads it" "one
two
[0]" "ECHO one > f; ECHO two >> f; CAT < f"
    is "> empties a file that is there" "new
[0]" "ECHO a long text > f; ECHO new > f; CAT f"
    is "a redirection may stand anywhere" "x y
[0]" "> f ECHO x y; CAT < f"
    is "a file that cannot be opened fails its command only" "sh: /nowhere/f: No such file or directory
1
[0]" "CAT < /nowhere/f; ECHO \$?"
    is "pipes connect any number of commands" "text
[0]" "ECHO text | CAT | CAT | CAT - | CAT"
    is "commands of a pipeline run at the same time" "[0]" \
        "CAT /dev/zero | $(command -v head) -c 1000000 > f"
    is "commands of the shell can stand in a pipe" "$(cd "$tap_tmp" && pwd -P)
[0]" "pwd | CAT"
    is "cd changes the folder, of the shell only in its own process" "/
/
[0]" "cd /; pwd; cd /proc | true; pwd"
    is "cd to nowhere fails" "sh: cd: /nowhere: No such file or directory
[1]" "cd /nowhere"
}

test_mistakes()
{
    is "an open quote is told" "sh: a quote is not closed: 'b
[2]" "ECHO a 'b"
    is "a pipe to nothing is told, and nothing runs" "sh: the line ends where a word should follow
[2]" "ECHO a |"
    is "an operator without a command is told" "sh: '&&' is not expected here
[2]" "ECHO a ; && ECHO b"
    is "what this shell does not know is told" "sh: this shell does not know '&'
[2]" "ECHO a &"
    is "a script stops at a mistake" "a
sh: '|' is not expected here
[2]" "ECHO a
| ECHO b
ECHO c"
}

test_input()
{
    printf 'pwd\ncd /\npwd' >"$tap_tmp/script"
    tap_is "$isa: a script file runs, also without a final newline" "$(cd "$tap_tmp" && pwd -P)
/" "$(shell script)"
    tap_is "$isa: a command reads on where the shell has stopped" "for cat
for cat too" "$(printf '%s\nfor cat\nfor cat too\n' "$run $O/guest/$isa/cat" | shell)"
    tap_is "$isa: a script that is not there is status 127" 127 \
        "$(shell nowhere >/dev/null; echo $?)"
}

# What only programs of the host's own ISA can show.
test_native()
{
    tap_is "without PATH, commands are found next to the shell" "found" \
        "$(cd "$tap_tmp" && env -u PATH "$O/guest/x86_64/sh" -c 'cd /; echo found | cat')"
    tap_is "so they are when the shell was started by a relative path" "found" \
        "$(cd "$O/guest" && env -u PATH x86_64/sh -c 'cd /; echo found')"
    tap_is "with PATH, only there" "sh: echo: not found" \
        "$(PATH=/nowhere:/nowhere-else "$O/guest/x86_64/sh" -c 'echo lost' 2>&1)"
    tap_is "a command that is ended by a signal is told" \
        "sh: process N was ended by signal 15
143" "$(cd "$tap_tmp" && "$O/guest/x86_64/sh" -c \
        "/bin/sh -c 'kill \$\$'; $O/guest/x86_64/echo \$?" 2>&1 | sed 's/process [0-9]*/process N/')"
    tap_is "no prompt is shown to a file" "x" \
        "$(echo "$O/guest/x86_64/echo x" | "$O/guest/x86_64/sh")"
}

# await REGEX COUNT: waits, ten seconds at most, until so many lines on the terminal match.
await()
{
    for _ in $(seq 100); do
        [ "$(tr -d '\r' <"$tap_tmp/terminal" | grep -c -e "$1")" -ge "$2" ] && return
        sleep 0.1
    done
}

# Types into the shell on a terminal. Ctrl-C also drops what was typed and not read yet, so each waits
# until all before it was seen, and what follows waits for the Ctrl-C. A typed line is seen once, a
# line that cat repeats is seen twice.
type_commands()
{
    printf '%s\nready\n' "$O/guest/x86_64/cat"
    await ready 2
    printf '\003'
    await '^\$ $' 1
    printf '%s status $?\n' "$O/guest/x86_64/echo"
    await '^status' 1
    printf '\003'
    await '\^C' 2
    printf "'open\nexit 3\n"
    await 'exit 3' 1
}

test_terminal()
{
    : >"$tap_tmp/terminal"
    # exec: or the host's shell that script(1) starts stays around, and dies of our Ctrl-C.
    type_commands | script -q -e -c "exec $O/guest/x86_64/sh" /dev/null >>"$tap_tmp/terminal" 2>&1
    status=$?
    tr -d '\r' <"$tap_tmp/terminal" >"$tap_tmp/seen"
    tap_like "Ctrl-C ends a command, not the shell" '^status 130$' "$(cat "$tap_tmp/seen")"
    tap_like "a prompt is shown on a terminal" '^(\^C)?\$ ' "$(cat "$tap_tmp/seen")"
    tap_like "on a terminal a mistake does not end the shell" 'a quote is not closed' \
        "$(cat "$tap_tmp/seen")"
    tap_is "the shell left a terminal with the status of exit" 3 "$status"
}

export TRIVIUM_T=t
isa=x86_64 run=
test_words
test_conditions
test_files
test_mistakes
test_input
test_native
if command -v script >/dev/null; then
    test_terminal
else
    tap_skip "Ctrl-C ends a command, not the shell" "script is missing (package bsdutils)"
fi
if command -v qemu-riscv64 >/dev/null; then
    isa=rv64 run=$(command -v qemu-riscv64)
    test_words
    test_conditions
    test_files
    test_mistakes
    test_input
else
    tap_skip "rv64: the shell works under qemu-riscv64" \
        "qemu-riscv64 is missing (package qemu-user)"
fi
tap_done
