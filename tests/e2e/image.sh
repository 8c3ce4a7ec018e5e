#!/bin/sh
# The store of images: building, showing, removing; damage, interruption, two at a time.
# shellcheck source=tests/tap.sh
. tests/tap.sh

TRIVIUM_IMAGES=$tap_tmp/store
export TRIVIUM_IMAGES

status()
{
    "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo $?
}

image()
{
    "$TRIVIUM" image "$@"
}

root=$tap_tmp/root
mkdir -p "$root/bin" "$root/etc" "$tap_tmp/more/etc"
echo one >"$root/etc/first"
printf 'x' >"$root/bin/tool"
chmod 6755 "$root/bin/tool"
ln -s /etc/passwd "$root/etc/link"
echo two >"$tap_tmp/more/etc/second"
touch "$tap_tmp/more/etc/.wh.first"

if [ "$(status image build base "$root")" != 0 ] && grep -q "cannot load libarchive" "$tap_tmp/err"; then
    tap_skip "images" "$(head -n 1 "$tap_tmp/err")"
    tap_done
fi
tap_is "a folder becomes an image" "" "$(cat "$tap_tmp/err")"
layer=$(find "$TRIVIUM_IMAGES/layers" -name '*.tar')
tap_is "its layer is called by its digest" "$(sha256sum <"$layer" | cut -d ' ' -f 1).tar" "$(basename "$layer")"
tap_is "other programs can read it" "bin bin/tool etc etc/first etc/link" \
    "$(tar tf "$layer" | sed 's,/$,,' | sort | xargs)"
tap_not "set-user-id bits stay out" sh -c "tar tvf $layer | grep -i s.*tool | grep '^-..s'"
image build again "$root"
tap_is "the same folder is the same layer" 1 "$(find "$TRIVIUM_IMAGES/layers" -name '*.tar' | wc -l)"
tar -C "$tap_tmp/more" -czf "$tap_tmp/more.tar.gz" .
tap_is "a gzipped tar file is a layer, on top of another image's" 0 \
    "$(status image build --from base two "$tap_tmp/more.tar.gz")"
tap_is "list" "again 1 layer, base 1 layer, two 2 layers" \
    "$(image list | sed 's/ \+/ /g; s/\(layers\?\) .*/\1/' | paste -sd , | sed 's/,/, /g')"
tap_is "history: the last one first" "2 1" "$(image history two | awk '{ print $1 }' | xargs)"
tap_like "layers: which file comes from which" "^ 1  file +4  /etc/first$" "$(image layers two)"
tap_like "and what takes it away" "^ 2  gone +0  /etc/first$" "$(image layers two)"
tap_is "no image: an error" 125 "$(status image history nothing)"
tap_like "which says what helps" "try: trivium image list" "$(cat "$tap_tmp/err")"
for name in ../x .x '' a/b -x "$(printf '%070d' 1)"; do
    tap_is "the name '$name' is refused" 125 "$(status image build -- "$name" "$root")"
done
tap_is "a wrong word is an error" 125 "$(status image burn x)"
tap_is "a missing one, too" 125 "$(status image build x)"

# What is refused leaves nothing.
before=$(cd "$TRIVIUM_IMAGES" && find . | sort)
head -c 700 "$layer" >"$tap_tmp/cut.tar"
tap_is "a truncated tar file is refused" 125 "$(status image build bad "$tap_tmp/cut.tar")"
gzip -c "$layer" | head -c 300 >"$tap_tmp/cut.tar.gz"
tap_is "a truncated gzip file, too" 125 "$(status image build bad "$tap_tmp/cut.tar.gz")"
tar -C "$root" -P -cf "$tap_tmp/up.tar" --transform 's,^etc/first,../out,' etc/first
tap_is "a name with .. is refused" 125 "$(status image build bad "$tap_tmp/up.tar")"
tap_like "and named" "'../out': it leads out of its folder" "$(cat "$tap_tmp/err")"
head -c 100000 /dev/urandom >"$tap_tmp/noise"
tap_is "noise is no layer" 125 "$(status image build bad "$tap_tmp/noise")"
tap_is "a device is none" 125 "$(status image build bad /dev/zero)"
tap_is "of all that nothing is left" "$before" "$(cd "$TRIVIUM_IMAGES" && find . | sort)"

# Damage.
cp "$layer" "$tap_tmp/whole"
chmod u+w "$layer"
printf 'X' | dd of="$layer" bs=1 seek=600 conv=notrunc 2>"$tap_tmp/dd"
tap_is "a layer that was changed is refused" 125 "$(status image layers base)"
tap_like "as its digest tells" "is damaged: its digest is sha256:[0-9a-f]+, but should be" "$(cat "$tap_tmp/err")"
cp "$tap_tmp/whole" "$layer"
echo '{"layers": [{"sha256": "../../../etc/passwd", "size": 1, "source": ""}]}' >"$TRIVIUM_IMAGES/images/evil.json"
tap_is "a digest that is a path is none" 125 "$(status image layers evil)"
echo '{' >"$TRIVIUM_IMAGES/images/evil.json"
tap_is "nor is half a description an image" 125 "$(status image layers evil)"
rm "$TRIVIUM_IMAGES/images/evil.json"

# Interruption: what somebody who was killed has left, the next one takes away.
echo half >"$TRIVIUM_IMAGES/new"
cp "$layer" "$TRIVIUM_IMAGES/layers/$(printf '%064d' 7).tar"
tap_is "after an interruption" 0 "$(status image build third "$tap_tmp/more")"
tap_is "there is nothing half" "" "$(find "$TRIVIUM_IMAGES" -name new -o -name "$(printf '%064d' 7).tar")"
mkdir "$tap_tmp/big"
head -c 30000000 /dev/urandom >"$tap_tmp/big/file"
for delay in 0.01 0.03 0.06 0.1; do
    timeout -s KILL $delay "$TRIVIUM" image build killed "$tap_tmp/big" 2>"$tap_tmp/err"
    image list >"$tap_tmp/list" 2>&1 || tap_is "killed after $delay s" "" "$(cat "$tap_tmp/list")"
    ! grep -q killed "$tap_tmp/list" || image layers killed >"$tap_tmp/out" 2>&1 ||
        tap_is "an image that is there is whole" "" "$(cat "$tap_tmp/out")"
done
tap_is "killed at any time: the others are whole" 0 "$(status image layers two)"
for i in 1 2 3 4 5 6; do
    image build "parallel$i" "$root" "$tap_tmp/more" &
done
wait
tap_is "six at a time" 6 "$(image list | grep -c parallel)"

for i in 1 2 3 4 5 6; do image remove "parallel$i"; done
image remove again
tap_is "a layer stays while an image has it" 0 "$(status image layers base)"
image remove two
image remove base
image remove third
! grep -q killed "$tap_tmp/list" || image remove killed
tap_is "and goes with the last" 0 "$(find "$TRIVIUM_IMAGES/layers" -name '*.tar' | wc -l)"
tap_is "without TRIVIUM_IMAGES the store is where data belongs" "$tap_tmp/data/trivium/images" \
    "$(unset TRIVIUM_IMAGES; XDG_DATA_HOME=$tap_tmp/data image list; find "$tap_tmp/data" -name images -printf '%h/%f\n' | head -n 1)"
tap_done
