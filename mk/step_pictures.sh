#!/usr/bin/env bash
# step_pictures.sh [FOLDER]: makes the stepper's pictures in docs/pictures anew (or in FOLDER), each by the script
# docs/pictures/step-*.script, and those of recorded views, record-*.script, where this host can run the way. Look at them.
#
#     # OPTIONS -- PROGRAM [ARGUMENTS...]      the script's first line: of `trivium step`
set -euo pipefail
folder=${1:-docs/pictures}
for script in docs/pictures/step-*.script docs/pictures/record-*.script; do
    picture=$folder/$(basename "$script" .script).png
    read -r _ line <"$script"
    read -ra options <<<"${line%% -- *}"
    read -ra program <<<"${line##* -- }"
    echo "picture: $picture" >&2
    "${O:-build}/trivium" step "${options[@]}" --script "$script" --screenshot "$picture" "${program[@]}" </dev/null ||
        { [[ $script == */record-* ]] && echo "picture: $picture stays what it was" >&2; }
done
