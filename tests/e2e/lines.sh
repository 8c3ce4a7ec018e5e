#!/bin/sh
# Source lines of programs: what lib/lines.h says of each word of their code, against addr2line; and
# of damaged files, which may say anything but must not break it.
# shellcheck source=tests/tap.sh
. tests/tap.sh

lines=$O/tests/e2e/lines
prime=$O/guest/rv64/prime

# same FILE: as addr2line has it, word by word. It leaves a "./" in some names; and of the first word behind a
# source in assembly, where that one's code ends as well, it knows nothing.
same()
{
    "$lines" "$1" >"$tap_tmp/ours" || return 1
    cut -d' ' -f1 "$tap_tmp/ours" | riscv64-unknown-elf-addr2line -a -e "$1" |
        sed 'N;s/\n/ /;s/ (discriminator.*//;s/ [^ ]*:[0?]$/ ??:0/;s| \(\./\)*| |' >"$tap_tmp/theirs"
    paste -d' ' "$tap_tmp/ours" "$tap_tmp/theirs" |
        awk '$2 != $4 && !($4 == "??:0" && before ~ /\.S:/) { print } { before = $4 }' >"$tap_tmp/differ"
    head -n 5 "$tap_tmp/differ"
    test ! -s "$tap_tmp/differ"
}

for program in prime fork stress kernel; do
    tap_ok "$program: each word is of the line that addr2line says" same "$O/guest/rv64/$program"
    tap_ok "... and more than a thousand have one" test "$(grep -vc '??:0' "$tap_tmp/ours")" -gt 1000
done

# A line's code begins where its first statement is, and it is a line of the file.
line=$(sed -n '/^int main/=' guest/bin/prime.c)
tap_like "a line has code" "^[0-9]+ 0x[0-9a-f]+" "$("$lines" "$prime" "prime.c:$line")"
tap_is "one without code stands for the next one that has" \
    "$("$lines" "$prime" "prime.c:$("$lines" "$prime" prime.c:1 | cut -d' ' -f1)")" "$("$lines" "$prime" prime.c:1)"
tap_is "the file's folders may be named" "$("$lines" "$prime" prime.c:1)" "$("$lines" "$prime" guest/bin/prime.c:1)"
tap_is "... but not half a name" 0 "$("$lines" "$prime" ime.c:1)"
tap_is "behind its end there is no line" 0 "$("$lines" "$prime" prime.c:99999)"
for bad in prime.c prime.c: prime.c:x :5 prime.c:0 prime.c:99999999999999999999 prime.c:5x; do
    tap_is "'$bad' is no line" "it is no FILE:LINE" "$("$lines" "$prime" "$bad")"
done

# Built in another folder, program and kernel are the same: none names this one.
for file in "$prime" "$O/guest/rv64/kernel"; do
    riscv64-unknown-elf-objcopy --decompress-debug-sections "$file" "$tap_tmp/plain"
    tap_not "${file##*/} does not name the folder it was built in" grep -qaF "$PWD" "$tap_tmp/plain"
done

riscv64-unknown-elf-strip -g -o "$tap_tmp/stripped" "$prime"
tap_like "without information on lines it says so" "has no information on source lines" \
    "$("$lines" "$tap_tmp/stripped" prime.c:1)"
tap_like "... and what to do" "compile it with -g" "$("$lines" "$tap_tmp/stripped" prime.c:1)"
echo "no ELF file" >"$tap_tmp/text"
tap_like "what is no ELF file is refused" "trivium: .*text: " "$("$lines" "$tap_tmp/text")"

# Not compressed, so that damage reaches what libdw parses.
riscv64-unknown-elf-objcopy --decompress-debug-sections "$O/guest/rv64/hello" "$tap_tmp/hello" 2>"$tap_tmp/err"
seed=${SEED:-$(date +%s)}
echo "# SEED=$seed"
for file in "$tap_tmp/hello" "$O/guest/rv64/hello"; do
    output=$("$lines" --damage "$file" 1000 "$seed")
    tap_is "a thousand damaged files are read or refused" 0 $?
    echo "# $output"
done
# The line table cut short, and lengths in it that lie.
section=$(readelf -SW "$tap_tmp/hello" | sed -n 's/.*\.debug_line  *PROGBITS  *[0-9a-f]* \([0-9a-f]*\) \([0-9a-f]*\).*/\1 \2/p')
offset=$((0x${section% *}))
cp "$tap_tmp/hello" "$tap_tmp/long"
printf '\377\377\377\177' | dd of="$tap_tmp/long" bs=1 seek=$offset conv=notrunc 2>/dev/null
tap_like "a table that is longer than its section is refused" "its source lines cannot be read: " \
    "$("$lines" "$tap_tmp/long" 2>&1)"
tap_done
