#!/bin/sh
# The guided tour: every stop at three sizes and in lines, and that it tells nothing that is not so.
# REGENERATE=1 writes the stops anew; look at them. They show host code, so they change with the emitter.
# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/e2e/xvfb.sh
. tests/e2e/xvfb.sh

unset NO_COLOR COLORTERM WAYLAND_DISPLAY
export LC_ALL=C.UTF-8 TERM=xterm
O=$(realpath "$O")
pty=$(realpath "$O/tests/e2e/pty")
TRIVIUM=$(realpath "$TRIVIUM")
golden=tests/e2e/step_tour
text=stepper/tour.script
# The path of the program is part of its stack, and so of the screens: it must not be that of this folder.
mkdir "$tap_tmp/guest"
ln -s "$(realpath "$O/guest/rv64")" "$tap_tmp/guest/rv64"
export TRIVIUM_GUEST_DIR=guest
root=$PWD

tour()
{
    (cd "$tap_tmp" && "$TRIVIUM" step --tour --source "$root" "$@" 2>&1)
}

# Addresses of this host's are not the same twice.
unhosted()
{
    sed 's/0x[57][0-9a-f]\{11\}/0xhostaddress/g; s/0x[57][0-9a-f]\{4,10\}…/0xhost…/g'
}

same_as_golden()
{
    if [ -n "${REGENERATE:-}" ]; then
        unhosted <"$2" >"$golden/$1.txt"
    fi
    unhosted <"$2" >"$tap_tmp/now"
    tap_ok "the stops are as they were: $1" diff "$golden/$1.txt" "$tap_tmp/now"
}

printf 'step\nstep host\n' >"$tap_tmp/trace"
if "$TRIVIUM" step --user --plain --script "$tap_tmp/trace" prime 2>&1 | grep -q 'cannot be traced'; then
    tap_like "a host that does not let a child be traced has stops that cannot be shown" \
        '^Stop 7 of 10: executed. This stop cannot be shown .*cannot be traced' "$(tour --plain)"
    tap_skip "all else of the tour" "this host does not let a child be traced"
    tap_done
    exit
fi

# What a note claims is expected of the screen, so a tour that ends with 0 has said nothing else.
for size in 160x50 120x40 80x24; do
    tour --frame --screen $size >"$tap_tmp/frames"
    tap_is "at $size all stops can be shown" "0 10" "$? $(grep -c '^Stop [0-9]* of 10: ' "$tap_tmp/frames")"
    same_as_golden $size "$tap_tmp/frames"
done
tour --plain >"$tap_tmp/lines"
tap_is "and in lines" "0 10" "$? $(grep -c '^Stop [0-9]* of 10: ' "$tap_tmp/lines")"
same_as_golden plain "$tap_tmp/lines"
tap_is "lines have nothing but ASCII where nothing else is understood" "" \
    "$(LC_ALL=C tour --plain | LC_ALL=C grep -P '[^\x20-\x7e]')"
tap_is "no note is longer than five lines of a projector" "" "$(grep '^Stop ' "$tap_tmp/lines" | while read -r note; do
    [ "$(echo "$note" | fold -s -w 64 | wc -l)" -le 5 ] || echo "$note"
done)"
tap_is "the text has no addresses" "" "$(grep '0x[0-9a-f]\{2,\}\|expect .*#[0-9]' $text)"
tap_is "each stop expects something" "10 0" "$(grep -c '^stop ' $text) $(awk '/^stop /{ n += seen == 0 && NR > 1 && any; seen = 0; any = 1 }
    /^expect /{ seen = 1 } END { print n + (seen == 0) }' $text)"

# Another translator: the stops that it has no truth for say so, and the others are shown. missing SWITCHES: which.
missing()
{
    tour --plain --dbt="$1" >"$tap_tmp/lines"
    echo "$? $(sed -n 's/^Stop \([0-9]*\) of 10: .* This stop cannot be shown .*/\1/p' "$tap_tmp/lines" | paste -s -d ' ')"
}
tap_is "without chains no exit is chained, nor waits for it" "1 8 9 10" "$(missing -chain)"
tap_like "... which is said in place of what would be false" \
    "^Stop 9 of 10: chained. This stop cannot be shown with this translator on this host: the screen does not show '.*'. So what" \
    "$(cat "$tap_tmp/lines")"
tap_is "... nor is it told there that an exit is chained" 0 "$(grep -c 'the exit is chained' "$tap_tmp/lines")"
tap_is "without homes, none and no code that uses them" "1 6 7" "$(missing -regs | cut -c 1-5)"
tap_is "without passes, nothing folded and struck" "1 4 5" "$(missing -opt | cut -c 1-5)"
sed 's/^expect ~ a3 = 0x9/expect ~ a3 = 0x8/' $text >"$tap_tmp/false"
tap_like "a false claim is found, in the line that makes it" "^trivium: false:[0-9]*: the screen does not show '~ a3 = 0x8'" \
    "$( (cd "$tap_tmp" && "$TRIVIUM" step --user --script false --frame --screen 160x50 prime --max-prime 30 --events 1 2>&1) | tail -n 1)"

tap_like "it has a program of its own" "has a program of its own" "$(tour prime)"
tap_like "... and a script" "is a script of its own" "$(tour --script trace)"
tour --record "$tap_tmp/cast" --screen 120x40
tap_is "a recording has a picture for each stop" 11 "$(wc -l <"$tap_tmp/cast")"

# On a terminal. Keys are typed at the note that they are for.
at_terminal()
{
    (cd "$tap_tmp" && "$pty" "$@" "$TRIVIUM" step --tour >out 2>err; echo $?)
}
enter=$(printf '\r')
tap_is "Enter goes to the next stop, b to the one before" 0 \
    "$(at_terminal --at 'Stop 1 of 10' "type:$enter" --at 'decoded' "type:$enter" --at 'lifted' type:b --at 'decoded' type:q)"
tap_is "b steps back where steps have led away from the stop" 0 \
    "$(at_terminal --at 'Stop 1 of 10' "type:$enter" --at 'decoded' 'type: ' --at 'computes' type:b --at 'guest' type:b --at 'the bytes' type:q)"
tap_is "before the first stop there is none" 0 "$(at_terminal --at 'Stop 1 of 10' type:b --at 'the first stop' type:q)"
tap_is "behind the last there is none" 0 "$(at_terminal --at 'Stop 1 of 10' "type:$enter$enter$enter$enter$enter$enter$enter$enter$enter" \
    --at '10 of 10' "type:$enter" --at 'the last stop' type:q)"

# In a window: what it shows is what a picture of the last stop is.
xvfb_start
cd "$tap_tmp" || exit 1
"$TRIVIUM" step --tour --source "$root" --projector --screenshot picture.png
start timeout 60 "$TRIVIUM" step --tour --source "$root" --projector
xdotool mousemove --window "$(cat "$tap_tmp/window")" 30 780
for _ in 1 2 3 4 5 6 7 8 9; do
    press Return
done
tap_like "in a window Enter leads to the last stop, too" "^at " "$(seen | tail -n 1)"
ends
tap_done
