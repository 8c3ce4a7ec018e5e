#!/bin/sh
# Importing OCI image layouts: good ones, broken ones, and ones that mean harm.
# shellcheck source=tests/tap.sh
. tests/tap.sh

TRIVIUM_IMAGES=$tap_tmp/store
export TRIVIUM_IMAGES
layout=$tap_tmp/layout

status()
{
    "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo $?
}

image()
{
    "$TRIVIUM" image "$@"
}

# blob FILE: puts it into the layout; prints its digest.
blob()
{
    digest=$(sha256sum <"$1" | cut -d ' ' -f 1)
    cp "$1" "$layout/blobs/sha256/$digest"
    echo "sha256:$digest"
}

# json NAME FILTER: a blob of what jq makes of nothing, with the variables that are set below.
json()
{
    jq -n --arg layer "$layer" --arg diff "$diff" --arg config "$config" --arg manifest "$manifest" "$1" \
        >"$tap_tmp/json"
    blob "$tap_tmp/json"
}

# lay [CONFIG [MANIFEST [INDEX]]]: a layout of one gzipped layer; jq filters put other things into it.
lay()
{
    rm -rf "$layout"
    mkdir -p "$layout/blobs/sha256"
    echo '{"imageLayoutVersion": "1.0.0"}' >"$layout/oci-layout"
    layer=$(blob "$tap_tmp/layer.tar.gz")
    diff=sha256:$(sha256sum <"$tap_tmp/layer.tar" | cut -d ' ' -f 1)
    config='' manifest=''
    config=$(json "{architecture: \"amd64\", os: \"linux\", rootfs: {type: \"layers\", diff_ids: [\$diff]}} | ${1:-.}")
    manifest=$(json "{schemaVersion: 2, config: {digest: \$config}, layers: [{digest: \$layer}]} | ${2:-.}")
    jq -n --arg manifest "$manifest" "{schemaVersion: 2, manifests: [{digest: \$manifest}]} | ${3:-.}" \
        >"$layout/index.json"
}

# refused NAME REGEX: the layout is, and for that reason.
refused()
{
    tap_is "$1: refused" 125 "$(status image import bad "$layout")"
    tap_like "$1: it is told" "$2" "$(cat "$tap_tmp/err")"
}

if ! command -v jq >/dev/null; then
    tap_skip "OCI image layouts" "there is no jq"
    tap_done
fi
mkdir -p "$tap_tmp/root/etc"
echo hello >"$tap_tmp/root/etc/greeting"
tar -C "$tap_tmp/root" -cf "$tap_tmp/layer.tar" .
gzip -nc "$tap_tmp/layer.tar" >"$tap_tmp/layer.tar.gz"

lay
if [ "$(status image import good "$layout")" != 0 ] && grep -q "cannot load libarchive" "$tap_tmp/err"; then
    tap_skip "OCI image layouts" "$(head -n 1 "$tap_tmp/err")"
    tap_done
fi
tap_is "a layout is imported" "" "$(cat "$tap_tmp/err")"
tap_like "with its files" "file +6  /etc/greeting$" "$(image layers good)"
tap_is "a layer is kept unpacked, under its own digest" "${diff#sha256:}.tar" "$(ls "$TRIVIUM_IMAGES/layers")"
before=$(cd "$TRIVIUM_IMAGES" && find . | sort)

# zstd FILE: as zstd has it, in one block that is not compressed (RFC 8878).
zstd_frame()
{
    size=$(wc -c <"$1")
    header=$((size * 8 + 1))
    for byte in 40 181 47 253 160 $((size % 256)) $((size / 256)) 0 0 \
        $((header % 256)) $((header / 256 % 256)) $((header / 65536)); do
        # shellcheck disable=SC2059 # the number is the format
        printf "\\$(printf %03o "$byte")"
    done
    cat "$1"
}

cp "$tap_tmp/layer.tar.gz" "$tap_tmp/layer.gzipped"
zstd_frame "$tap_tmp/layer.tar" >"$tap_tmp/layer.tar.gz"
lay
if [ "$(status image import zstd "$layout")" != 0 ] && grep -q "libarchive cannot unpack" "$tap_tmp/err"; then
    tap_skip "a layer that zstd has compressed" "$(head -n 1 "$tap_tmp/err")"
else
    tap_like "a layer that zstd has compressed" "file +6  /etc/greeting$" "$(image layers zstd)"
    tap_is "is kept as any other" "${diff#sha256:}.tar" "$(ls "$TRIVIUM_IMAGES/layers")"
    image remove zstd
    printf 'x' | dd of="$tap_tmp/layer.tar.gz" bs=1 seek=5 conv=notrunc 2>"$tap_tmp/dd"
    lay
    tap_is "a broken one is refused" 125 "$(status image import bad "$layout")"
fi
mv "$tap_tmp/layer.gzipped" "$tap_tmp/layer.tar.gz"

# How it would like to be started: config.md of OCI.
config()
{
    lay ".config = $1"
}
configured()
{
    jq -c .config "$TRIVIUM_IMAGES/images/good.json"
}
config '{Entrypoint: ["/bin/sh", "-c"], Cmd: ["echo \"$A\""], Env: ["A=1", "PATH=/bin"], WorkingDir: "/etc", User: "me"}'
tap_is "what the image would start is kept" 0 "$(status image import good "$layout")"
tap_is "as one command" '{"Cmd":["/bin/sh","-c","echo \"$A\""],"Env":["A=1","PATH=/bin"],"WorkingDir":"/etc"}' "$(configured)"
config '{Cmd: null, Env: null, WorkingDir: ""}'
tap_is "or that it would start nothing" '{"Cmd":[],"Env":[],"WorkingDir":""}' \
    "$(image import good "$layout"; configured)"
config 1
refused "a configuration that is a number" "configuration is no object"
config '{Cmd: "ls"}'
refused "a command that is a text" "Cmd of the image's configuration is no list"
config '{Cmd: ["ls", 1]}'
refused "a word that is a number" "something else where a text should be"
config '{Cmd: ["", "ls"]}'
refused "a program without a name" "a program without a name"
config '{Cmd: [range(65) | "x"]}'
refused "too many words" "Cmd of the image's configuration has more than 64"
config '{Entrypoint: [range(40) | "x"], Cmd: [range(40) | "x"]}'
refused "too many words of both" "Cmd of the image's configuration has more than 64"
config '{Cmd: ["x" * 9000]}'
refused "too long a word" "more than 8192 bytes"
config '{Env: ["A"]}'
refused "a variable without a value" "no NAME=VALUE"
config '{Env: ["=A"]}'
refused "one without a name" "no NAME=VALUE"
config '{Env: [range(65) | "A=\(.)"]}'
refused "too many variables" "Env of the image's configuration has more than 64"
config '{WorkingDir: "etc"}'
refused "a folder that depends on where one is" "WorkingDir .* does not begin with /"
config '{WorkingDir: ["/"]}'
refused "a folder that is a list" "WorkingDir .* does not begin with /"
config '{Cmd: ["a\u0000b"]}'
refused "a zero byte" "is no JSON"
lay
image import good "$layout"

lay . . '.manifests = [{digest: "sha256:x", platform: {os: "linux", architecture: "arm64"}},
    (.manifests[0] + {platform: {os: "linux", architecture: "amd64"}})]'
tap_is "of several images, ours" 0 "$(status image import good "$layout")"
lay . . '.manifests += .manifests'
refused "several, and none that says it is ours" "no one image for Linux on x86-64"

lay '.architecture = "arm64"'
refused "another machine" "not for Linux on x86-64"
lay '.rootfs.diff_ids = ["sha256:" + "0" * 64]'
refused "another digest of what is unpacked" "its digest is sha256:.*, but should be sha256:000"
lay '.rootfs.diff_ids += .rootfs.diff_ids'
refused "too many digests" "has 1 layers, and digests for 2"
lay 'del(.rootfs)'
refused "none" "has 1 layers, and digests for 0"
lay . '.layers = []'
refused "no layers" "has 0 layers"
lay . '.layers = [range(33) as $i | .layers[0]]'
refused "too many layers" "has 33 layers"
lay . '.layers[0].digest = "sha256:../../../../../../../etc/passwd"'
refused "a digest that is a path" "a digest that is no SHA-256"
lay . '.config.digest = "md5:00"'
refused "another kind of digest" "a digest that is no SHA-256"
lay . '.config = 1'
refused "a number for an object" "a digest that is no SHA-256"
lay . '.layers = {"a": 1}'
refused "an object for a list" "has 0 layers"
lay . . '.manifests = "many"'
refused "a text for a list" "no one image"
lay . 'del(.layers) + {manifests: [{digest: $layer}]}'
refused "an index that leads to no manifest" "is no JSON|does not have the digest"

lay
echo ' ' >>"$layout/blobs/sha256/${manifest#sha256:}"
refused "a manifest that was changed" "does not have the digest"
lay
rm "$layout/blobs/sha256/${layer#sha256:}"
refused "a layer that is missing" "cannot open blobs/sha256/${layer#sha256:}"
ln -s "$tap_tmp/layer.tar.gz" "$layout/blobs/sha256/${layer#sha256:}"
refused "a layer that is a link" "Too many levels of symbolic links"
rm "$layout/blobs/sha256/${layer#sha256:}"
mkfifo "$layout/blobs/sha256/${layer#sha256:}"
refused "a layer that is a pipe" "is no file"
lay
head -c 60 "$tap_tmp/layer.tar.gz" >"$layout/blobs/sha256/${layer#sha256:}"
refused "half a layer" "no layer can be made of OCI layer"
for text in '' '[]' '{' '{"manifests": [1]}' '{"manifests": [], "manifests": []}' "$(printf '[%.0s' $(seq 5000))"; do
    printf '%s' "$text" >"$layout/index.json"
    tap_is "an index of $(printf %.20s "$text"): refused" 125 "$(status image import bad "$layout")"
done
head -c 5000000 /dev/zero >"$layout/index.json"
refused "an index that is too long" "index.json of the image layout is too long"
rm "$layout/index.json"
refused "no index" "cannot open index.json"
tap_is "of all that nothing is left" "$before" "$(cd "$TRIVIUM_IMAGES" && find . | sort)"
tap_done
