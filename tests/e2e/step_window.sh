#!/bin/sh
# The stepper in a window: the pixels of the grid, real keys, the real mouse, letters, at rest, how it ends.
# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/e2e/xvfb.sh
. tests/e2e/xvfb.sh

unset WAYLAND_DISPLAY
set -- prime --max-prime 100 --events 1
tap_is "without a display it says what else there is" "125 1" "$(DISPLAY='' timeout 60 "$TRIVIUM" step --gui --user "$@" \
    >"$tap_tmp/out" 2>&1; echo $? "$(grep -c -e --tui "$tap_tmp/out")")"
xvfb_start

# picture SCRIPT OPTIONS...: what should be on the screen: as when these lines were a script.
picture()
{
    printf '%b' "$1" >"$tap_tmp/script"
    shift
    "$TRIVIUM" step --user --script "$tap_tmp/script" --screenshot "$tap_tmp/picture.png" "$@" \
        prime --max-prime 100 --events 1
}

# move X Y: the mouse, to the middle of that cell of the window.
move()
{
    xdotool mousemove --window "$(cat "$tap_tmp/window")" $(($1 * 8 + 4)) $(($2 * 16 + 8))
}

start "$TRIVIUM" step --user --gui "$@"
move 5 48
picture '' --screen 160x50
tap_like "the window has the pixels of the grid, 160 by 50 cells" "^at " "$(seen | tail -n 1)"
press space space
picture 'key space 2\n' --screen 160x50
tap_like "space steps" "^at " "$(seen | tail -n 1)"
press b
picture 'key space 2\nkey b\n' --screen 160x50
tap_like "b steps back" "^at " "$(seen | tail -n 1)"
press question l Tab z t
picture 'key space 2\nkey b\nkey ?\nkey l\nkey tab\nkey z\n' --screen 160x50 --theme light
tap_like "so do a sign, a letter, the tabulator and the theme" "^at " "$(seen | tail -n 1)"
press z t L question
press colon g space 3 0 BackSpace 2 Return # a short name of a command, and a slip
picture 'key space 2\nkey b\nkey tab\ngoto 32\n' --screen 160x50
tap_like "a command is typed" "^at " "$(seen | tail -n 1)"

# The guest's pane begins at column 30; below its frame are a title, then the first two instructions.
move 40 4
xdotool click 1
move 5 48
picture 'key space 2\nkey b\ngoto 32\nkey 2\nkey up 8\n' --screen 160x50
tap_like "a click lights an instruction, in all panes" "^at " "$(seen | tail -n 1)"
move 2 46
xdotool mousedown 1
move 0 46
xdotool mouseup 1
move 5 48
picture 'goto 32\ngoto 0\nkey 2\n' --screen 160x50
tap_like "on the timeline it goes back to the start" "^at " "$(seen | tail -n 1)"
press ctrl+plus
picture 'goto 32\ngoto 0\nkey 2\n' --screen 80x25 --projector --theme dark
tap_like "letters become larger" "^at " "$(seen | tail -n 1)"
press ctrl+minus
rests
ends

start "$TRIVIUM" step --user --projector "$@"
picture '' --projector
tap_like "--projector: letters of 32 pixels, light" "^at " "$(seen | tail -n 1)"
xdotool windowsize "$(cat "$tap_tmp/window")" 1024 768
picture '' --projector --screen 64x24
tap_like "... and with 1024 by 768 pixels" "^at " "$(seen | tail -n 1)"
kill -TERM "$pid"
{ wait "$pid"; } 2>/dev/null # the shell's own word for it
tap_is "a signal ends it" 143 $?
pid=
tap_done
