#!/bin/sh
# What a program in a container cannot do: as root, as nobody, in a user namespace; and that each attack
# succeeds in a naive container, a chroot in new namespaces, so that the test can fail.
# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/ctr/attacks.sh
. tests/ctr/attacks.sh

naive=$tap_tmp/naive
mkdir -p "$naive/bin" "$naive/proc" "$naive/dev" "$naive/tmp"
cp "$attack" "$naive/bin/attack"

# naive NAMESPACES ATTACK [ARGUMENT]
naive()
{
    spaces=$1
    shift
    # shellcheck disable=SC2086 # several options
    unshare -m $spaces sh -c "mount -t proc proc $naive/proc && mount -o bind /dev $naive/dev &&
        mount -o bind /dev/pts $naive/dev/pts && exec chroot $naive /bin/attack \"\$@\"" sh "$@" </dev/null
}

contain()
{
    "$TRIVIUM" run --on container "$@" </dev/null
}

as_nobody()
{
    su nobody -c "$TRIVIUM run --on container $*" </dev/null
}

sharing_users()
{
    "$TRIVIUM" run --on container --share user "$@" </dev/null
}

in_namespace()
{
    unshare -U -r "$TRIVIUM" run --on container "$@" </dev/null
}

in_image()
{
    shift
    "$TRIVIUM" run --on container --image attacks --name attacked --writable 1M --rm /bin/attack "$@" </dev/null
}

in_image_as_nobody()
{
    shift
    su nobody -c "TRIVIUM_IMAGES=$tap_tmp/nobody $TRIVIUM run --on container --image attacks /bin/attack $*" </dev/null
}

attacks_begin
for name in $("$attack" --list); do
    case $name in
    # In a chroot the kernel refuses it by itself.
    user | clone-user | clone3-user) tap_like "naive, without a chroot: $name succeeds" "^succeeded" \
        "$(unshare -m -u -i "$attack" "$name" 2>&1)" ;;
    *) tap_like "naive: $name succeeds" "^succeeded" "$(naive "-u -i" "$name" 7</ 2>&1)" ;;
    esac
done
tap_like "naive: kill succeeds" "^succeeded" "$(naive "" kill "$decoy" 2>&1)"
tap_like "naive: ptrace succeeds" "^succeeded" "$(naive "" ptrace "$decoy" 2>&1)"
tap_like "naive: socket succeeds" "^succeeded" "$(naive "" socket "trivium-$decoy" 2>&1)"
heard=no
trap 'heard=yes' WINCH
naive "" group >/dev/null 2>&1
trap - WINCH
tap_is "naive: the process group is signalled" yes $heard

attacks_fail "as root" contain
attacks_fail "as root, without a user namespace" sharing_users
attacks_fail "as nobody" as_nobody
attacks_fail "in a user namespace" in_namespace
TRIVIUM_IMAGES=$tap_tmp/store
export TRIVIUM_IMAGES
attacks_image attacks
attacks_fail "in an image" in_image
mkdir "$tap_tmp/nobody"
chmod 755 "$tap_tmp"
chown nobody "$tap_tmp/nobody"
su nobody -c "TRIVIUM_IMAGES=$tap_tmp/nobody $TRIVIUM image build attacks $tap_tmp/root"
attacks_fail "in an image, as nobody" in_image_as_nobody
attacks_end
tap_done
