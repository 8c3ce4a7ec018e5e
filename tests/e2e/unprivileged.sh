#!/bin/sh
# A user who may do nothing special on a host without KVM and without user namespaces: the first table comes all the
# same, and says of each way that lacks which one command enables it; the doctor says the same.
# shellcheck source=tests/tap.sh
. tests/tap.sh

if [ "$(id -u)" != 0 ]; then
    tap_skip "a host without KVM and user namespaces" "root is needed to take them away"
    tap_done
fi

# What was built, where that user may read it: a clone in a home is nobody else's.
folder=$(mktemp -d "${TMPDIR:-/tmp}/trivium-user.XXXXXX") || exit 1
trap 'rm -rf "$folder" "$tap_tmp"' EXIT
chmod 755 "$folder"
export folder
mkdir "$folder/build" "$folder/dev"
cp -r "$TRIVIUM" "$O/guest" "$folder/build/"

# A /dev without kvm, for whoever is in this mount namespace; and a user namespace in which nobody can make another.
cat >"$folder/inside.sh" <<'END'
mount -t tmpfs -o mode=755 dev "$folder/dev" || exit 99
for device in null zero full random urandom tty; do
    : >"$folder/dev/$device"
    mount --bind "/dev/$device" "$folder/dev/$device" || exit 99
done
mount --rbind "$folder/dev" /dev || exit 99
exec setpriv --reuid=65534 --regid=65534 --clear-groups unshare --user --map-current-user --keep-caps sh -c '
    echo 0 >/proc/sys/user/max_user_namespaces || exit 99
    exec setpriv --ambient-caps=-all --inh-caps=-all --no-new-privs "$@"' sh "$@"
END
# as_user COMMAND...
as_user()
{
    (cd "$folder" && HOME=/nonexistent unshare --mount sh "$folder/inside.sh" "$@") </dev/null
}

tap_is "the user is nobody" "65534 65534" "$(as_user sh -c 'echo $(id -u) $(id -G)')"
tap_is "there is no /dev/kvm" no "$(as_user sh -c 'test -e /dev/kvm && echo yes || echo no')"
tap_not "and no user namespace can be made" as_user unshare --user true

# A minute is what the first table may take; --quick begins no round after 20 s.
tap_is "a race of prime and fork ends in a minute, all is well" 0 "$(as_user timeout 60 build/trivium race --quick --json - \
    prime fork >"$tap_tmp/result.json" 2>"$tap_tmp/table"; echo $?)"
for program in prime fork; do
    tap_is "$program: native and every emulated way are measured" \
        "native ok
dbt user ok
threaded user ok
interp user ok
dbt machine ok
threaded machine ok
interp machine ok" "$(jq -r --arg program "$program" '.results[] | select(.program == $program and
        (.way | IN("container", "kvm") | not)) | [.way, .mode // empty, .status] | join(" ")' "$tap_tmp/result.json")"
    tap_is "$program: no number of those has no sample" true "$(jq --arg program "$program" '[.results[] |
        select(.program == $program and .status == "ok") | .samples | length] | min >= 1' "$tap_tmp/result.json")"
done
as_user build/trivium doctor --json >"$tap_tmp/doctor.json" 2>"$tap_tmp/err"
tap_is "the doctor finds no problem" 0 $?
for way in container kvm; do
    reason=$(jq -r --arg way $way '[.results[] | select(.way == $way) | .reason] | unique[]' "$tap_tmp/result.json")
    tap_is "$way: unavailable, with one reason" "unavailable 1" \
        "$(jq -r --arg way $way '[.results[] | select(.way == $way) | .status] | unique[]' "$tap_tmp/result.json") $(echo "$reason" | wc -l)"
    case $way in
    container) command='sudo sysctl -w user.max_user_namespaces=10000$' ;;
    kvm) command='sudo modprobe kvm_intel \(or kvm_amd\)' ;;
    esac
    tap_like "$way: and with the command that enables it" "; try: $command" "$reason"
    tap_is "$way: the doctor says the same" "$reason" "$(jq -r --arg way $way '.findings[] | select(.name == "way" and
        (.text | startswith($way + ": "))) | (.text | ltrimstr($way + ": ")) + "; try: " + .fix' "$tap_tmp/doctor.json")"
done
tap_is "each is hatched in the picture of the ladder" 2 "$(grep -c '^[^ ].* unavailable: ' "$tap_tmp/table")"
tap_done
