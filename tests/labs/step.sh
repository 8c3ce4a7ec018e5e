#!/bin/bash
# step.sh: the labs' views in the stepper end where their notes say, on the reference; and on a wrong answer they begin at
# the first instruction that differs, with both sides.
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"

work=$O/labs/check-step
MAKE="make --no-print-directory CC=$(cut -d ' ' -f 1 "$O/flags")"
export O MAKE
unset SEED MINE OUT REFERENCE
rm -rf "$work"

for script in labs/[0-9C]*-*/watch.step; do
    lab=${script#labs/} lab=${lab#0} lab=${lab%%-*}
    if grep -q '^# program: --on kvm' "$script" && ! "$TRIVIUM" run --on kvm hello >"$tap_tmp/out" 2>&1; then
        tap_skip "lab $lab: its script" "no KVM here: $(head -n 1 "$tap_tmp/out")"
        continue
    fi
    REFERENCE=1 OUT=$work/$lab labs/lab step "$lab" --plain >"$tap_tmp/out" 2>&1
    tap_is "lab $lab: its script runs to its end" 0 $?
    last=$(sed '/^# at the difference:/,$d' "$script" | grep '^note ' | tail -n 1 | cut -c 6-60)
    tap_ok "... and to its last note" grep -qF -e "note: $last" "$tap_tmp/out"
    tap_not "... which does not speak of a difference" grep -q 'first difference\|two engines' "$tap_tmp/out"
    tap_is "... and it is a page of the lab's" 1 "$(grep -c "make step LAB=$lab" "$(dirname "$script")/README.md")"
done

# opens LAB REGION ANSWER WHAT WHERE: the script of a wrong answer begins there.
opens()
{
    local dir=$work/$1-$3
    mkdir -p "$dir/mine"
    labs/lab cut "$dir/mine" "$1" "$2" "$(echo labs/*"$1"-*/wrong/"$3.txt")"
    MINE=$dir/mine OUT=$dir labs/lab step "$1" --plain >"$tap_tmp/out" 2>&1
    tap_is "lab $1, $3: the stepper opens" 0 $?
    tap_like "... and says what differs" "$4" "$(head -n 1 "$tap_tmp/out")"
    tap_like "... at that instruction" "$5" "$(sed -n '/^> goto/{n;p;q}' "$tap_tmp/out")"
    tap_ok "... and runs to the end" grep -q 'note: ○ is the instruction' "$tap_tmp/out"
    tap_ok "the reference can be looked at there, too" \
        sh -c "$(sed -n "s/^The reference at the same place: \(.*\) step /\1 step --plain /p" "$tap_tmp/out")"
}
opens 2 2.3 branch-halved 'read in two ways.*Yours: next: .* bge zero,a0,.*The reference: next: .* bge zero,a0' 'bge zero,a0,'
opens 2 2.7 ltu-signed 'two engines, interp and dbt. Behind bgeu a4,a5,.*: .*pc dbt .* interp ' 'bgeu a4,a5,'
opens 3 3.5 all-signed 'next instruction, .* bgeu a4,a5,.* leads to another state. Yours: .*pc .* The reference: .*pc ' 'bgeu a4,a5,'
opens 3 3.2 no-offset 'next instruction, .* leads to another state. Yours: .* The reference: ' '(ld|lw|sd|sw|lbu) '
opens 5 5.5 never-forgets 'next instruction, .* bne a3,zero,.* leads to another state. Yours: .* The reference: ' 'bne a3,zero,'

mkdir -p "$work/empty"
labs/lab cut "$work/empty" 3
MINE=$work/empty OUT=$work/3-empty labs/lab step 3 --plain >"$tap_tmp/out" 2>&1
tap_like "a lab that is not started says so" '^lab 3[.][0-9]*: not implemented yet' "$(cat "$tap_tmp/out")"
tap_like "one that has no views says so" 'no views in the stepper' "$(MINE=$work/empty OUT=$work/3-empty labs/lab step C 2>&1)"
tap_done
