#!/bin/sh
# The lecturer's pages: every command on them works, and `present` does what it says. Races are as
# short as can be, and `why` is run by why.sh: here only its topics are looked up.
# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/e2e/lecture.sh
. tests/e2e/lecture.sh

pages=docs/lectures
bin=$(cd "$O" && pwd)
PATH=$bin:$PATH
export PATH
topics=$(trivium why | awk '{ print $1 }')

# Result files of the pages are made in a folder of ours; their races come before what reads them.
mkdir -p "$tap_tmp/build"

# works COMMAND...: as one word. A status of 1 of reproduce is the host's business: it is another speed.
works()
{
    short=$(echo "$1" | shorter | sed -e 's/--replay [^ ]*/& --frame last/' -e 's/^trivium step/& --plain/')
    sh -c "$short" </dev/null >"$tap_tmp/out" 2>&1
    status=$?
    case "$1 $status" in
    *' 0' | 'trivium reproduce '*' '[13]) return 0 ;;
    *kvm*) [ ! -w /dev/kvm ] && grep -q '/dev/kvm' "$tap_tmp/out" && return 0 ;;
    'trivium doctor 1') return 0 ;;
    esac
    echo "status $status from: $short"
    tail -n 5 "$tap_tmp/out"
    return 1
}

# Commands of pages, and those in backquotes of the glossary's last column.
commands()
{
    sed -n 's/^    \(trivium .*\)/\1/p' "$pages/five.md" "$pages/twenty.md" "$pages/forty-five.md" "$pages/misconceptions.md"
    grep -o '`trivium [a-z]* [^`]*`' "$pages/glossary.md" | tr -d '`'
}

commands | awk '!seen[$0]++' >"$tap_tmp/commands"
tap_ok "the pages have commands" test "$(wc -l <"$tap_tmp/commands")" -ge 30
while IFS= read -r command; do
    case $command in
    'trivium why '*)
        topic=${command#trivium why }
        tap_ok "$command" sh -c "echo '$topics' | grep -qx '$topic'"
        ;;
    *) tap_ok "$command" works "$command" ;;
    esac
done <"$tap_tmp/commands"

# What present does with a page.
cat >"$tap_tmp/page.md" <<'END'
A note.

    echo one >>"$MARK"
    echo two >>"$MARK"; false
    echo three >>"$MARK"
END
MARK=$tap_tmp/mark
export MARK
tap_is "present runs what is told, in order, and its status tells of a failure" "1 one two three" \
    "$(PRESENT=all $pages/present "$tap_tmp/page.md" >"$tap_tmp/out"; echo $?) $(tr '\n' ' ' <"$MARK" | sed 's/ $//')"
tap_like "it shows notes and commands" '^  \$ echo three' "$(cat "$tap_tmp/out")"
tap_like "... and what a command's status was" "\(status 1\)" "$(cat "$tap_tmp/out")"
: >"$MARK"
printf 's\n\nq\n' >"$tap_tmp/keys"
PRESENT_KEYS=$tap_tmp/keys $pages/present "$tap_tmp/page.md" >"$tap_tmp/out" 2>&1
tap_is "s is not this one, Enter is this one, q is enough" "two" "$(cat "$MARK")"
tap_is "a page that is not there" 2 "$($pages/present "$tap_tmp/absent.md" >"$tap_tmp/out" 2>&1; echo $?)"

tap_done
