#!/bin/sh
# `trivium report`, and the reports of `trivium race`: well-formed, from the file alone, safe with hostile texts,
# and in a browser without an error and without a request.
# shellcheck source=tests/tap.sh
. tests/tap.sh

honest=tests/zoo/honest.json
page=$tap_tmp/page.html
figure=$tap_tmp/figure.svg

tap_is "an old file becomes all forms at once" 0 "$("$TRIVIUM" report "$honest" --html "$page" --svg "$figure" \
    --csv "$tap_tmp/all.csv" --markdown "$tap_tmp/all.md" --json "$tap_tmp/all.json" >"$tap_tmp/out" 2>&1; echo $?)"
tap_is "which says nothing else" "" "$(cat "$tap_tmp/out")"
tap_ok "the page is well-formed" xmllint --noout "$page"
tap_ok "the figure is well-formed" xmllint --noout "$figure"
reasons=$(xmllint --xpath '//*[@class="reason"]/text()' "$figure")
tap_is "... and says when it was measured, and where" \
    "$(jq -r '"Measured \(.started) on \(.host.cpu.model)"' "$honest")" \
    "$(echo "$reasons" | sed -n 's/^\(Measured .*\), Linux .*\. Trivium [0-9.]*$/\1/p')"
tap_is "... and by which command" "$(jq -r '.command | join(" ")' "$honest" | cut -c1-24)" \
    "$(echo "$reasons" | grep '^trivium race' | cut -c1-24)"
tap_is "the file comes back as it was" "$(jq -S . "$honest")" "$(jq -S . "$tap_tmp/all.json")"
tap_like "without a form, the table of the race is shown" "^   interp --user .*x24" \
    "$("$TRIVIUM" report "$honest")"
tap_is "a race writes them, too" 0 "$("$TRIVIUM" race --runs 1 --on native --html "$tap_tmp/race.html" --csv - hello \
    >"$tap_tmp/race.csv" 2>/dev/null; echo $?)"
tap_ok "... a page" xmllint --noout "$tap_tmp/race.html"
tap_is "... and on standard output nothing but the samples: the header, the run to warm up, the run" 3 \
    "$(wc -l <"$tap_tmp/race.csv")"
tap_is "two reports into one file are refused" 125 \
    "$("$TRIVIUM" report "$honest" --csv x --svg x 2>/dev/null; echo $?)"
tap_is "a file that is none: 2, and no page" "2 no" "$(echo '{}' | "$TRIVIUM" report - --html "$tap_tmp/no.html" \
    2>/dev/null; echo $?) $(test -e "$tap_tmp/no.html" && echo yes || echo no)"

# What the page has.
for text in "x24" "noisy host" "the doctor" "SHA-256" "trivium race --runs 5" "warm-up" "trivium reproduce FILE" \
    "On another kernel, Trivium, against kvm" "across kernels" "bootstrap interval" \
    "kvm against native, a different kernel: computing x"; do
    tap_ok "the page says: $text" grep -q -i -e "$text" "$page"
done
tap_is "a figure for each program, and the ladder; each with a title and a description for who cannot see it" "3 3 3" \
    "$(grep -c '<svg ' "$page") $(grep -c '<title id=' "$page") $(grep -c '<desc id=' "$page")"
# Of each program in each of six ways, five samples; in the ladder a dot for each program in each way.
tap_is "every sample is a dot" $((2 * 6 * 5 + 6 * 2)) "$(grep -o 'class="dot"' "$page" | wc -l)"
tap_is "that of each run to warm up is a hollow one" $((2 * 6)) "$(grep -o 'class="dropped"' "$page" | wc -l)"
tap_is "what is on another kernel is hatched, and nothing else" "9 9" \
    "$(grep -c 'class="hatch" fill="url(#hatch' "$page") $((3 * 3))"
tap_is "the samples are those of the file, dropped ones too" "$(jq '[.results[] | (.samples | length) + 1] | add' "$honest")" \
    "$(($(wc -l <"$tap_tmp/all.csv") - 1))"
tap_is "... with all their digits" "$(jq -r '.results[1].samples[2]' "$honest")" \
    "$(awk -F , '$3 == "\"interp\"" && $4 == "\"user\"" && $10 == 3 { print $12 }' "$tap_tmp/all.csv" | head -n 1)"
tap_like "Markdown has the slowdown, and against whom" '^\| interp --user \| Linux \| .* \| x24 of native \|' \
    "$(cat "$tap_tmp/all.md")"
tap_like "and says what crosses kernels" 'x1.02, another kernel' "$(cat "$tap_tmp/all.md")"

# external FILE: what in it could make a browser ask somebody.
external()
{
    sed 's|xmlns="http://www.w3.org/2000/svg"||g' "$1" |
        grep -o -i -E "(src|href|srcset|action|data) *= *\"[^\"]*\"|url\([^)]*\)|@import|https?://[^ \"<]*|<script|\bon[a-z]+=\"" |
        grep -v -x -E 'href="data:,"|url\(#(hatch|none)[0-9]+\)'
}
tap_is "the page refers to nothing outside, and has no script" "" "$(external "$page")"
tap_is "nor does the figure" "" "$(external "$figure")"

# Hostile texts in every place that a file has for one.
jq '"<script>alert(1)</script>\" onload=\"x\u0027]]>&amp;<!--\u202e\n|`*[x](http://e.example)" as $evil
    | .started = $evil | .version = $evil | .command += [$evil] | .host.cpu.model = $evil
    | .host.system.release = $evil | .host.findings = [{name: $evil, level: $evil, text: $evil, fix: $evil}]
    | .results |= map(.program = $evil | .args = [$evil, "=1+1"] | .unit = $evil | .kernel.name = $evil
        | .kernel.version = $evil | .kernel.where = $evil | .reason = $evil | .binary_sha256 = $evil
        | .kernel.sha256 = $evil | .counters[$evil] = $evil)
    | .results[3].way = $evil | .results[4].status = "failed" | .results[5].measure = $evil
    | .results[6].program = "=cmd()" | .results[7].program = "\u001b[2J\u0007\u009b"' "$honest" >"$tap_tmp/evil.json"
tap_is "a file full of hostile texts becomes all forms" 0 "$("$TRIVIUM" report "$tap_tmp/evil.json" \
    --html "$tap_tmp/evil.html" --svg "$tap_tmp/evil.svg" --csv "$tap_tmp/evil.csv" --markdown "$tap_tmp/evil.md" \
    >"$tap_tmp/out" 2>&1; echo $?)"
tap_ok "its page is well-formed" xmllint --noout "$tap_tmp/evil.html"
tap_ok "its figure is well-formed" xmllint --noout "$tap_tmp/evil.svg"
for file in evil.html evil.svg; do
    tap_is "no text became an element of $file" "0" \
        "$(xmllint --xpath 'count(//*[local-name() = "script"]) + count(//@onload) + count(//comment())' "$tap_tmp/$file")"
done
tap_is "no text became markup in Markdown" "" "$(grep -E '<script|[^\\]\[x\]|[^\\]`' "$tap_tmp/evil.md")"
tap_is "no field of the samples begins a formula" "" "$(grep -E '(^|,)"[=+@-]' "$tap_tmp/evil.csv")"
tap_is "no control character is in any of them, nor one that turns the direction" 0 \
    "$(cat "$tap_tmp"/evil.html "$tap_tmp"/evil.svg "$tap_tmp"/evil.csv "$tap_tmp"/evil.md |
        LC_ALL=C grep -c -P '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]')"
"$TRIVIUM" report "$tap_tmp/evil.json" >"$tap_tmp/out"
tap_is "nor in the table" 0 "$(LC_ALL=C grep -c -P '[\x00-\x08\x0b-\x1f\x7f]' "$tap_tmp/out")"
tap_is "each row of the samples has 19 fields" 19 \
    "$(sed 's/"[^"]*"//g' "$tap_tmp/evil.csv" | awk -F , '{ print NF }' | sort -u)"

# A race of which nothing could be measured.
"$TRIVIUM" race --on interp --html "$tap_tmp/failed.html" --svg "$tap_tmp/failed.svg" 'prime --nonsense' >/dev/null 2>&1
tap_ok "a page of failures is well-formed" xmllint --noout "$tap_tmp/failed.html"
tap_ok "and says why" grep -q "unknown option" "$tap_tmp/failed.html"
jq '.results = [] | .executions = [] | .steps = []' "$honest" | "$TRIVIUM" report - --html "$tap_tmp/empty.html" \
    --svg "$tap_tmp/empty.svg"
tap_ok "a page of nothing is well-formed" xmllint --noout "$tap_tmp/empty.html"

# In a browser. A request of the page's has the page, a file, as its initiator; Chromium's own have none.
browse()
{
    rm -f "$tap_tmp/net.json"
    HOME=$tap_tmp timeout 180 chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-component-update \
        --disable-background-networking --disable-sync --disable-default-apps --enable-logging=stderr \
        --user-data-dir="$tap_tmp/chromium" --log-net-log="$tap_tmp/net.json" --screenshot="$tap_tmp/shot.png" \
        --window-size=900,1400 "file://$1" >"$tap_tmp/chromium.out" 2>&1
    grep -o 'CONSOLE.*' "$tap_tmp/chromium.out"
    jq -r '.events[] | select(.params.initiator? // "" | test("^(file|null)")) | .params.url' "$tap_tmp/net.json"
}
if command -v chromium >/dev/null; then
    cat >"$tap_tmp/planted.html" <<END
<!DOCTYPE html><html><body><img src="http://127.0.0.1:9/planted.png"><script>console.error("planted")</script></body></html>
END
    seen=$(browse "$tap_tmp/planted.html")
    tap_like "a planted error is seen in the browser" 'CONSOLE.*planted' "$seen"
    tap_like "and a planted request" '^http://127.0.0.1:9/planted.png$' "$seen"
    tap_is "the page makes neither" "" "$(browse "$page")"
    tap_ok "it is drawn" test -s "$tap_tmp/shot.png"
    tap_is "nor does the one with hostile texts" "" "$(browse "$tap_tmp/evil.html")"
    tap_is "nor does the figure" "" "$(browse "$figure")"
else
    tap_skip "the page in a browser: no error, no request" "there is no chromium (apt-get install chromium)"
fi

tap_done
