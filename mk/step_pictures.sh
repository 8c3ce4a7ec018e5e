#!/usr/bin/env bash
# step_pictures.sh [FILE.script...]: makes the pictures in docs/pictures anew, each by the script beside it.
#
#     # OPTIONS -- PROGRAM [ARGUMENTS...]      its first line: of `trivium step`
set -euo pipefail
[ $# -gt 0 ] || set -- docs/pictures/*.script
for script; do
    read -r _ line <"$script"
    read -ra options <<<"${line%% -- *}"
    read -ra program <<<"${line##* -- }"
    echo "picture: ${script%.script}.png" >&2
    "${O:-build}/trivium" step "${options[@]}" --script "$script" --screenshot "${script%.script}.png" "${program[@]}"
done
