#!/bin/sh
# mk/deps.sh on hosts that lack something, played by a PATH with nothing but what is put there.
# shellcheck source=tests/tap.sh
. tests/tap.sh

bin=$tap_tmp/bin
mkdir "$bin"
for tool in sh env cat sed awk dirname uname test; do
    ln -s "$(command -v "$tool")" "$bin/$tool"
done

# command NAME LINE...: puts a command into the PATH that does just that.
command_is()
{
    file=$bin/$1
    shift
    { echo '#!/bin/sh'; printf '%s\n' "$@"; } >"$file"
    chmod +x "$file"
}

deps()
{
    output=$(PATH=$bin mk/deps.sh "$@" 2>&1)
    echo "status $?"
}

tap_is "without apt-get it gives up" "status 2" "$(deps demo)"
deps demo >/dev/null
tap_like "and names what is missing" "missing.* gcc .*libelf-dev" "$output"
tap_not "and does not name what only the tests need" grep -q shellcheck <<END
$output
END

command_is apt-get "echo called apt-get \"\$@\""
command_is id 'echo 1000'
tap_is "an ordinary user without sudo installs nothing" "status 2" "$(deps check)"
deps check >/dev/null
tap_like "but is told the one line" \
    "^    sudo apt-get update && sudo apt-get install -y --no-install-recommends gcc .*jq" "$output"

command_is sudo 'exit 1'
tap_is "nor one whose sudo asks for a password" "status 2" "$(deps demo)"

command_is sudo 'shift; [ "$*" = true ] || echo "as root: $*"'
deps demo >/dev/null
tap_like "one whose sudo does not ask updates the lists" "^as root: .*apt-get update" "$output"
tap_like "and installs" "^as root: .*apt-get install .*gcc" "$output"

command_is id 'echo 0'
tap_is "an installation that did not help fails" "status 2" "$(deps demo)"
deps demo >/dev/null
tap_like "root needs no sudo" "^called apt-get install .*gcc" "$output"
tap_like "and what is still not found is named" "yet not found: gcc" "$output"

for tool in gcc pkg-config cc riscv64-unknown-elf-gcc; do
    command_is "$tool" "exit 0"
done
tap_is "where all is there nothing happens" "status 0" "$(deps demo)"
deps demo >/dev/null
tap_is "silently" "" "$output"

rm "$bin/uname"
command_is uname 'case $1 in -s) echo Linux ;; -m) echo aarch64 ;; esac'
tap_is "another architecture is refused" "status 2" "$(deps demo)"
deps demo >/dev/null
tap_like "with the reason" "runs on x86-64 Linux; this is Linux on aarch64" "$output"

tap_done
