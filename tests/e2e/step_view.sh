#!/bin/sh
# The stepper on the grid: its screens at three sizes, scripts, exports, recordings, the terminal.
# REGENERATE=1 writes the screens anew; look at them. They show host code, so they change with the emitter.
# shellcheck source=tests/tap.sh
. tests/tap.sh

unset NO_COLOR COLORTERM
export LC_ALL=C.UTF-8 TERM=xterm
pty=$(realpath "$O/tests/e2e/pty")
TRIVIUM=$(realpath "$TRIVIUM")
golden=tests/e2e/step_view
compiler=$(guest/find-cc)
$compiler -g -march=rv64ima -mabi=lp64 -nostdlib -static -Wl,--build-id=none -o "$tap_tmp/count" \
    tests/e2e/step/count.S || exit 1
# The lines of the program name its source as the compiler was told.
mkdir -p "$tap_tmp/tests/e2e/step"
cp tests/e2e/step/count.S "$tap_tmp/tests/e2e/step"
cp "$golden"/*.script "$tap_tmp"

# step ARGUMENTS...: of the program, whose name is part of its stack, and so of the screens.
step()
{
    (cd "$tap_tmp" && "$TRIVIUM" step --user "$@" ./count 2>&1)
}

# frame NAME SIZE: the screen when the script is done; addresses of this host's are not the same twice.
frame()
{
    step --frame --script "$1.script" --screen "$2" | sed 's/0x[57][0-9a-f]\{11\}/0xhostaddress/g'
}

same_as_golden()
{
    if [ -n "${REGENERATE:-}" ]; then
        printf '%s\n' "$2" >"$golden/$1.txt"
    fi
    printf '%s\n' "$2" >"$tap_tmp/frame"
    tap_ok "the screen is as it was: $1" diff "$golden/$1.txt" "$tap_tmp/frame"
}

can_trace=yes
printf 'step\nstep host\n' >"$tap_tmp/trace"
step --plain --script trace | grep -q 'cannot be traced' && can_trace=
for size in 160x50 120x40 80x24; do
    for name in start step dead op chain back end zoom ask; do
        same_as_golden "$size-$name" "$(frame $name $size)"
    done
    if [ -n "$can_trace" ]; then
        same_as_golden "$size-host" "$(frame host $size)"
    else
        tap_skip "the screen $size-host" "this host does not let a child be traced"
    fi
done
same_as_golden 80x24-help "$(frame help 80x24)"
same_as_golden ascii "$(LC_ALL=C frame dead 120x40)"
tap_is "which has nothing but ASCII" "" "$(LC_ALL=C grep -P '[^\x20-\x7e]' "$golden/ascii.txt")"
tap_is "a screen is as wide and as high as it was asked to be" "40 120" "$(LC_ALL=C frame step 120x40 |
    awk '{ if (length($0) > most) most = length($0) } END { print NR, most }')"
tap_like "a screen that is too small says so" "needs 60 columns and 20 lines; here are 59 and 30" "$(frame start 59x30 | tr '\n' ' ')"

tap_done
