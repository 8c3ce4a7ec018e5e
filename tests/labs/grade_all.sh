#!/bin/bash
# grade_all.sh: a class of submissions to lab 2, most of which mean no good, is graded twice, once killed in
# the middle: the same grades, and no harm done. COUNT=100 makes so many (10).
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"

count=${COUNT:-10}
MAKE="make --no-print-directory CC=$(cut -d ' ' -f 1 "$O/flags")"
export O MAKE LAB_CPU_LIMIT=2 LAB_TIME_LIMIT=20
unset SEED
if [ "$(id -u)" != 0 ]; then
    tap_skip "a class is graded" "only root can run submissions as nobody"
    tap_done
fi
if ! "$TRIVIUM" run --on container --share=mount /bin/true 2>"$tap_tmp/refused"; then
    tap_skip "a class is graded" "no container here: $(head -n 1 "$tap_tmp/refused")"
    tap_done
fi
command -v parallel >/dev/null || {
    tap_skip "a class is graded" "GNU parallel is missing"
    tap_done
}

# What becomes of own_instruction(), and the points that it leaves.
answer()
{
    case $1 in
    right) echo 'return (a >> 46 | a << 18) + b + 1606;' ;;
    wrong) echo 'return a + b;' ;;
    crash) echo 'return *(const volatile uint64_t *)(b - b) + a;' ;;
    loop) echo 'for (volatile int i = 0; i == 0;) continue; return a + b;' ;;
    fork) echo 'extern int fork(void); for (int i = 0; i < 1000; i++) fork(); return a + b;' ;;
    print) echo 'extern int puts(const char *); for (;;) puts("so on and so on and so on"); return a + b;' ;;
    exit) echo 'extern void exit(int); exit(0); return a + b;' ;;
    read) echo 'extern int system(const char *); system("cat '"$class"'/*/labs/02-decode/own.c"); return a + b;' ;;
    write) echo 'extern int system(const char *); system("echo x >>labs/README.md; echo x >'"$PWD"'/written;' \
        'echo x >'"$class"'/written; for each in '"$public"'; do echo x >$each/'"$left"'; done; head -c 1G /dev/zero >$OUT/large"); return a + b;' ;;
    esac
}

class=$tap_tmp/class
# Where anybody may write, and what a submission leaves there.
public="/tmp /var/tmp /dev/shm /run/lock"
left=left-by-$(basename "$tap_tmp")
mkdir -m 700 "$class"
kinds=(right wrong crash loop fork print exit read write empty)
# All else is right.
labs/lab regions | awk -F '\t' '$1 ~ "^2[.]" { print $2 }' | sort -u | while read -r file; do
    mkdir -p "$(dirname "$tap_tmp/answers/$file")"
    awk -f labs/cut.awk "$file" >"$tap_tmp/answers/$file"
done
for ((i = 0; i < count; i++)); do
    kind=${kinds[i % ${#kinds[@]}]}
    # The right answer is that of the seed "trivium".
    name=$kind-$i
    [ "$i" -gt 0 ] || name=trivium
    mkdir "$class/$name"
    [ "$kind" != empty ] || continue
    cp -r "$tap_tmp/answers/." "$class/$name"
    answer "$kind" >"$tap_tmp/answer"
    sed -e '/@lab/r '"$tap_tmp/answer" -e '/@lab/,/@end/{/return ((a\|return (a/d;/\/\/[@|]/d}' labs/02-decode/own.c \
        >"$class/$name/labs/02-decode/own.c"
done
cp labs/README.md "$tap_tmp/before"

export TMPDIR=$tap_tmp/work
mkdir "$TMPDIR"
tap_ok "the class is graded" env RESULTS="$tap_tmp/first" labs/grade-all "$class" 2
tap_is "each of $count has a row" "$count" "$(sed 1d "$tap_tmp/first/grades.csv" | wc -l)"
tap_is "the right answer has all points" "trivium,2,100,100,\"graded\"" "$(grep '^trivium,' "$tap_tmp/first/grades.csv")"
tap_is "who hands in nothing has none" "" "$(grep '^empty-' "$tap_tmp/first/grades.csv" | grep -v ',2,0,100,"graded"$')"
tap_is "all others lose those of their instruction, and no more" "" \
    "$(sed 1d "$tap_tmp/first/grades.csv" | grep -v '^trivium,\|^empty-' | grep -v ',2,94,100,"graded"$')"
if [ "$count" -gt 10 ]; then
    tap_like "what is right for another seed is told to be so" "another SEED's answer" "$(cat "$tap_tmp/first/right-10.txt")"
fi
tap_not "nobody reads another's answer" grep -q '1606;' "$tap_tmp"/first/read-*.txt
tap_ok "nobody writes into this folder" cmp "$tap_tmp/before" labs/README.md
tap_not "... nor into the class's" test -e "$class/written"
tap_not "... nor makes a file here" test -e written
# shellcheck disable=SC2086 # a list of folders
tap_is "... nor leaves one where anybody may write" "" "$(find $public -maxdepth 1 -name "$left" 2>/dev/null)"
tap_is "nothing is left where they worked" "" "$(find "$TMPDIR" -name 'trivium-grade*')"

# Killed when some are done, and called again.
RESULTS=$tap_tmp/second JOBS=1 setsid labs/grade-all "$class" 2 >"$tap_tmp/killed" 2>&1 &
grading=$!
for _ in $(seq 600); do
    [ "$(find "$tap_tmp/second" -name '*.row' 2>/dev/null | wc -l)" -lt 3 ] || break
    sleep 0.2
done
kill -KILL -- "-$grading"
wait "$grading" 2>/dev/null
done_before=$(find "$tap_tmp/second" -name '*.row' | wc -l)
tap_ok "killed in the middle ($done_before done)" test "$done_before" -ge 3 -a "$done_before" -lt "$count"
tap_ok "it goes on" env RESULTS="$tap_tmp/second" labs/grade-all "$class" 2
tap_ok "with the same grades" diff "$tap_tmp/first/grades.csv" "$tap_tmp/second/grades.csv"
tap_done
