#!/bin/sh
# What a program in a container cannot do, as whoever runs this, and in a user namespace. Here only what is
# refused is tried; that each of them succeeds without the walls is shown in tests/nested/inside/ctr_attacks.sh.
# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/ctr/attacks.sh
. tests/ctr/attacks.sh

contain()
{
    "$TRIVIUM" run --on container "$@" </dev/null
}

sharing_users()
{
    "$TRIVIUM" run --on container --share user "$@" </dev/null
}

in_namespace()
{
    unshare --user --map-root-user "$TRIVIUM" run --on container "$@" </dev/null
}

# in_image PROGRAM ARGUMENT...: the attacks of the image, whatever the program, with a layer to write to.
in_image()
{
    shift
    "$TRIVIUM" run --on container --image attacks --name attacked --rm --writable 1M /bin/attack "$@" </dev/null
}

TRIVIUM_IMAGES=$tap_tmp/store
export TRIVIUM_IMAGES
attacks_begin
if contain hello >"$tap_tmp/out" 2>"$tap_tmp/err"; then
    attacks_fail "as $(id -un)" contain
    contain cat /proc/self/status >"$tap_tmp/status"
    for set in Inh Prm Eff Bnd Amb; do
        case $set in Inh | Amb) rights=0000000000000000 ;; *) rights=00000000000004fb ;; esac
        tap_like "the set of rights Cap$set is $rights" "^Cap$set:.$rights" "$(cat "$tap_tmp/status")"
    done
    tap_like "no rights can grow" "^NoNewPrivs:.1" "$(cat "$tap_tmp/status")"
    tap_like "calls are filtered" "^Seccomp:.2" "$(cat "$tap_tmp/status")"
    tap_like "--stats says so" "^  call filters +2" "$(contain --stats hello 2>&1)"
    tap_like "--privileged leaves rights and calls" "^CapBnd:.[0-9a-f]*ffff[0-9a-f]*" \
        "$(contain --privileged cat /proc/self/status)"
    tap_like "but no more than the container's root has" "^refused: E" "$(contain --privileged "$attack" core-pattern)"
else
    tap_skip "attacks as $(id -un)" "no container can be made here: $(head -n 1 "$tap_tmp/err")"
fi
if sharing_users hello >"$tap_tmp/out" 2>"$tap_tmp/err"; then
    attacks_fail "without a user namespace" sharing_users
else
    tap_skip "attacks without a user namespace" "$(head -n 1 "$tap_tmp/err")"
fi
if in_namespace hello >"$tap_tmp/out" 2>"$tap_tmp/err"; then
    attacks_fail "in a user namespace" in_namespace
else
    tap_skip "attacks in a user namespace" "no container can be made there: $(head -n 1 "$tap_tmp/err")"
fi
if attacks_image attacks && in_image . --list >"$tap_tmp/out" 2>"$tap_tmp/err"; then
    attacks_fail "in an image" in_image
else
    tap_skip "attacks in an image" "$(head -n 1 "$tap_tmp/err")"
fi
attacks_end
tap_done
