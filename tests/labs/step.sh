#!/bin/bash
# step.sh: the labs' views in the stepper end where their notes say, on the reference; and on a wrong answer they begin at
# the first instruction that differs, with both sides.
# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"

work=$O/labs/check-step
MAKE="make --no-print-directory CC=$(cut -d ' ' -f 1 "$O/flags")"
export O MAKE
unset SEED MINE OUT REFERENCE SCRIPT
rm -rf "$work"

# here SCRIPT: can this computer do what is stepped?
here()
{
    local sandbox=$O/labs/inside/sandbox
    case $(sed -n 's/^# program: //p' "$1") in
    "--on kvm "*) "$TRIVIUM" run --on kvm hello >"$tap_tmp/out" 2>&1 ;;
    "--on container "*) "$sandbox" "$TRIVIUM" run --on container hello >"$tap_tmp/out" 2>&1 ;;
    esac
}

for script in labs/[0-9C]*-*/*.step; do
    lab=${script#labs/} lab=${lab#0} lab=${lab%%-*}
    name="lab $lab, $(basename "$script")"
    if ! here "$script"; then
        tap_skip "$name" "not possible here: $(head -n 1 "$tap_tmp/out")"
        continue
    fi
    SCRIPT=$script REFERENCE=1 OUT=$work/$lab labs/lab step "$lab" --plain >"$tap_tmp/out" 2>&1
    tap_is "$name: it runs to its end" 0 $?
    last=$(sed '/^# at the difference:/,$d' "$script" | grep '^note ' | tail -n 1 | cut -c 6-60)
    tap_ok "... and to its last note" grep -qF -e "note: $last" "$tap_tmp/out"
    tap_not "... which does not speak of a difference" grep -q 'first difference\|two engines' "$tap_tmp/out"
    tap_not "... and all is found, and counted" grep -q '^  note: .*@\|There is none behind\|did not end' "$tap_tmp/out"
    tap_is "... and it is a page of the lab's" 1 "$(grep -c "make step LAB=$lab" "$(dirname "$script")/README.md")"
    [ "$lab" != 9 ] || tap_like "... and a byte each is more than 550" 'trapped took ([6-9][0-9][0-9]|5[5-9][0-9])[ ,]' "$(cat "$tap_tmp/out")"
done

tap_is "every lab has a script" "$(echo labs/[0-9C]*-*/)" "$(dirname labs/[0-9C]*-*/watch.step | sed 's|$|/|' | paste -s -d ' ')"

mkdir -p "$tap_tmp/no-kvm"
printf '#!/bin/sh\necho "there is no KVM here"\nexit 125\n' >"$tap_tmp/no-kvm/trivium"
chmod +x "$tap_tmp/no-kvm/trivium"
O=$tap_tmp/no-kvm labs/step labs/09-ring "$work/9" --plain >"$tap_tmp/out" 2>&1
tap_is "without KVM lab 9 is stepped, too" 0 $?
tap_like "... by the translator, and says why" '^By the translator.*: there is no KVM here' "$(head -n 1 "$tap_tmp/out")"
tap_ok "... and its script is another" grep -q '^> # no-kvm.step' "$tap_tmp/out"

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
for lab in 7 10; do
    if ! here "$(echo labs/*"$lab"-*/watch.step)"; then
        tap_skip "lab $lab that is not started" "not possible here: $(head -n 1 "$tap_tmp/out")"
        continue
    fi
    mkdir -p "$work/$lab-empty/mine"
    labs/lab cut "$work/$lab-empty/mine" "$lab"
    MINE=$work/$lab-empty/mine OUT=$work/$lab-empty labs/lab step "$lab" --plain >"$tap_tmp/out" 2>&1
    tap_like "... so does lab $lab, before what it has" "^  note: lab ${lab}[.][0-9]*: not implemented yet" "$(grep '^  note' "$tap_tmp/out" | head -n 1)"
done
mkdir -p "$work/C-mine"
for seed in ada grace; do
    echo "$seed" >"$work/C-mine/seed"
    MINE=$work/C-mine OUT=$work/C-$seed labs/lab step C --plain >"$tap_tmp/out" 2>&1
    tap_like "... at a division, of the guest and of the host" '▶\[a\] [0-9a-f]* rem.*▶\[a\] [0-9a-f]* [a-z].* i?div ' \
        "$(paste -s -d ' ' "$tap_tmp/out")"
    tap_is "lab C steps the work of $seed" "$(SEED=$seed labs/C-measure/class | sed -n 's/^prime .*--events //p')" \
        "$(sed -n 's/.*total number of events: *//p' "$tap_tmp/out")"
done
tap_done
