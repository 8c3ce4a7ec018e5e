#!/bin/bash
# The options that a command says it has are those of its manual page and of the completion.
# shellcheck source=tests/tap.sh
. tests/tap.sh

# shellcheck source=share/bash-completion/trivium
. share/bash-completion/trivium

# options TEXT: the long options in it, one a line.
options()
{
    grep -oE -e '--[a-z][a-z-]*' <<<"$1" | sort -u
}

# completed WORD...: what the completion offers for the last word.
completed()
{
    COMP_WORDS=("$TRIVIUM" "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _trivium
    printf '%s\n' "${COMPREPLY[@]}" | sort
}

# page_text FILE: the manual page as plain text; mandoc makes letters bold by overstriking them.
page_text()
{
    mandoc -T ascii "$1" | sed "s/.$(printf '\b')//g"
}

for command in check doctor explain image ps rm run race report reproduce step why; do
    # In --help, options stand at the start of a line; argp itself has --usage.
    known=$("$TRIVIUM" $command --help | grep -E '^ {2,6}(-.,? )? *--' | grep -oE -e '--[a-z][a-z-]*' |
        grep -v -e --usage -e --version | sort -u)
    manual=$(page_text "docs/man/trivium-$command.1")
    tap_is "every option of $command is in its manual page" "" \
        "$(comm -23 <(grep -v -e --help <<<"$known") <(options "$manual"))"
    tap_is "the completion offers the options of $command" "$known" \
        "$(completed $command -- | grep -e --)"
done
tap_is "commands are completed" "doctor" "$(completed d)"
tap_is "ways are completed" "interp
interp-no-tlb" "$(completed run --on i)"
tap_is "bundled programs are completed" "prime" "$(completed run pr)"
tap_is "the object files beside them are none" "" "$(completed race crt | grep -F .o)"
for page in docs/man/*.1; do
    tap_is "no line of $(basename "$page") is wider than 80 columns" "" \
        "$(page_text "$page" | grep -E '.{81}')"
done

tap_done
