#!/bin/sh
# `trivium doctor`: readable text, complete JSON, limits that it must see.
# shellcheck source=tests/tap.sh
. tests/tap.sh

text=$tap_tmp/doctor.txt json=$tap_tmp/doctor.json

"$TRIVIUM" doctor >"$text"
tap_is "it ends with status 0 where all is there" 0 $?
tap_is "the text fits 80 columns" "" "$(grep -E '.{81}' "$text")"
tap_is "no colours when it is no terminal" "" "$(tr -cd '\033' <"$text")"
for name in system cpu memory virtual speed clock way tool terminal; do
    tap_like "there is a finding about: $name" "^$name +(ok|note|problem) " "$(cat "$text")"
done
tap_is "colours on a terminal" "true" \
    "$(TERM=xterm NO_COLOR='' "$O/tests/e2e/pty" "$TRIVIUM" doctor 2>/dev/null |
        tr -cd '\033' | wc -c | awk '{ print ($1 > 0) ? "true" : "false" }')"
tap_is "no colours with NO_COLOR" "" \
    "$(TERM=xterm NO_COLOR=1 "$O/tests/e2e/pty" "$TRIVIUM" doctor 2>/dev/null | tr -cd '\033')"

"$TRIVIUM" doctor --json >"$json"
tap_is "--json: the members" "clock container cpu findings kvm limits memory schema speed system tools version \
virtual" "$(jq -r 'keys | join(" ")' "$json")"
tap_is "--json: the kernel is uname's" "$(uname -r)" "$(jq -r .system.release "$json")"
tap_is "--json: the CPUs are those that are online" "$(getconf _NPROCESSORS_ONLN)" \
    "$(jq .cpu.online "$json")"
tap_is "--json: the memory is that of /proc/meminfo" \
    "$(($(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo) * 1024))" "$(jq .memory.bytes "$json")"
tap_is "--json: every finding has a level, a note or problem may have a fix" "true" \
    "$(jq '[.findings[] | (.level | IN("ok", "note", "problem")) and (.text | length > 0)] | all' \
        "$json")"
tap_is "--json: the divider is slower than an addition, which takes some time" true \
    "$(jq '.speed == null or (.speed.divide_64_small_ns > .speed.add_ns and .speed.add_ns > 0)' \
        "$json")"
tap_is "--json: a container was made, or it is said why not" true \
    "$(jq '.container | if .possible then .ms > 0 else (.reason | length > 0) end' "$json")"
tap_is "--json: and it can be run accordingly" "$(jq .container.possible "$json")" \
    "$("$TRIVIUM" run --on container hello >/dev/null 2>&1 && echo true || echo false)"
tap_is "a smaller affinity mask is seen" 1 \
    "$(taskset -c "$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')" "$TRIVIUM" doctor --json |
        jq .cpu.affinity)"
tap_is "ulimit -v is seen, and the emulated ways become problems: status 1" "1 8000000000 dbt threaded interp" \
    "$(prlimit --as=8000000000 "$TRIVIUM" doctor --json >"$json"
        echo $? "$(jq .limits.address_space "$json")" \
            "$(jq -r '.findings[] | select(.level == "problem") | .text | sub(":.*"; "")' "$json" |
                xargs)")"
tap_is "a tool that is missing is a finding that names the package" \
    "apt-get install gcc-riscv64-unknown-elf" \
    "$(PATH=/nowhere "$(realpath "$TRIVIUM")" doctor --json | "$(command -v jq)" -r '.findings[] |
        select(.text | test("^riscv64-unknown-elf-gcc")) | .fix')"
if command -v qemu-x86_64 >/dev/null; then
    qemu-x86_64 "$TRIVIUM" doctor --json >"$json" 2>/dev/null
    tap_is "under QEMU's emulation the CPUID says so" "true" \
        "$(jq '[.findings[].text | test("QEMU.s emulation")] | any' "$json")"
    tap_is "and the timing says so without CPUID" "true" \
        "$(jq '[.findings[].text | test("an emulator is beneath us")] | any' "$json")"
else
    tap_skip "an emulator beneath us is seen" "there is no qemu-x86_64 here"
fi
class=$tap_tmp/class.txt
"$TRIVIUM" doctor --class >"$class"
tap_is "--class: the same block twice, so nothing in it is measured" "$(cat "$class")" "$("$TRIVIUM" doctor --class)"
tap_is "--class: its hash is that of the lines before" "hash          $(sed '$d' "$class" | sha256sum | cut -c 1-16)" \
    "$(tail -n 1 "$class")"
tap_is "--class: each way runs, or is missing with a reason" \
    "$("$TRIVIUM" doctor --json | jq -r '.findings[] | select(.name == "way") |
        "\(.text | sub(":.*"; "")) \(if .level == "ok" then "ok" else "missing:" end)"')" \
    "$(awk '$2 == "ok" || $2 == "missing:" { print $1, $2 }' "$class")"
tap_is "--class: another computer (no compiler for rv64) has another hash" "different" \
    "$(PATH=/nowhere "$(realpath "$TRIVIUM")" doctor --class >"$tap_tmp/other.txt"
        [ "$(tail -n 1 "$class")" = "$(tail -n 1 "$tap_tmp/other.txt")" ] || echo different)"
tap_like "--class: and says what to do" "try: apt-get install gcc-riscv64-unknown-elf" "$(cat "$tap_tmp/other.txt")"
tap_is "an argument is refused: 125" 125 "$("$TRIVIUM" doctor now 2>/dev/null; echo $?)"

tap_done
