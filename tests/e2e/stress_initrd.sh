#!/bin/sh
# What the guest kernel makes of archives that are not as they should be: it says what is wrong and
# ends with the status of a panic; and of good ones that are not as ours.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

good=$O/guest/rv64/initrd.cpio
archive=$tap_tmp/initrd

# boot ARGUMENTS: boots with the archive. Output and status in $output and $status.
boot()
{
    output=$(timeout 60 qemu-system-riscv64 -M virt -m 64M -nographic -no-reboot \
        -kernel "$O/guest/rv64/kernel-debug" -initrd "$archive" -append "$1" </dev/null 2>&1)
    status=$?
    output=$(printf '%s\n' "$output" | tr -d '\r')
}

# patch OFFSET TEXT: overwrites bytes of a copy of the good archive.
patch()
{
    cp "$good" "$archive"
    printf '%s' "$2" | dd of="$archive" bs=1 seek="$1" conv=notrunc 2>/dev/null
}

refused()
{
    boot "init=/bin/hello"
    tap_is "$1: the machine's status is that of a panic" 124 "$status"
    tap_like "$1: and it says why" "$2" "$output"
}

if ! command -v qemu-system-riscv64 >/dev/null || ! command -v cpio >/dev/null; then
    tap_skip "bad archives are refused" \
        "qemu-system-riscv64 or cpio is missing (packages qemu-system-misc, cpio)"
    tap_done
fi

# The fields of the first header: 6 + 8 * N; the first member is "bin".
patch 0 070702
refused "another format" 'panic in next_member: initrd: no newc header at byte 0'
patch 14 zzzzzzzz
refused "a number that is none" 'initrd: no hexadecimal digit'
patch 94 FFFFFFFF
refused "an endless name" 'initrd: a name at byte 110 has no end'
patch 94 00000000
refused "no name" 'initrd: a name at byte 110 has no end'
patch 54 FFFFFFF0
refused "an endless file" 'initrd: bin does not fit'
patch 110 ../
refused "a name that leads out" 'initrd: a name that cannot be'
head -c 5000 "$good" >"$archive"
refused "the start of an archive" 'initrd: (bin/hello does not fit|ends without)'

# What cpio writes: with ".", a folder in a folder, a symbolic link, no alignment.
mkdir -p "$tap_tmp/tree/bin/deep/er"
cp "$O/guest/rv64/sh" "$O/guest/rv64/cat" "$tap_tmp/tree/bin"
echo 'a file' >"$tap_tmp/tree/bin/deep/er/text"
: >"$tap_tmp/tree/empty"
ln -s bin "$tap_tmp/tree/link"
(cd "$tap_tmp/tree" && find . | cpio -o -H newc) >"$archive" 2>/dev/null
boot 'init=/bin/sh -- -c "cat /bin/deep/er/text /empty && exit 5"'
tap_is "an archive made by cpio is used" 5 "$status"
tap_like "its files are there" '^a file$' "$output"
tap_like "what is neither file nor folder is told" 'link is neither a file nor a folder' "$output"
printf 'bin/cat\nbin/sh\nbin/deep/er/text\n' | (cd "$tap_tmp/tree" && cpio -o -H newc) \
    >"$archive" 2>/dev/null
boot 'init=/bin/sh -- -c "cat bin/deep/er/text"'
tap_like "folders that the archive only implies are made" '^a file$' "$output"
tap_done
