#!/bin/sh
# pictures.sh RESULT.json: makes the pictures in docs/pictures anew, of one result file: the window of the race, as on a
# desk and as in a lecture, its last scene, and the page of the report as a browser shows it. Look at them.
set -eu
result=$1
build=${O:-build}
folder=docs/pictures
work=$(mktemp -d "${TMPDIR:-/tmp}/trivium-pictures.XXXXXX")
trap 'rm -rf "$work"' EXIT

# picture NAME FRAME OPTIONS...: a frame of the window, in pixels.
picture()
{
    name=$1 frame=$2
    shift 2
    "$build/trivium" race --replay "$result" --frame "$frame" --screenshot "$work/$name.png" "$@"
}

picture race 35 --screen 160x50
picture ladder last --screen 120x22
picture race-projector 101 --screen 80x25 --projector

command -v chromium >/dev/null || {
    echo "pictures.sh: there is no chromium, which draws the page" >&2
    echo "  try: apt-get install chromium" >&2
    exit 2
}
"$build/trivium" report "$result" --html "$work/page.html"
# A browser will not be root but without its sandbox. What it shows is our own page.
sandbox=
[ "$(id -u)" != 0 ] || sandbox=--no-sandbox
HOME=$work chromium --headless $sandbox --disable-gpu --no-first-run --hide-scrollbars --user-data-dir="$work/chromium" \
    --window-size=900,1100 --screenshot="$work/report.png" "file://$work/page.html" >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
}
mkdir -p "$folder"
cp "$work"/*.png "$folder/"
