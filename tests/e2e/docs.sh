#!/bin/sh
# The documents against what they describe: generated parts are there and, where they do not measure
# anything, up to date; links lead somewhere; targets and commands exist.
# shellcheck source=tests/tap.sh
. tests/tap.sh

tap_ok "the ISA's document can be made" make -s O="$O" "$O/docs/isa.md"
# It tells which instructions prime and fork execute, which is for their compiler to choose.
compiler=$(guest/find-cc)
version=$($compiler -dumpversion)
if [ "$compiler $version" = "riscv64-unknown-elf-gcc 12.2.0" ]; then
    tap_ok "docs/isa.md is up to date (make docs)" diff -u docs/isa.md "$O/docs/isa.md"
    cp docs/codegen.md "$tap_tmp/codegen.md"
    mk/generate.sh "$tap_tmp/codegen.md" 2>"$tap_tmp/log"
    tap_ok "docs/codegen.md is up to date (make docs)" diff -u docs/codegen.md "$tap_tmp/codegen.md"
else
    tap_skip "docs/isa.md and docs/codegen.md are up to date" "it was made with another compiler than $compiler $version"
fi

# Every generated part names its command and holds something.
empty=$(awk '/^<!-- generated/ { open = $0; filled = 0; next }
    /^<!-- end -->/ { if (open == "" || !filled) print NR; open = ""; next }
    NF { filled = 1 }
    END { if (open != "") print "end of file" }' README.md)
tap_is "README.md's generated parts are filled (make docs)" "" "$empty"
tap_like "README.md has generated parts" "^<!-- generated text: trivium race" "$(cat README.md)"

# [text](path) in FILE is relative to FILE.
broken=$(mk/files.sh '*.md' | while read -r file; do
    grep -o ']([^)#]*' "$file" | sed 's/^](//' | grep -v '^[a-z]*:' | while read -r link; do
        [ -e "$(dirname "$file")/$link" ] || echo "$file: $link"
    done
done)
tap_is "no link in a document is broken" "" "$broken"

# A PNG says its size in its header, as two numbers of four bytes.
size_of()
{
    od -A n -t u1 -j 16 -N 8 "$1" | awk '{ print $3 * 256 + $4 "x" $7 * 256 + $8 }'
}
for name in race race-projector; do
    tap_is "the picture of the window, $name, is 1280 by 800" 1280x800 "$(size_of docs/pictures/$name.png)"
done
tap_is "there is one of the page, and of the ladder" "900 960" "$(for name in report ladder; do
    size_of docs/pictures/$name.png
done | sed 's/x.*//' | paste -s -d ' ')"

# `folder/file.ext` in backquotes, and in lines of commands.
absent=$(grep -ohE '`[a-z]+/[A-Za-z0-9_/.-]+`' ./*.md docs/*.md docs/decisions/*.md | tr -d '`' |
    sort -u | while read -r path; do
    case $path in build/* | *NAME*) continue ;; esac
    [ -e "$path" ] || echo "$path"
done)
tap_is "every file that a document names exists" "" "$absent"

targets=$(sed -n 's/^\([a-z][a-z0-9-]*\):.*/\1/p' Makefile mk/*.mk bench/bench.mk)
unknown=$(grep -ohE '(^    |`)make [a-z][a-z0-9-]*' ./*.md docs/*.md docs/decisions/*.md |
    sed 's/.*make //' | sort -u | while read -r target; do
    echo "$targets" | grep -qx "$target" || echo "$target"
done)
tap_is "every make target that a document names exists" "" "$unknown"

# The lines under "Things to try", with less time spent.
sed -n '/^## Things to try/,/^## /s/^    build\///p' README.md | sed 's/--time 1/--time 0.05/' |
    sed 's/^trivium race/& --runs 1/' >"$tap_tmp/try"
bin=$(cd "$O" && pwd)
tap_not "README.md has things to try" test ! -s "$tap_tmp/try"
# try LINE: does it work? Where there is no KVM, what needs it ends with the reason instead. Whether a race comes out
# the same again is for the host to say: same, different, not comparable.
try()
{
    env PATH="$bin:$PATH" sh -c "$1 </dev/null" && return
    try_status=$?
    case $1 in
    *' reproduce '*) [ "$try_status" -eq 1 ] || [ "$try_status" -eq 3 ] ;;
    *'--on kvm '*) [ ! -r /dev/kvm ] && env PATH="$bin:$PATH" sh -c "$1 </dev/null" 2>&1 |
        grep -q '^trivium: cannot open /dev/kvm: ' ;;
    *) false ;;
    esac
}
while read -r line; do
    tap_ok "README.md: $line" try "$line"
done <"$tap_tmp/try"
tap_done
