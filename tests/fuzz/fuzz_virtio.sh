#!/bin/sh
# Fuzzes the virtio disk, starting from a request that is right.
# shellcheck source=tests/fuzz/fuzz.sh
. tests/fuzz/fuzz.sh

# Scripts as fuzz_virtio.c reads them: version; header at 0x300; three descriptors; available; notify.
fuzz_seeds()
{
    for version in 0 1; do
        for type in 0 1 8; do
            {
                printf '%b' "\\00$version\\002\\000\\003\\020\\00$type"
                head -c 15 /dev/zero
                printf '\000\000\000\003\020\000\001\001'
                if [ "$type" = 1 ]; then flags=1; else flags=3; fi
                printf '%b' "\\000\\001\\000\\004\\000\\002\\00$flags\\002"
                printf '\000\002\000\007\001\000\002\000\003\000\000\004'
            } >"$1/request-$version-$type"
        done
    done
}

fuzz virtio
