#!/bin/sh
# Programs of an image: its files, what is written over them, how much of that.
# shellcheck source=tests/tap.sh
. tests/tap.sh

TRIVIUM_IMAGES=$tap_tmp/store
export TRIVIUM_IMAGES
guest=$(dirname "$TRIVIUM")/guest/x86_64

status()
{
    "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo $?
}

# contain ARGUMENTS...: in the image `two`.
contain()
{
    "$TRIVIUM" run --on container --image two "$@" </dev/null
}

root=$tap_tmp/root
mkdir -p "$root/bin" "$root/etc/old" "$tap_tmp/more/etc/old" "$tap_tmp/more/bin"
cp "$guest/sh" "$guest/ls" "$guest/cat" "$guest/echo" "$O/tests/ctr/attack" "$root/bin/"
echo one >"$root/etc/first"
echo one >"$root/etc/both"
echo one >"$root/etc/old/lower"
ln -s /etc/first "$root/etc/link"
ln -s ../../../../../etc/passwd "$root/etc/out"
chmod 6755 "$root/bin/echo"
echo two >"$tap_tmp/more/etc/both"
touch "$tap_tmp/more/etc/.wh.first" "$tap_tmp/more/etc/old/.wh..wh..opq"
echo two >"$tap_tmp/more/etc/old/upper"

"$TRIVIUM" image build two "$root" "$tap_tmp/more" 2>"$tap_tmp/err"
if [ "$(status contain sh -c 'exit 0')" != 0 ]; then
    tap_skip "programs of an image" "none can be run here: $(head -n 1 "$tap_tmp/err")"
    tap_done
fi
tap_is "the root is the image's" "bin dev etc proc tmp" "$(contain ls / | xargs)"
tap_is "the upper layer counts" two "$(contain cat /etc/both)"
tap_is "what it takes away is gone, and what an opaque folder had below" "both link old out upper" \
    "$(contain sh -c 'ls /etc; ls /etc/old' | xargs)"
tap_is "a link out of the image is a link within" 1 "$(status contain cat /etc/out)"
tap_is "a program is searched for" 0 "$(status contain echo hello)"
tap_is "or found by its path" 0 "$(status contain /bin/echo hello)"
tap_is "one that is not there is told" 125 "$(status contain nothing)"
tap_like "with what helps" "try: a name that is in the image" "$(cat "$tap_tmp/err")"
tap_like "the root is overlayfs, without set-user-id bits and devices" "^none / overlay rw,nosuid,nodev" \
    "$(contain cat /proc/self/mounts)"
tap_is "files can be changed, which is forgotten" "changed two" \
    "$( (contain sh -c "echo changed >/etc/both; cat /etc/both"; contain cat /etc/both) | xargs)"
tap_is "no file of the host is in the mounts" "" \
    "$(contain cat /proc/self/mounts | grep -v -E '^[^ ]+ /(|proc|proc/[^ ]+|dev|dev/[^ ]+|tmp) ')"
tap_is "what is written is limited: ENOSPC" 1 "$(status contain --writable 1M --workdir / attack fill-here 8)"
tap_like "for the program" "refused: ENOSPC" "$(cat "$tap_tmp/out")"
tap_is "and only there: /tmp is not full, and the program goes on" "still here" \
    "$(contain --writable 1M sh -c 'attack fill-here 8; cd /tmp; attack fill-here 2; echo still here' | grep -v -E 'refused: ENOSPC|succeeded')"
tap_is "less than the limit is fine" 0 "$(status contain --writable 16M attack fill-here 8)"
tap_is "--writable 1 is refused" 125 "$(status contain --writable 1 ls)"
tap_is "an image needs a root" 125 "$(status contain --share mount,pid ls)"
tap_is "no such image" 125 "$(status "$TRIVIUM" run --on container --image none ls)"
tap_is "and none but for a container" 125 "$(status "$TRIVIUM" run --on native --image two ls)"
tap_like "--explain tells of it" 'fsopen\("overlay"\), fsconfig\(lowerdir=1:0,upperdir=rw/upper' \
    "$(contain --explain ls / 2>&1)"
tap_is "--stats and --json go with it" 0 "$(status contain --stats --json "$tap_tmp/json" ls /)"

# Places where something is mounted, but they lead elsewhere.
for place in proc dev tmp; do
    mkdir "$tap_tmp/evil-$place"
    ln -s /etc "$tap_tmp/evil-$place/$place"
    "$TRIVIUM" image build "evil-$place" "$root" "$tap_tmp/evil-$place"
    tap_is "/$place as a link is refused" 125 "$(status "$TRIVIUM" run --on container --image "evil-$place" ls /)"
    tap_like "as a link" "cannot find /$place in the new root .*Too many levels" "$(cat "$tap_tmp/err")"
    "$TRIVIUM" image remove "evil-$place"
done

# What is damaged is not run.
layer=$(find "$TRIVIUM_IMAGES/layers" -name '*.tar' -size +64k)
printf 'X' | dd of="$layer" bs=1 seek=600 conv=notrunc 2>"$tap_tmp/dd"
tap_is "a damaged layer is refused" 125 "$(status contain ls /)"
tap_like "as damaged" "is damaged: its digest is sha256:" "$(cat "$tap_tmp/err")"
tap_is "on the host nothing is mounted, and /tmp is as it was" "" "$(grep -E 'overlay.*upperdir=rw' /proc/self/mounts)"
tap_done
