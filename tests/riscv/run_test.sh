#!/bin/sh
# The test of run.sh: each way in which the outcome can differ from the lists, with a stand-in for
# the emulator and tests that are one line: the status they end with.
# shellcheck source=tests/tap.sh
. tests/tap.sh

tests=$tap_tmp/tests
lists=$tap_tmp/lists
mkdir -p "$tests" "$lists"
cat >"$tap_tmp/trivium" <<'END'
#!/bin/sh
while [ "$1" != --kernel ]; do
    shift
done
read -r status <"$2" && exit "$status"
END
chmod +x "$tap_tmp/trivium"
printf '%s\n' '# those that pass' rv64ui-p-add rv64ui-v-add >"$lists/expected-pass.txt"
printf '%s\n' '# those that fail' 'rv64mi-p-pmpaddr there is none' >"$lists/known-failures.txt"

# reset: everything as the lists say, beside files that are no tests.
reset()
{
    rm -rf "$tests"
    mkdir "$tests"
    echo 0 | tee "$tests/rv64ui-p-add" "$tests/rv64ui-v-add" "$tests/rv64uf-p-fadd" \
        "$tests/rv64ui-p-add.dump" >"$tests/Makefile"
    echo 5 >"$tests/rv64mi-p-pmpaddr"
}

# outcome [DIR]: the last line of tests/run on run.sh, and its status.
outcome()
{
    output=$(env -u ONLY -u CI_MUST_WORK O="$tap_tmp/out" TRIVIUM="$tap_tmp/trivium" \
        RISCV_TESTS="${1-$tests}" RISCV_LISTS="$lists" tests/run tests/riscv/run.sh 2>&1)
    status=$?
    echo "$(printf '%s\n' "$output" | tail -n 1); status $status"
}

reset
tap_is "the listed tests pass, and a known failure is a skip" \
    "2 passed, 0 failed, 1 skipped; status 0" "$(outcome)"
mkdir "$tap_tmp/above"
cp -r "$tests" "$tap_tmp/above/isa"
tap_is "the folder above isa will do" \
    "2 passed, 0 failed, 1 skipped; status 0" "$(outcome "$tap_tmp/above")"
echo 3 >"$tests/rv64ui-v-add"
tap_is "a listed test that fails is a failure" \
    "1 passed, 1 failed, 1 skipped; status 1" "$(outcome)"
reset
rm "$tests/rv64ui-v-add"
tap_is "a listed test that is missing is a failure" \
    "1 passed, 1 failed, 1 skipped; status 1" "$(outcome)"
for ends in 0 3; do
    reset
    echo "$ends" >"$tests/rv64si-p-new"
    tap_is "a test in no list that ends with $ends is a failure" \
        "2 passed, 1 failed, 1 skipped; status 1" "$(outcome)"
done
for ends in 0 124 125 139; do
    reset
    echo "$ends" >"$tests/rv64mi-p-pmpaddr"
    tap_is "a known failure that ends with $ends is a failure" \
        "2 passed, 1 failed, 0 skipped; status 1" "$(outcome)"
done
tap_like "a folder without tests is a failure" "^0 passed, [1-9].*; status 1" "$(outcome "$lists")"
tap_like "no folder is a failure" "^0 passed, [1-9].*; status 1" "$(outcome '')"
tap_is "make asks for the folder, with status 2" \
    "2 check-riscv-tests needs RISCV_TESTS=DIR, a folder of the public riscv-tests, built" \
    "$(make -s check-riscv-tests O="$O" RISCV_TESTS= >"$tap_tmp/log" 2>&1; echo $?) $(
        head -n 1 "$tap_tmp/log")"
tap_done
