#!/usr/bin/env bash
# kernel.sh FOLDER: sees to it that FOLDER has a Linux kernel for the nested virtual machine: vmlinuz, and
# the modules beside it. It is Debian's kernel for clouds, downloaded as a package and taken apart, never
# installed. Exits with 1 and the reason on standard error if there is none to be had.
set -u
folder=$1
modules='irqbypass kvm kvm-amd overlay veth af_alg'
mkdir -p "$folder"
[ "$(cat "$folder/complete" 2>/dev/null)" = "$modules" ] && exit 0

fail()
{
    echo "there is no kernel for the nested virtual machine: $*" >&2
    exit 1
}

command -v apt-get >/dev/null || fail "it is taken from Debian's packages, and this is no Debian"
package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null |
    sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1)
[ -n "$package" ] || fail "apt knows no linux-image-cloud-amd64 (apt-get update may help)"
rm -rf "$folder/package"
mkdir "$folder/package"
(cd "$folder/package" && apt-get download -q "$package") >"$folder/log" 2>&1 ||
    fail "$package cannot be downloaded: $(tail -n 1 "$folder/log")"
dpkg-deb -x "$folder"/package/*.deb "$folder/package" >>"$folder/log" 2>&1 ||
    fail "$package cannot be taken apart: $(tail -n 1 "$folder/log")"
cp "$folder"/package/boot/vmlinuz-* "$folder/vmlinuz" || fail "$package has no vmlinuz"
for module in $modules; do
    file=$(find "$folder/package/lib/modules" -name "$module.ko" | head -n 1)
    [ -n "$file" ] || fail "$package has no module $module"
    cp "$file" "$folder/"
done
rm -rf "$folder/package"
echo "$modules" >"$folder/complete"
