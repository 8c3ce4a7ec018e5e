#!/bin/sh
# The demos as a lecturer shows them: each page on a terminal, with its keys; the script for the stepper in a window, too. They end
# where their notes say. What the other commands print is lectures.sh's.
# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/e2e/xvfb.sh
. tests/e2e/xvfb.sh
# shellcheck source=tests/e2e/lecture.sh
. tests/e2e/lecture.sh

unset NO_COLOR COLORTERM WAYLAND_DISPLAY
export LC_ALL=C.UTF-8 TERM=xterm
pages=docs/lectures
script=$pages/twenty.step
pty=$O/tests/e2e/pty
enter=$(printf '\r')
mkdir -p "$tap_tmp/build"

# The script for the stepper: what its notes claim, it expects.
for how in '--frame --screen 160x50' '--frame --screen 120x40' '--frame --screen 80x24' --plain; do
    # shellcheck disable=SC2086 # options
    tap_ok "the stepper's script shows all that its notes claim: $how" \
        "$TRIVIUM" step --user $how --script $script prime --max-prime 30 --events 1
done
tap_is "its notes are numbered" "$(grep -c '^note ' $script)" "$(sed -n 's/^note \([0-9]*\) of 6\. .*/\1/p' $script | tail -n 1)"

# shown PAGE: with Enter for what is quick, and s for all else. The keys that end a picture are those of the notes.
shown()
{
    shorter <"$pages/$1.md" >"$tap_tmp/page.md"
    set --
    while IFS= read -r command; do
        set -- "$@" --at "\$ $(echo "$command" | cut -c 1-120)"
        case $command in
        *--replay*) set -- "$@" "type:$enter" --at REPLAY type:q ;;
        *'trivium step'*) set -- "$@" "type:$enter" --at '1 of 6' "type:$enter$enter$enter$enter$enter" --at '6 of 6' type:q ;;
        *'trivium race'*ladder*) set -- "$@" "type:s$enter" ;;
        *'trivium race'* | *'trivium report'* | *'trivium check'*) set -- "$@" "type:$enter" ;;
        *) set -- "$@" "type:s$enter" ;;
        esac
    done <<END
$(sed -n 's/^    //p' "$tap_tmp/page.md")
END
    "$pty" "$@" $pages/present "$tap_tmp/page.md" >"$tap_tmp/out" 2>"$tap_tmp/err"
}
for page in five twenty forty-five; do
    shown $page
    tap_is "$page.md is shown to its end" "0 terminal: same" "$? $(cat "$tap_tmp/err")"
    tap_ok "... with its last note" grep -qF -e "$(grep '^[A-Za-z]' $pages/$page.md | tail -n 1)" "$tap_tmp/out"
    tap_is "... and each of its commands" "$(grep -c '^    ' $pages/$page.md)" "$(grep -c '^  \$ ' "$tap_tmp/out")"
done

# Figures.
tap_ok "figures are written" $pages/figures "$tap_tmp/figures" tests/zoo/honest.json
tap_is "one for each place that the script names, and the race" "$(grep -c '^# figure: ' $script) 1" \
    "$(find "$tap_tmp/figures" -name '*.svg' ! -name race.svg | wc -l) $(find "$tap_tmp/figures" -name race.svg | wc -l)"
hash=$(sha256sum "$O/guest/rv64/prime" | cut -d ' ' -f 1)
for figure in "$tap_tmp"/figures/*.svg; do
    name=$(basename "$figure")
    [ "$name" != race.svg ] || hash=$(sha256sum tests/zoo/honest.json | cut -d ' ' -f 1)
    tap_ok "$name names what it is of, by its hash" grep -q "$hash" "$figure"
    tap_ok "... and the command" grep -q 'trivium \(step\|race\|report\)' "$figure"
    if command -v xmllint >/dev/null; then
        tap_ok "... and is well formed" xmllint --noout "$figure"
    fi
done

xvfb_start
"$TRIVIUM" step --user --projector --script $script --screenshot "$tap_tmp/picture.png" prime --max-prime 30 --events 1
start timeout 60 "$TRIVIUM" step --user --projector --script $script prime --max-prime 30 --events 1
xdotool mousemove --window "$(cat "$tap_tmp/window")" 30 780
press Return Return Return Return Return
tap_like "in a window Enter leads to the last note, too" "^at " "$(seen | tail -n 1)"
ends
tap_done
