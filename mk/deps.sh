#!/bin/sh
# deps.sh demo|check|bench: sees to it that the packages of mk/packages.txt are there.
#
# Silent when they are. Otherwise installs them where it may: as root, or through a sudo that asks
# for no password. Where it may not, it prints the one line to type and exits with status 2.
# deps.sh --package COMMAND prints the package that COMMAND comes from.
set -eu
table=$(dirname "$0")/packages.txt

# The rows of the table: package, for, probe.
rows()
{
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$table" | awk '{ print $1, $2, $3 }'
}

there()
{
    name=${1#*:}
    case $1 in
    cmd:*) command -v "$name" ;;
    pkg:*) pkg-config --exists "$name" ;;
    header:*) echo "#include <$name>" | cc -E - ;;
    file:*) test -e "$name" ;;
    clang:*) test -e "$(clang -print-file-name="$name")" ;;
    guest-cc) test -n "$(guest/find-cc)" ;;
    *) exit 3 ;;
    esac >/dev/null 2>&1
}

# Is a package for that needed now? "check" and "bench" need those of "demo" too, and "check" those of "ci"
# where no skip is let pass.
needed()
{
    case $1 in
    demo) return 0 ;;
    bench) [ "$2" = bench ] ;;
    check) [ "$2" = check ] ;;
    ci) [ "$2" = check ] && [ -n "${CI_MUST_WORK:-}" ] ;;
    esac
}

# The packages whose probe fails, on one line.
missing()
{
    rows | while read -r package for probe; do
        if needed "$for" "$1"; then
            there "$probe" || printf ' %s' "$package"
        fi
    done
}

case ${1-} in
demo | check | bench) ;;
--package)
    rows | awk -v probe="cmd:$2" '$3 == probe { print $1 }'
    exit
    ;;
*)
    echo "usage: deps.sh demo|check|bench|--package COMMAND" >&2
    exit 2
    ;;
esac

if [ "$(uname -s) $(uname -m)" != "Linux x86_64" ]; then
    cat >&2 <<END
Trivium runs on x86-64 Linux; this is $(uname -s) on $(uname -m).
What is missing elsewhere: the native programs are x86-64 files, and the emulator passes system calls
to a Linux kernel. A virtual machine with Debian 12 for x86-64 has everything.
END
    exit 2
fi

packages=$(missing "$1")
if [ -z "$packages" ]; then
    exit 0
fi

if ! command -v apt-get >/dev/null; then
    echo "These are missing, by the names that Debian gives them:$packages" >&2
    echo "Install what your system calls them (mk/packages.txt says what each is for)." >&2
    exit 2
fi
install="apt-get install -y --no-install-recommends$packages"
if [ "$(id -u)" = 0 ]; then
    sudo=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo="sudo -n"
else
    echo "Packages are missing. As an administrator, type this, then make again:" >&2
    echo "    sudo apt-get update && sudo $install" >&2
    exit 2
fi
echo "Installing what is missing:$packages"
# shellcheck disable=SC2086 # lists of words
{
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -q
    $sudo env DEBIAN_FRONTEND=noninteractive $install -q
}

packages=$(missing "$1")
if [ -n "$packages" ]; then
    echo "Installed, and yet not found:$packages (mk/packages.txt has the probes)" >&2
    exit 2
fi
