#!/bin/sh
# The view Names: the record of a container on the grid. First screens of a record that is always the same, then of a
# real container, held against what the program in it saw itself.
# REGENERATE=1 writes the screens anew; look at them.
# shellcheck source=tests/tap.sh
. tests/tap.sh

unset NO_COLOR COLORTERM
export LC_ALL=C.UTF-8 TERM=xterm
screen=$O/tests/e2e/names_screen
pty=$O/tests/e2e/pty
golden=tests/e2e/step_names

# same_as_golden NAME SIZE MOMENT [KEY...]
same_as_golden()
{
    name=$2-$1
    shift
    "$screen" "$@" >"$tap_tmp/frame"
    if [ -n "${REGENERATE:-}" ]; then
        cp "$tap_tmp/frame" "$golden/$name.txt"
    fi
    tap_ok "the screen is as it was: $name" diff "$golden/$name.txt" "$tap_tmp/frame"
}

for size in 160x50 120x40 80x24; do
    same_as_golden limit "$size" 2 3
    same_as_golden clone "$size" 4 2
    same_as_golden pivot "$size" 11 4
    same_as_golden run "$size" 15 5
    same_as_golden end "$size" 16 3
    same_as_golden console "$size" 17 0
done
same_as_golden zoom 80x24 13 4 z
same_as_golden ask 80x24 8 '?'
tap_is "what the program wrote is nothing that a terminal obeys" "" \
    "$(LC_ALL=C grep -l "$(printf '[\033\233\a]')" "$golden"/*.txt)"
tap_is "each screen says that it is a record" "" "$(grep -L 'a record: no container steps back' "$golden"/*.txt)"

if ! "$TRIVIUM" run --on container hello >"$tap_tmp/out" 2>&1 </dev/null; then
    # The reason is that of `run', and there is no other way in its place.
    tap_is "a host that makes no container is told so by the same words" "$(cat "$tap_tmp/out")" \
        "$("$TRIVIUM" step --on container --frame hello 2>&1)"
    tap_skip "the record of a real container" "$(head -n 1 "$tap_tmp/out")"
    tap_done
fi

# names SCRIPT-LINE ARGUMENTS...: the screen after that line.
names()
{
    printf '%s\n' "$1" >"$tap_tmp/script"
    shift
    "$TRIVIUM" step --on container --frame --screen 160x50 --script "$tap_tmp/script" "$@" 2>&1
}

# The program says by itself in which namespaces it is: a witness that is not the recorder.
witness=$(realpath "$O/tests/ctr/witness")
names 'next end
key 0
key z' "$witness" >"$tap_tmp/console"
tap_like "the console is what the program wrote" "pid-here 2" "$(cat "$tap_tmp/console")"

# Both are of the same run: the numbers of another are other ones.
printf '%s\n' 'find execve' 'pane 2' 'pane 4' 'next end' 'pane 0 20' >"$tap_tmp/script"
"$TRIVIUM" step --on container --plain --script "$tap_tmp/script" "$witness" >"$tap_tmp/plain" 2>&1
for name in user mnt pid net uts ipc cgroup time; do
    seen=$(grep -oE "^ *$name [0-9]+ *$" "$tap_tmp/plain" | awk '{ print $2 }')
    shown=$(awk -v name=$name '$1 == name && NF > 3 { print $3; exit }' "$tap_tmp/plain")
    tap_is "the number shown for $name is the one that the program read" "$seen" "$shown"
    here=$(readlink "/proc/self/ns/$name" | tr -dc 0-9)
    tap_is "and the host's is ours" "$here" \
        "$(awk -v name=$name '$1 == name && NF > 3 { print $2; exit }' "$tap_tmp/plain")"
done
tap_is "so is its process" "2" "$(awk '$1 == "process" { print $2; exit }' "$tap_tmp/plain")"
tap_like "whose number on the host is another" "^[0-9]{2,}$" "$(awk '$1 == "process" { print $3; exit }' "$tap_tmp/plain")"
tap_is "what the host calls itself is there, too" "$(hostname)" \
    "$(awk '$1 == "host" && $2 == "name" { print $5; exit }' "$tap_tmp/plain")"

# In what it shares it is told the host's numbers, and that is said.
printf '%s\n' 'find execve' 'pane 2' >"$tap_tmp/script"
"$TRIVIUM" step --on container --share net,ipc --plain --script "$tap_tmp/script" "$witness" >"$tap_tmp/plain" 2>&1
tap_is "what is shared has one number, and is called so" "ipc net" \
    "$(awk 'NF > 3 && $2 == $3 && $4 == "shared" && $1 != "time" { print $1 }' "$tap_tmp/plain" | sort | xargs)"

# There and back is the same screen.
printf '%s\n' 'goto 7' 'frame' 'step 12' 'back 12' 'frame' >"$tap_tmp/script"
"$TRIVIUM" step --on container --plain --script "$tap_tmp/script" hello >"$tap_tmp/frames" 2>&1
tap_is "forward and back is where one was" "2 1" \
    "$(grep -c '│ moment 7 of' "$tap_tmp/frames") $(awk '/^> frame/ { on = 1; next } /^> / { on = 0 } on' "$tap_tmp/frames" |
        awk '/│ moment 7 of/ { n++ } { text[n] = text[n] "\n" $0 } END { print text[1] == text[2] }')"

# An attack on the terminal: in a file, in lines, and on a terminal.
evil=$(printf '\033]0;evil\a\033[2Jbright\033[31m\n')
printf '%s\n' 'next end' 'pane 0' 'frame' >"$tap_tmp/script"
"$TRIVIUM" step --on container --plain --script "$tap_tmp/script" "$witness" "$evil" >"$tap_tmp/evil" 2>&1
tap_like "an escape sequence is shown as dots" '\.\]0;evil\.\.\[2Jbright\.\[31m' "$(cat "$tap_tmp/evil")"
tap_is "and is not written" 0 "$(LC_ALL=C grep -c "$(printf '[\033\a]')" "$tap_tmp/evil")"
"$pty" --at 'q quit' type:c0 --at 'pid-here' type:q "$TRIVIUM" step --on container "$witness" "$evil" \
    >"$tap_tmp/evil" 2>&1
tap_like "on a terminal it is on the screen" 'evil' "$(tr -d '\0' <"$tap_tmp/evil")"
tap_is "but no title is set" 0 "$(LC_ALL=C grep -c "$(printf '\033\]0;evil')" "$tap_tmp/evil")"

# What cannot be is said by the same words as of `run'.
tap_is "a program that there is not" "127 127" "$("$TRIVIUM" step --on container nosuch >"$tap_tmp/a" 2>&1; echo $?) $(
    "$TRIVIUM" run --on container nosuch >"$tap_tmp/b" 2>&1; echo $?)"
tap_ok "is told as by run" cmp "$tap_tmp/a" "$tap_tmp/b"
tap_like "a terminal of its own cannot be recorded" "who looks at a record later cannot type into it" \
    "$("$TRIVIUM" step --on container --tty hello 2>&1)"
tap_like "options of a container are for a container" "need --on container" "$("$TRIVIUM" step --pids 3 hello 2>&1)"

# Claimed and enforced, and the program has read the file that enforces it.
# shellcheck disable=SC2016 # it is for the shell in the container
read_limit='
while IFS=: read -r _ controllers path; do
    case ,$controllers, in
    *,memory,*) cat "/sys/fs/cgroup/memory$path/memory.limit_in_bytes" ;;
    ,,) cat "/sys/fs/cgroup$path/memory.max" "/sys/fs/cgroup/unified$path/memory.max" 2>/dev/null ;;
    esac
done </proc/self/cgroup'
printf '%s\n' 'find execve' 'pane 3 40' 'next end' 'pane 3 40' 'pane 0' >"$tap_tmp/script"
if "$TRIVIUM" run --on container --memory 48M hello >"$tap_tmp/out" 2>&1; then
    "$TRIVIUM" step --on container --share mount,cgroup --memory 48M --plain --script "$tap_tmp/script" /bin/sh -c "$read_limit" \
        >"$tap_tmp/plain" 2>&1
    tap_is "the limit that is shown is the one that the program read in its group's file" "50331648 50331648" \
        "$(awk '$1 ~ /^memory.(max|limit_in_bytes)$/ && $4 == "same" { print $3; exit }' "$tap_tmp/plain") $(
            grep -xm1 '50331648' "$tap_tmp/plain")"
    tap_like "what is used now is measured while it runs" "now: [1-9][0-9,]* bytes in use" "$(cat "$tap_tmp/plain")"
    tap_like "and the most of it in the end" "measured: peak [1-9][0-9]* bytes; 0 killed" "$(cat "$tap_tmp/plain")"
    printf '%s\n' 'next end' 'pane 3 40' >"$tap_tmp/script"
    "$TRIVIUM" step --on container --memory 48M --plain --script "$tap_tmp/script" \
        "$O/tests/ctr/attack" memory-bomb >"$tap_tmp/plain" 2>&1
    tap_like "who takes more is killed, which is measured" "[1-9] killed for memory" "$(cat "$tap_tmp/plain")"
else
    tap_skip "a limit and the file that enforces it" "$(head -n 1 "$tap_tmp/out")"
fi

# Without rights: it works, and says what it cannot do; where nobody makes a namespace, the reason is that of `run'.
if [ "$(id -u)" != 0 ]; then
    tap_skip "a record without rights" "root is needed to give them up"
    tap_done
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/trivium-user.XXXXXX") || exit 1
trap 'rm -rf "$folder" "$tap_tmp"' EXIT
chmod 755 "$folder"
mkdir "$folder/build"
cp -r "$TRIVIUM" "$O/guest" "$folder/build/"
nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
printf '%s\n' 'find execve' 'pane 2' 'pane 3' 'pane 4 30' >"$folder/script"
if (cd "$folder" && $nobody build/trivium run --on container hello) >"$tap_tmp/out" 2>&1 </dev/null; then
    (cd "$folder" && $nobody build/trivium step --on container --plain --script script hello) >"$tap_tmp/plain" 2>&1 </dev/null
    tap_is "without rights the namespaces are its own, too" "7" "$(grep -c ' own  ' "$tap_tmp/plain")"
    tap_like "and root in there is who runs it" "root in there is you, user 65534" "$(cat "$tap_tmp/plain")"
    tap_like "what that cannot do is said" "Without rights: one user in there" "$(cat "$tap_tmp/plain")"
    if (cd "$folder" && $nobody build/trivium run --on container --memory 64M hello) >"$tap_tmp/out" 2>&1 </dev/null; then
        tap_skip "a limit that it cannot have" "somebody has handed a group to this user"
    else
        tap_is "a limit that it cannot have is refused as by run" "$(cat "$tap_tmp/out")" \
            "$(cd "$folder" && $nobody build/trivium step --on container --memory 64M --frame hello 2>&1 </dev/null)"
    fi
else
    tap_skip "a record without rights" "$(head -n 1 "$tap_tmp/out")"
fi
# A user namespace in which nobody can make another.
# shellcheck disable=SC2016
denied='echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"'
unshare --user --map-root-user sh -c "$denied" sh "$TRIVIUM" run --on container hello >"$tap_tmp/a" 2>&1
unshare --user --map-root-user sh -c "$denied" sh "$TRIVIUM" step --on container --frame hello >"$tap_tmp/b" 2>&1
tap_like "where nobody makes a namespace that is the reason" "this host allows no user namespaces" "$(cat "$tap_tmp/a")"
tap_ok "in the words of run" cmp "$tap_tmp/a" "$tap_tmp/b"
tap_done
