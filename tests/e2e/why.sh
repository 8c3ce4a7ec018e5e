#!/bin/sh
# `trivium why`: the effect that each topic explains is in its counters, and gone where the cause is switched off.
# No time is judged. A way that this host lacks has to be there with its reason.
# shellcheck source=tests/tap.sh
. tests/tap.sh

# why TOPIC: leaves the JSON in $tap_tmp/TOPIC.json and the text in $tap_tmp/TOPIC.
why()
{
    "$TRIVIUM" why --json "$tap_tmp/$1.json" "$1" >"$tap_tmp/$1" 2>"$tap_tmp/err" </dev/null
    tap_is "why $1 measures something" 0 $?
    tap_is "... every row has numbers or the reason why not" true "$(jq '.rows |
        all((.reason != null) != any(.values[]; . != null))' "$tap_tmp/$1.json")"
    tap_is "... no line is wider than 80 columns" "" "$(grep -E '.{81}' "$tap_tmp/$1")"
    tap_is "... the text has the sentences of the JSON" "$(jq -r '.cause[]' "$tap_tmp/$1.json" | tr -s ' \n' ' ')" \
        "$(sed '1,/^The cause$/d' "$tap_tmp/$1" | tr -s ' \n' ' ')"
}

# The parts of a fork's time, its residual among them.
parts="[.calls_us, .faults_us, .switches_us, .exits_us, .residual_us] | map(. // 0) | add"

# row TOPIC NAME FILTER EXPECTED: what that jq filter says about the row's values. For a row without
# numbers the text has to say why.
row()
{
    reason=$(jq -r --arg name "$2" '.rows[] | select(.name == $name) | .reason // ""' "$tap_tmp/$1.json")
    if [ -n "$reason" ]; then
        tap_like "$1, $2: the text says why it is not measured" "^$2: " \
            "$(sed -n '/^Not measured$/,$p' "$tap_tmp/$1")"
        tap_skip "$1, $2: $3" "$reason"
    else
        tap_is "$1, $2: $3" "$4" "$(jq --arg name "$2" ".rows[] | select(.name == \$name) | .values | $3" \
            "$tap_tmp/$1.json")"
    fi
}

tap_is "the topics are listed" "fork syscall exits limits smp mix" "$("$TRIVIUM" why | sed 's/ .*//' | tr '\n' ' ' | sed 's/ $//')"
"$TRIVIUM" why frok >"$tap_tmp/out" 2>"$tap_tmp/err"
tap_is "an unknown topic: 125" 125 $?
tap_like "and which was meant" "try: trivium why fork" "$(cat "$tap_tmp/err")"

why fork
for lane in native container "interp --user" kvm "kvm, batch" interp "interp, batch" dbt "dbt, batch"; do
    row fork "$lane" ".system_calls" 8
    row fork "$lane" ".total_us - ($parts) | fabs < 0.001" true
done
for lane in native container "interp --user"; do
    row fork "$lane" ".page_faults > 1 and .switches > 0.5 and .pages_copied == null" true
done
for lane in kvm interp dbt; do
    # The cause, and the cause switched off: the faults are gone, and as many pages are copied.
    row fork "$lane" ".page_faults > 2.5 and .page_faults < 4 and .switches >= 1.5" true
    row fork "$lane, batch" ".page_faults < 0.1 and .pages_copied == 2" true
done
row fork kvm ".exits < 1" true
tap_like "what is not explained is said" "explain" "$(jq -r '.cause[1]' "$tap_tmp/fork.json")"

why syscall
for engine in interp threaded dbt; do
    # The price of the guest's kernel in instructions, and without that kernel.
    row syscall "$engine" ".instructions > 100" true
    row syscall "$engine --user" ".instructions < 60" true
done
row syscall kvm ".exits | fabs < 0.1" true

if "$TRIVIUM" run --on kvm hello >"$tap_tmp/out" 2>&1 </dev/null; then
    why exits
    row exits "system calls" ".system_calls >= 1000 and .others_per_call < 0.01" true
    row exits "printing, trapped" ".console_per_kib >= 1024" true
    row exits "printing, ring" ".console_per_kib < 100" true
    row exits "printing, ring" ".console_bytes" \
        "$(jq '.rows[] | select(.name == "printing, trapped") | .values.console_bytes' "$tap_tmp/exits.json")"
else
    tap_skip "why exits" "$(head -n 1 "$tap_tmp/out")"
fi

why limits
row limits "--cpus 0.2" ".throttled >= 10" true
row limits "--cpus 2" ".throttled" 0
row limits "no limit" ".throttled" null

why smp
for way in kvm dbt; do
    # Two threads take turns on one CPU, 100 times a second at most; a thread alone has nobody to switch to.
    row smp "$way: 2 on 1" ".switches_per_s > 20 and .least == 1" true
    row smp "$way: 1 on 2" ".switches_per_s < 10 and .least == 1" true
done
row smp "dbt: 2 on 2" ".host_threads == 1 and .least == 1" true
row smp "native: 2" ".least == ([.host_cpus, 2] | min)" true

why mix
# What is divided, added, followed: so many instructions for one, whatever the time.
row mix divide ".instructions > 3 and .instructions < 6" true
row mix alu ".instructions >= 1 and .instructions < 1.5" true
row mix memory ".instructions > 3 and .instructions < 9" true
row mix syscall ".instructions > 15 and .instructions < 60" true
# Small pages are a fault each, large ones next to none, and a fresh page is one wherever it is touched.
if jq -e '.rows[] | select(.name == "divide").values.kvm_ns != null' "$tap_tmp/mix.json" >"$tap_tmp/out"; then
    row mix divide ".kvm_faults < 20" true
    row mix chase-4k ".kvm_faults > 4096 and .kvm_faults < 4200" true
    row mix chase-2m ".kvm_faults < 30" true
    row mix touch ".kvm_faults >= 256" true
    tap_like "the virtual machine's cell is a range" "kvm: computing x[0-9.]+ \(.*\) to x[0-9.]+ \(.*\), paging up to x" \
        "$(jq -r '.cause[]' "$tap_tmp/mix.json")"
else
    tap_skip "the virtual machine's cell is a range" "there is no kvm here that we may use"
fi

# Nobody may open /dev/kvm.
as_nobody=
[ "$(id -u)" != 0 ] || as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
if $as_nobody test -w /dev/kvm; then
    tap_skip "without KVM nothing is measured" "everybody may use /dev/kvm here"
else
    $as_nobody "$TRIVIUM" why exits >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    tap_is "a topic of which nothing can be measured: 1" 1 $?
    tap_is "... each row has its reason" 5 "$(grep -c ': cannot open /dev/kvm: ' "$tap_tmp/out")"
    tap_like "... and nothing is explained" "^Not explained" "$(cat "$tap_tmp/out")"
fi
# Whatever it has started holds the lock, too, as long as it lives.
(flock 8 && exec "$TRIVIUM" why --json "$tap_tmp/ended.json" fork) 8>"$tap_tmp/lock" >"$tap_tmp/out" 2>&1 </dev/null &
pid=$!
for _ in $(seq 200); do # what it runs is itself, by way of /proc/self/exe
    pgrep --parent $pid --exact 'exe|trivium|fork' >"$tap_tmp/child" && break
    sleep 0.05
done
tap_ok "an experiment goes on" test -s "$tap_tmp/child"
kill -TERM $pid
wait $pid 2>/dev/null
tap_is "SIGTERM ends the experiment" 143 $?
tap_ok "... and what it runs" flock --timeout 60 "$tap_tmp/lock" true
tap_is "... and nothing is left of the JSON" "" "$(find "$tap_tmp" -name "ended*")"

tap_done
