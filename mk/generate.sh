#!/usr/bin/env bash
# generate.sh FILE.md: makes the generated parts of a document anew, by the commands they name.
#
#     <!-- generated: COMMAND -->         the command's output, as Markdown
#     <!-- generated text: COMMAND -->    the command and its output, as a terminal shows them
#     ... replaced ...
#     <!-- end -->
#
# `trivium` in a command is the one in $O. When a command fails, the file stays as it was.
set -euo pipefail
file=$1
new=$file.new
PATH=$PWD/${O:-build}:$PATH
export NO_COLOR=1 LC_ALL=C.UTF-8
trap 'rm -f "$new"' EXIT

generating=
while IFS= read -r line; do
    if [ "$line" = "<!-- end -->" ]; then
        generating=
    elif [ -n "$generating" ]; then
        continue
    fi
    printf '%s\n' "$line"
    if [[ $line =~ ^'<!-- generated'(' text')?': '(.*)' -->'$ ]]; then
        generating=yes
        as_text=${BASH_REMATCH[1]} command=${BASH_REMATCH[2]}
        echo "generate: $command" >&2
        output=$(bash -c "$command" </dev/null)
        if [ -n "$as_text" ]; then
            printf '\n```text\n$ %s\n%s\n```\n\n' "$command" "$output"
        else
            printf '\n%s\n\n' "$output"
        fi
    fi
done <"$file" >"$new"

if [ -n "$generating" ]; then
    echo "$file: a generated part without its <!-- end -->" >&2
    exit 1
fi
cat "$new" >"$file"
