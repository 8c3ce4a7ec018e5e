#!/bin/sh
# make install puts a working trivium under DESTDIR and PREFIX; make uninstall leaves nothing of it.
# shellcheck source=tests/tap.sh
. tests/tap.sh

root=$tap_tmp/root
in_root()
{
    make -s "$1" O="$O" DESTDIR="$root" PREFIX=/opt/trivium
}

tap_ok "make install" in_root install
cd / || exit 1
installed=$root/opt/trivium
tap_is "the installed command runs a program natively" "hello, world" \
    "$("$installed/bin/trivium" run --on native hello 2>&1)"
tap_is "and on the interpreter" "hello, world" \
    "$("$installed/bin/trivium" run --on interp hello 2>&1)"
tap_like "the source of its programs is found" 'guest/bin/hello.c:[0-9]+  int first = options_parse' \
    "$("$installed/bin/trivium" explain hello --at main 2>&1)"
tap_ok "its manual page is there" test -s "$installed/share/man/man1/trivium.1"
tap_ok "its completion is there" test -s "$installed/share/bash-completion/completions/trivium"
cd "$OLDPWD" || exit 1
tap_ok "make uninstall" in_root uninstall
tap_is "no file is left" "" "$(find "$root" ! -type d)"
tap_done
