#!/bin/bash
# programs.sh: whole random programs (programs.c) on each of our engines and on qemu-riscv64: what
# they leave in memory, and how they end, must agree. The translator runs each of them with all its
# techniques, and with others: none, one of them off, or any; most without its first tier, as that leaves
# what is executed seldom to the interpreter. Of each tenth program every engine must
# count the same instructions, and each fifth one also runs on the machine, with the bundled kernel.
#
# SEED=N PROGRAMS=1 repeats one program. PROGRAMS= says how many (default 400).
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=on_machine.sh
. "$(dirname "$0")/on_machine.sh"

count=${PROGRAMS:-400}
each=50 # programs to a line of the report
seed=${SEED:-$(date +%s)000}
echo "# SEED=$seed: $count programs"
ulimit -c 0

# The translator's switches, as it names them itself.
read -ra switches <<<"$("$TRIVIUM" run --user --on dbt --dbt=? hello 2>&1 |
    sed -n 's/.*one of: all, //p' | tr -d ,)"
tap_not "the translator names its switches" test "${#switches[@]}" -eq 0

# random_switches SEED: each technique on or off.
random_switches()
{
    RANDOM=$(($1 % 32768))
    chosen=-all
    for switch in "${switches[@]}"; do
        [ $((RANDOM % 2)) -eq 0 ] || chosen="$chosen,+$switch"
    done
    echo "$chosen"
}

# switches_for SEED: the combinations take turns, every second one of them random.
switches_for()
{
    turn=$(($1 / 2 % (${#switches[@]} + 1)))
    if [ $(($1 % 2)) -eq 0 ]; then
        random_switches "$1"
    elif [ "$turn" -eq 0 ]; then
        echo -all
    else
        [ "${switches[turn - 1]}" = tier ] && echo +tier || echo "-tier,-${switches[turn - 1]}"
    fi
}

# ends_alike SEED WAY...: with the output and status that qemu-riscv64 had?
ends_alike()
{
    status=$?
    ends_seed=$1
    shift
    [ "$status" -eq "$want_status" ] && cmp "$tap_tmp/want" "$tap_tmp/got" && return 0
    echo "the program of seed $ends_seed ends with $status on $*, $want_status on qemu-riscv64"
    head -n 5 "$tap_tmp/log"
    echo "SEED=$ends_seed PROGRAMS=1 tests/diff/programs.sh repeats it;" \
        "build/tests/diff/programs make $ends_seed FILE.elf writes the program"
    return 1
}

# same SEED WAY...: does it end as on qemu-riscv64, with the same output?
same()
{
    same_seed=$1
    shift
    timeout 60 "$TRIVIUM" run --user --on "$@" "$tap_tmp/program" >"$tap_tmp/got" 2>"$tap_tmp/log"
    ends_alike "$same_seed" "$@"
}

# rows WAY: how often each row was executed.
rows()
{
    "$TRIVIUM" run --user --on "$1" --stats=rows "$tap_tmp/program" 2>&1 >/dev/null |
        sed -n '/by row/,/the engine/p' | grep -v 'the engine'
}

# same_rows SEED: every engine counts the same; of some programs only.
same_rows()
{
    [ $(($1 % 10)) -eq 0 ] || return 0
    rows interp >"$tap_tmp/rows"
    for way in threaded dbt; do
        rows "$way" | cmp "$tap_tmp/rows" - && continue
        echo "the program of seed $1 is counted in another way by $way"
        return 1
    done
    grep -q ecall "$tap_tmp/rows"
}

# same_on_machine SEED: on the machine, of some programs only.
same_on_machine()
{
    [ $(($1 % 5)) -eq 0 ] || return 0
    make_initrd "$tap_tmp/program" "$tap_tmp/initrd.cpio" || return 1
    for way in interp threaded "dbt --dbt=-tier" "dbt --dbt=$(switches_for $(($1 / 5)))"; do
        # shellcheck disable=SC2086 # a way, and perhaps an option
        run_on_machine "$tap_tmp/initrd.cpio" "$TRIVIUM" $way >"$tap_tmp/got" 2>"$tap_tmp/log"
        ends_alike "$1" "the machine, $way" || return 1
    done
}

one_program()
{
    "$O/tests/diff/programs" make "$1" "$tap_tmp/program" || return 1
    chmod +x "$tap_tmp/program"
    timeout 60 qemu-riscv64 "$tap_tmp/program" >"$tap_tmp/want" 2>/dev/null
    want_status=$?
    [ "$want_status" -lt 100 ] || { echo "qemu-riscv64: status $want_status, seed $1"; return 1; }
    same "$1" interp && same "$1" threaded && same "$1" dbt --dbt=-tier &&
        same "$1" dbt "--dbt=$(switches_for "$1")" && same_rows "$1" && same_on_machine "$1"
}

several_programs()
{
    for ((this = $1; this < $1 + $2; this++)); do
        one_program "$this" || return 1
    done
}

tap_ok "200 programs have every row of the table" "$O/tests/diff/programs" rows "$seed" 200
for ((done = 0; done < count; done += each)); do
    some=$((count - done < each ? count - done : each))
    tap_ok "$some programs from seed $((seed + done)): all engines agree with qemu-riscv64" \
        several_programs $((seed + done)) "$some"
done
tap_done
