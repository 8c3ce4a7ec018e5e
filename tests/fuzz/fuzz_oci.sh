#!/bin/sh
# Fuzzes what reads an image layout's JSON, starting from whole layouts, of one layer and of many.
# shellcheck source=tests/fuzz/fuzz.sh
. tests/fuzz/fuzz.sh

digest=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

# list COUNT TEXT: a JSON list of it.
list()
{
    printf '['
    for i in $(seq "$1"); do
        printf '%s%s' "$2" "$([ "$i" = "$1" ] || echo ,)"
    done
    printf ']'
}

# layout LAYERS ROW CONFIG: the three documents.
layout()
{
    printf '{"schemaVersion":2,"manifests":[%s]}\0' "$2"
    printf '{"schemaVersion":2,"config":{"digest":"%s"},"layers":%s}\0' "$digest" \
        "$(list "$1" "{\"digest\":\"$digest\",\"size\":1}")"
    printf '{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":%s},"config":%s}' \
        "$(list "$1" "\"$digest\"")" "$3"
}

fuzz_seeds()
{
    row="{\"digest\":\"$digest\",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}}"
    layout 1 "{\"digest\":\"$digest\"}" null >"$1/one" &&
        layout 3 "$row,$row" '{"Entrypoint":["/bin/sh","-c"],"Cmd":["ls"],"Env":["A=1","PATH=/bin"],"WorkingDir":"/"}' >"$1/three" &&
        layout 32 "$row" '{"Cmd":null,"Env":[],"WorkingDir":""}' >"$1/most" &&
        layout 33 "$row" "{\"Cmd\":$(list 64 '"x"')}" >"$1/many"
}

fuzz oci
