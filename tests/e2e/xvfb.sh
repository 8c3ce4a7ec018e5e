# shellcheck shell=sh
# xvfb.sh: a display of their own for tests of windows. Source it after tap.sh; then
#
#     xvfb_start       or, with a skip and the plan, ends the test, as this host has none
#     start COMMAND... a window in the background, until it is there: $pid
#     press KEY...     keys, as xdotool names them
#     seen             until $tap_tmp/picture.png is on the screen, 20 seconds at most: "at X,Y"
#     rests            tests that $pid takes next to no processor time while nothing happens
#     ends             tests that q ends it

# shellcheck disable=SC2154 # tap_tmp is tap.sh's
server='' pid=''
# The server writes into the folder as long as it lives; who waits is not told of a death again.
trap '{ kill $pid $server && wait $pid $server; } 2>/dev/null; rm -rf "$tap_tmp"' EXIT

xvfb_start()
{
    if ! command -v Xvfb >/dev/null || ! command -v xdotool >/dev/null; then
        tap_skip "the window" "there is no Xvfb or no xdotool (apt-get install xvfb xdotool)"
        tap_done
    fi
    # The server chooses a display that is free, and says which.
    Xvfb -displayfd 3 -screen 0 1400x900x24 -fbdir "$tap_tmp" -nolisten tcp 3>"$tap_tmp/display" >"$tap_tmp/server" 2>&1 &
    server=$!
    for _ in $(seq 100); do
        [ -s "$tap_tmp/display" ] && break
        sleep 0.1
    done
    DISPLAY=:$(cat "$tap_tmp/display")
    export DISPLAY
}

# A library may make a window to try something, and another one to show: it is there when it stays.
start()
{
    "$@" >"$tap_tmp/out" 2>&1 &
    pid=$!
    : >"$tap_tmp/before"
    for _ in $(seq 200); do
        xdotool search --onlyvisible --name '^trivium [a-z]*$' >"$tap_tmp/window" 2>/dev/null &&
            cmp -s "$tap_tmp/window" "$tap_tmp/before" &&
            xdotool windowfocus "$(cat "$tap_tmp/window")" 2>/dev/null && break
        cp "$tap_tmp/window" "$tap_tmp/before"
        sleep 0.1
    done
}

press()
{
    xdotool key --window "$(cat "$tap_tmp/window")" "$@" 2>/dev/null # q takes the window from under it
}

seen()
{
    for _ in $(seq 100); do
        "$O/tests/e2e/window" "$tap_tmp/Xvfb_screen0" "$tap_tmp/picture.png" && return
        sleep 0.2
    done
}

# Processor time that $pid has taken, in ticks.
ticks()
{
    awk '{ print $14 + $15 }' "/proc/$pid/stat"
}

rests()
{
    before=$(ticks)
    sleep 2
    tap_ok "at rest it takes less than 2 % of a processor ($(($(ticks) - before)) ticks in 2 s)" \
        test "$(($(ticks) - before))" -le 4
}

ends()
{
    press q
    wait "$pid"
    tap_is "q ends it" 0 $?
}
