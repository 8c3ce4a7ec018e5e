#!/bin/sh
# How long short commands take, as the benchmark of containers measures it, on commands that only play
# their parts; and the table that is made of it.
# shellcheck source=tests/tap.sh
. tests/tap.sh

launch=$O/bench/launch

measured()
{
    jq -r "$1" "$tap_tmp/result"
}

cat >"$tap_tmp/slow" <<'END'
#!/bin/sh
sleep 0.05
echo hello, world
END
printf '#!/bin/sh\necho another\n' >"$tap_tmp/wrong"
printf '#!/bin/sh\necho no way >&2\nexit 3\n' >"$tap_tmp/fails"
printf '#!/bin/sh\necho "$@" >>%s/calls\necho hello, world\n' "$tap_tmp" >"$tap_tmp/quick"
printf '#!/bin/sh\nprintf "caf\\351\\n"\n' >"$tap_tmp/bytes"
chmod +x "$tap_tmp/bytes" "$tap_tmp/slow" "$tap_tmp/wrong" "$tap_tmp/fails" "$tap_tmp/quick"
tap_ok "commands are launched" sh -c "'$launch' 2 0.01 'hello, world' 'quick=$tap_tmp/quick a b' \
    'slow=$tap_tmp/slow' 'wrong=$tap_tmp/wrong' 'fails=$tap_tmp/fails' 'none=$tap_tmp/none' \
    'missing!not installed' 'bytes=$tap_tmp/bytes' >'$tap_tmp/result'"
tap_is "two rounds: one cold run and four warm ones in each" "2 8" \
    "$(measured '.rows[0] | "\(.cold | length) \(.warm | length)"')"
tap_is "of which none is left out" 10 "$(grep -c '^a b$' "$tap_tmp/calls")"
tap_is "the time is from start to end, in milliseconds" true "$(measured '.rows[1].warm | min >= 50')"
tap_is "another output is no result" 'it printed "another"' "$(measured '.rows[2].reason')"
tap_is "nor is a failure, whose complaint is kept" "wait status 0x300: no way" "$(measured '.rows[3].reason')"
tap_like "nor what is not there" "cannot execute it: No such file" "$(measured '.rows[4].reason')"
tap_is "what is not to be had has its reason" "not installed" "$(measured '.rows[5].reason')"
tap_is "bytes that are no UTF-8 are no reason to be missing" 'it printed "caf?"' "$(measured '.rows[6].reason')"
tap_is "a row without a command is refused" 2 "$("$launch" 1 0 x name 2>"$tap_tmp/err"; echo $?)"

# table OURS CRUN: of one sample each.
table()
{
    jq -n "def row(\$name; \$ms): {name: \$name, command: \"\", reason: \"\", cold: [\$ms * 2], warm: [\$ms]};
        {date: \"d\", host: \"h\", versions: \"v\", note: \"\", pause: 0.3, rows: [row(\"native\"; 0.1),
        row(\"trivium, container\"; $1), row(\"crun\"; $2),
        {name: \"runc\", command: \"\", reason: \"not installed\", cold: [], warm: []}]}" |
        jq --raw-output --from-file bench/containers.jq
}
tap_like "a table has a row for each" '^\| trivium, container \| 3.50 \| 3.50 \| 7.00 \| 7.00 \|$' "$(table 3.5 5)"
tap_like "and a reason for what was not measured" '^\| runc: not measured: not installed \|' "$(table 3.5 5)"
tap_is "it says what was reached" "Ours is within 4 ms when warm, below crun." "$(table 3.5 5 | tail -n 1)"
tap_is "and what was not" "Ours is **not** within 4 ms when warm, **not** below crun." "$(table 6 5 | tail -n 1)"
tap_done
