#!/bin/sh
# Malformed ELF files, and files that are none, as the program to emulate: each is refused with the
# status that it deserves and one message that names it; nothing crashes, hangs or runs.
# shellcheck source=tests/tap.sh
. tests/tap.sh

dir=$tap_tmp/elf
mkdir "$dir"

# refused STATUS FILE: what is wrong with how `trivium run` refuses FILE; nothing when all is right.
refused()
{
    timeout 10 "$TRIVIUM" run --on interp --user "$2" <"/dev/null" >"$tap_tmp/out" 2>"$tap_tmp/err"
    status=$?
    [ "$status" -eq "$1" ] || echo "status $status, expected $1"
    [ ! -s "$tap_tmp/out" ] || echo "output on standard output"
    [ "$(grep -c '^trivium: ' "$tap_tmp/err")" -eq 1 ] || echo "not one message that begins 'trivium: '"
    grep -q -v -e '^trivium: ' -e '^  try: ' "$tap_tmp/err" && echo "more than a message and a hint"
    grep -q -F -e "$2" "$tap_tmp/err" || echo "a message without the file's name"
}

# hostile NAME STATUS FILE TEXT: FILE is refused with STATUS, and the message contains TEXT.
hostile()
{
    problems=$(refused "$2" "$3")
    grep -q -F -e "$4" "$tap_tmp/err" || problems="$problems
a message without '$4'"
    tap_is "$1 is refused" "" "$problems"
    [ -z "$problems" ] || sed 's/^/# stderr: /' "$tap_tmp/err" | head -n 10
}

tap_ok "the good file runs" "$TRIVIUM" run --on interp --user "$O/guest/rv64/hello"

"$O/tests/e2e/elf_mutate" "$O/guest/rv64/hello" "$dir" >"$tap_tmp/cases" || exit 1
tap_ok "there are 50 malformed files at least" test "$(wc -l <"$tap_tmp/cases")" -ge 50

tab=$(printf '\t')
while IFS="$tab" read -r name what expected; do
    hostile "$name, $what," 125 "$dir/$name.elf" "$expected"
done <"$tap_tmp/cases"

mkfifo "$dir/fifo"
chmod +x "$dir/fifo"
ln -s nowhere "$dir/dangling"
ln -s loop "$dir/loop"
cp "$O/guest/rv64/hello" "$dir/plain"
chmod -x "$dir/plain"
printf '#!/bin/sh\necho hello\n' >"$dir/script"
chmod +x "$dir/script"

hostile "a directory" 126 "$dir" "a directory"
hostile "a FIFO" 126 "$dir/fifo" ""
hostile "a device" 126 /dev/null ""
hostile "a dangling symbolic link" 127 "$dir/dangling" "No such file"
hostile "a loop of symbolic links" 126 "$dir/loop" "symbolic links"
hostile "a file that does not exist" 127 "$dir/none" "No such file"
hostile "a file without the x bit" 126 "$dir/plain" "chmod +x"
hostile "a script" 125 "$dir/script" "a script"
hostile "a program for the host" 125 "$O/guest/x86_64/hello" "x86-64"
hostile "a dynamically linked program for the host" 125 "$(command -v sh)" "x86-64"

# An unreadable file needs a user who is not root, who reads everything; and that user needs a
# trivium in a place that is open to all, which the build folder may not be.
name="a file that may not be read"
cp "$O/guest/rv64/hello" "$dir/secret"
chmod 0111 "$dir/secret"
nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
if [ "$(id -u)" -ne 0 ]; then
    hostile "$name" 126 "$dir/secret" "Permission denied"
elif ! $nobody true 2>/dev/null; then
    tap_skip "$name" "root reads everything, and cannot become somebody else here"
else
    cp "$TRIVIUM" "$tap_tmp/trivium"
    printf '#!/bin/sh\nexec %s %s "$@"\n' "$nobody" "$tap_tmp/trivium" >"$tap_tmp/as-nobody"
    chmod 755 "$tap_tmp" "$dir" "$tap_tmp/trivium" "$tap_tmp/as-nobody"
    TRIVIUM=$tap_tmp/as-nobody
    hostile "$name" 126 "$dir/secret" "Permission denied"
fi

tap_done
