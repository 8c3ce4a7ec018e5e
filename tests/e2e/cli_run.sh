#!/bin/sh
# `trivium run`: finding the program, choosing the way, the exit statuses, what --stats tells.
# shellcheck source=tests/tap.sh
. tests/tap.sh

rude=$tap_tmp/rude
${CC:-gcc} -static -no-pie -o "$rude" tests/e2e/cli/rude.c || exit 1

# status COMMAND...: runs it, leaves its output in out and err, prints its exit status.
status()
{
    "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo $?
}

# Finding the program.
for way in native interp; do
    tap_is "a bundled program runs on $way" "hello, world" "$("$TRIVIUM" run --on $way hello)"
done
tap_is "options after PROGRAM are the program's own" "--on -x" \
    "$("$TRIVIUM" run echo --on -x)"
tap_is "a path to an x86-64 file runs natively without --on" 0 "$(status "$TRIVIUM" run "$rude")"
tap_is "so does a dynamically linked one, which the host can run" 0 "$(status "$TRIVIUM" run /bin/true)"
tap_is "a path to an rv64 file runs on interp without --on" "hello, world" \
    "$("$TRIVIUM" run "$O/guest/rv64/hello")"
tap_is "--user is accepted" 0 "$(status "$TRIVIUM" run --user --on interp hello)"
tap_like "without --on, it is an emulated processor" "^hello on interp" \
    "$("$TRIVIUM" run --user --stats hello 2>&1)"
tap_like "-d without --on is about the translator" "^in_asm: " "$("$TRIVIUM" run -d in_asm hello 2>&1)"
for option in --user --dbt=-chain "-d in_asm"; do
    # shellcheck disable=SC2086 # two words on purpose
    tap_like "a way without an emulated processor refuses $option" "is about an emulated processor, and native has none" \
        "$("$TRIVIUM" run --on native $option hello 2>&1)"
done
tap_like "--help says that --user is not a sandbox" "not a sandbox" \
    "$("$TRIVIUM" run --help | tr -s '\n ' ' ')"
ln -s "$(realpath "$TRIVIUM")" "$tap_tmp/linked"
tap_is "trivium finds its programs when it is called through a symbolic link" "hello, world" \
    "$(cd / && "$tap_tmp/linked" run hello)"
mkdir -p "$tap_tmp/prefix/bin" "$tap_tmp/prefix/libexec/trivium"
cp "$TRIVIUM" "$tap_tmp/prefix/bin/trivium"
cp -r "$O/guest" "$tap_tmp/prefix/libexec/trivium/guest"
tap_is "an installed trivium finds its programs under libexec" "hello, world" \
    "$("$tap_tmp/prefix/bin/trivium" run --on interp hello)"
rm -r "$tap_tmp/prefix/libexec"
tap_is "an installed trivium without programs says so, status 125" 125 \
    "$(status "$tap_tmp/prefix/bin/trivium" run hello)"
tap_like "and where it looked" "libexec/trivium/guest" "$(cat "$tap_tmp/err")"
for way in native interp; do
    # shellcheck disable=SC2016 # for the bundled shell
    tap_is "the bundled shell finds the bundled programs on $way" "hello, world" \
        "$("$TRIVIUM" run --on $way sh -c 'hello | cat')"
done

# Exit statuses.
for way in native interp; do
    tap_is "the exit status is the program's own on $way" 7 \
        "$(status "$TRIVIUM" run --on $way sh -c 'exit 7')"
    tap_is "a usage error of the program is its own on $way" 2 \
        "$(status "$TRIVIUM" run --on $way prime --nonsense)"
done
for signal in 6 9 11 15; do
    tap_is "a program killed by signal $signal: status 128 + $signal" $((128 + signal)) \
        "$(status "$TRIVIUM" run "$rude" die $signal)"
done
tap_like "a signal is named" "^trivium: .*rude was killed by signal 15 \(SIGTERM, Terminated\)$" \
    "$(cat "$tap_tmp/err")"
tap_is "a program that does not exist: 127" 127 "$(status "$TRIVIUM" run priem)"
tap_like "what was probably meant is suggested" "try: prime" "$(cat "$tap_tmp/err")"
tap_is "a path that does not exist: 127" 127 "$(status "$TRIVIUM" run ./no-such-file)"
tap_is "a directory: 126" 126 "$(status "$TRIVIUM" run /)"
tap_is "a file without the right to execute: 126" 126 "$(status "$TRIVIUM" run tests/tap.sh)"
tap_is "a way that does not exist: 125" 125 "$(status "$TRIVIUM" run --on jit prime)"
tap_like "the ways that there are get named" "no way .*'jit'.*: native, container, kvm, dbt, threaded, interp" \
    "$(cat "$tap_tmp/err")"
tap_is "no program ran instead" "" "$(cat "$tap_tmp/out")"
tap_is "an x86-64 file on interp: 125, not run natively" 125 \
    "$(status "$TRIVIUM" run --on interp "$rude")"
tap_like "the way that fits is suggested" "try: --on native" "$(cat "$tap_tmp/err")"
tap_is "an unknown option: 125" 125 "$(status "$TRIVIUM" run --nonsense prime)"
tap_is "no program: 125" 125 "$(status "$TRIVIUM" run)"
for seconds in 0 -1 x 1s nan inf ""; do
    tap_is "--timeout '$seconds' is refused: 125" 125 \
        "$(status "$TRIVIUM" run --timeout "$seconds" hello)"
done
tap_is "an unknown command: 125" 125 "$(status "$TRIVIUM" rnu)"
tap_like "the command that was probably meant is suggested" "try: trivium run" \
    "$(cat "$tap_tmp/err")"
tap_is "no command: 125, and the usage" "125 Usage: trivium [OPTION...] COMMAND [ARGUMENTS...]" \
    "$(status "$TRIVIUM") $(head -n 1 "$tap_tmp/err")"
tap_is "help: 0" 0 "$(status "$TRIVIUM" help)"
tap_is "help COMMAND is COMMAND --help" "$("$TRIVIUM" race --help)" "$("$TRIVIUM" help race)"
tap_like "--version" "^trivium [0-9]+\.[0-9]+" "$("$TRIVIUM" --version)"
for command in "" doctor run race; do
    # shellcheck disable=SC2086 # no word when it is empty
    tap_is "trivium $command --help fits 80 columns" "" \
        "$("$TRIVIUM" $command --help | grep -E '.{81}')"
done
tap_is "an address space that ulimit -v makes too small: 125" 125 \
    "$(prlimit --as=4000000000 "$TRIVIUM" run --user --on interp hello 2>"$tap_tmp/err"; echo $?)"
tap_like "with what to do" "try: ulimit -v unlimited" "$(cat "$tap_tmp/err")"

# The emulator's own crash is not the program's. A crash cannot be made on purpose, but a signal
# that nobody in the guest has sent looks the same.
"$TRIVIUM" run --user --on interp sh -c 'cat' <"/dev/zero" >/dev/null 2>"$tap_tmp/err" &
pid=$!
sleep 0.3
kill -SEGV "$(cat /proc/$pid/task/$pid/children)"
wait $pid
tap_is "a crash of the emulator: 125" 125 $?
tap_like "which says whose fault it is" "Trivium itself failed .*SIGSEGV.*report" \
    "$(cat "$tap_tmp/err")"
tap_is "a guest that kills itself with that signal: its own fate" 139 \
    "$(status "$TRIVIUM" run --user --on interp sh -c 'sh -c "exit 139"')"

# --stats, --json, --rows.
tap_is "--stats prints on standard error only" "hello, world" \
    "$("$TRIVIUM" run --user --on interp --stats sh -c hello 2>"$tap_tmp/stats")"
tap_like "--stats names the kernel and says that system calls go there" \
    "kernel +Linux .*\(host\), system calls passed through" "$(cat "$tap_tmp/stats")"
tap_like "--stats counts instructions with separators" "instructions +[0-9]+,[0-9]{3} " \
    "$(cat "$tap_tmp/stats")"
tap_like "--stats counts system calls by name" "^    write +1 " "$(cat "$tap_tmp/stats")"
tap_is "--stats fits 80 columns" "" "$(grep -E '.{81}' "$tap_tmp/stats")"
"$TRIVIUM" run --user --on interp --stats fork 1 20 2>"$tap_tmp/stats" >/dev/null
tap_like "--stats covers all processes of the program" "processes +39$" "$(cat "$tap_tmp/stats")"
tap_like "--stats=rows lists instructions" "^    addi +[0-9,]+ +[0-9.]+ %$" \
    "$("$TRIVIUM" run --user --on interp --stats=rows hello 2>&1)"
"$TRIVIUM" run --user --on dbt --dbt=-tier --stats sh -c 'hello | cat' 2>"$tap_tmp/stats" >/dev/null
for counted in "blocks translated" "exits chained to their block" "indirect jumps found in the table" \
    "returns to where they were expected" "time translating" "host instructions for one of the guest"; do
    tap_like "--stats of dbt tells: $counted" "^    $counted +[0-9.,]*[1-9]" "$(cat "$tap_tmp/stats")"
done
"$TRIVIUM" run --user --on dbt --stats hello 2>"$tap_tmp/stats" >/dev/null
for counted in "blocks that stayed cold, and were not translated" "... instructions executed by the interpreter"; do
    tap_like "... and: $counted" "^    $counted +[0-9.,]*[1-9]" "$(cat "$tap_tmp/stats")"
done
tap_is "... in 80 columns" "" "$(grep -E '.{81}' "$tap_tmp/stats")"
tap_like "--stats of threaded tells what it has made, on a machine, too" "^    blocks made +[0-9,]*[1-9]" \
    "$("$TRIVIUM" run --on threaded --memory 32M --stats hello 2>&1)"
tap_like "... and how often its TLB had an address" "^  TLB hits .* [0-9,]*[1-9]" \
    "$("$TRIVIUM" run --on threaded --memory 32M --stats hello 2>&1)"
tap_is "interp makes nothing that could be counted" "" \
    "$("$TRIVIUM" run --user --on interp --stats hello 2>&1 | grep 'the engine')"
tap_like "--json has the engine's counts" '"translate_ns": [1-9]' \
    "$("$TRIVIUM" run --user --on dbt --json - hello)"
tap_is "--stats=nonsense is refused" 125 "$(status "$TRIVIUM" run --stats=nonsense hello)"
"$TRIVIUM" run --user --on interp --json "$tap_tmp/run.json" --rows "$tap_tmp/rows" sh -c 'exit 3' \
    >/dev/null
tap_is "the status stays the program's with --json" 3 $?
tap_is "--json: the fields" "trivium-run/1 sh interp exited 3 Linux" \
    "$(jq -r '[.schema, .program, .way, .fate, .status, .kernel.name] | join(" ")' \
        "$tap_tmp/run.json")"
tap_is "--json: the kinds add up to the instructions" true \
    "$(jq '.counters | .instructions == ([.kinds[]] | add)' "$tap_tmp/run.json")"
tap_is "--json: rows and kinds add up to the same" true \
    "$(jq '.counters | ([.rows[]] | add) == ([.kinds[]] | add)' "$tap_tmp/run.json")"
tap_is "--rows: one name a line, those that --json counts" \
    "$(jq -r '.counters.rows | keys[]' "$tap_tmp/run.json" | LC_ALL=C sort)" \
    "$(LC_ALL=C sort "$tap_tmp/rows")"
tap_is "a way that has only a machine runs bundled programs there" "hello, world" \
    "$("$TRIVIUM" run --on interp-no-tlb hello)"
tap_is "and no others" "125 125" "$(status "$TRIVIUM" run --on interp-no-tlb "$O/guest/rv64/hello"
    ) $(status "$TRIVIUM" run --on interp-no-tlb --user hello)"
tap_is "--rows on native is refused" 125 "$(status "$TRIVIUM" run --rows "$tap_tmp/r" hello)"

tap_done
