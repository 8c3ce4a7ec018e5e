#!/bin/sh
# files.sh GLOB...: the project's files of these names, one a line: what git knows and what is new.
# In a copy without git, whatever lies outside the build folder.
set -eu
cd "$(dirname "$0")/.."
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -- "$@"
else
    for glob; do
        find . -path ./build -prune -o -type f -name "$glob" -print
    done | sed 's|^\./||'
fi | sort -u | while read -r file; do
    if [ -f "$file" ]; then
        echo "$file"
    fi
done
