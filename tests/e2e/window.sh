#!/bin/sh
# The window: what is on the screen are the pixels of the grid; real keys, another size, at rest, how it ends.
# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/e2e/xvfb.sh
. tests/e2e/xvfb.sh

unset WAYLAND_DISPLAY
honest=tests/zoo/honest.json
tap_is "without a display it says what else there is" "125 1" "$(DISPLAY='' timeout 60 "$TRIVIUM" race --replay "$honest" --gui \
    >"$tap_tmp/out" 2>&1; echo $? "$(grep -c -e --live "$tap_tmp/out")")"
tap_is "... before anything is measured" 125 "$(DISPLAY='' timeout 60 "$TRIVIUM" race --gui --runs 900 prime >"$tap_tmp/out" 2>&1
    echo $?)"
xvfb_start

# picture FRAME OPTIONS...: what should be on the screen.
picture()
{
    number=$1
    shift
    "$TRIVIUM" race --replay "$honest" --frame "$number" --screenshot "$tap_tmp/picture.png" "$@"
}

race()
{
    start "$TRIVIUM" race --replay "$honest" --gui "$@"
}

race
press End
picture 50 --screen 160x50
tap_like "the window has the pixels of the grid, 160 by 50 cells" "^at " "$(seen | tail -n 1)"
press n End
picture 101 --screen 160x50
tap_like "n is the next scene" "^at " "$(seen | tail -n 1)"
press t
picture 101 --screen 160x50 --light
tap_like "t is the light theme" "^at " "$(seen | tail -n 1)"
picture 101 --screen 160x50
tap_not "... which is not the dark one" "$O/tests/e2e/window" "$tap_tmp/Xvfb_screen0" "$tap_tmp/picture.png"
press plus
picture 101 --screen 80x25 --projector
tap_like "+ makes the letters larger" "^at " "$(seen | tail -n 1)"
press minus
xdotool windowsize "$(cat "$tap_tmp/window")" 968 650
picture 101 --screen 121x40 --light
tap_like "another size has as many cells as fit" "^at " "$(seen | tail -n 1)"
rests
ends

# While a race is measured there is no window, and nothing of one in the process: it would be copied at each fork.
"$TRIVIUM" race --gui --runs 900 --on native "prime --time 60" >"$tap_tmp/out" 2>&1 </dev/null &
pid=$!
for _ in $(seq 200); do
    pgrep --parent "$pid" --exact 'trivium|prime' >"$tap_tmp/child" && break
    sleep 0.05
done
tap_ok "--gui measures" test -s "$tap_tmp/child"
tap_is "... without a library of a window's" "" "$(grep -o -i '/lib[^ ]*\(sdl\|x11\|xcb\|wayland\)[^ ]*' "/proc/$pid/maps")"
tap_not "... and without a window" xdotool search --onlyvisible --name '^trivium race$'
kill -TERM "$pid"
{ wait "$pid"; } 2>/dev/null
pid=
"$O/tests/e2e/pty" --at "LIVE" ctrl-c "$TRIVIUM" race --gui --runs 900 --on native "prime --max-prime 100 --events 100" \
    >"$tap_tmp/out" 2>"$tap_tmp/err"
tap_is "on a terminal it shows there what is measured, LIVE; Ctrl-C ends it" "130 terminal: same" "$? $(cat "$tap_tmp/err")"

race --projector
press End
picture 50 --screen 80x25 --projector
tap_like "--projector: letters of 32 pixels, light" "^at " "$(seen | tail -n 1)"
kill -TERM "$pid"
{ wait "$pid"; } 2>/dev/null # the shell's own word for it
tap_is "a signal ends it" 143 $?
pid=
tap_done
