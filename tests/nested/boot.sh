#!/usr/bin/env bash
# boot.sh SCRIPT [FILE...]: runs a shell script in a nested virtual machine and prints its output; its
# exit status is the script's. 98: there is no such machine here, and standard error says why; 99: it
# did not come so far.
#
# The machine is a PC with AMD's SVM, all of it emulated (qemu-system-x86_64 -accel tcg -cpu max), with
# Debian's kernel on it: so KVM with the semantics of real hardware, and cgroup v2, are had on every
# host. What is quick or slow there means nothing.
#
# In it, the current folder holds build/trivium with the libraries that it needs, build/guest, and each
# FILE under its own relative name. busybox, jq, flock, setpriv and cksum are there.
#
# O (the build folder), CPUS (1), MEMORY (512, in MiB), LIMIT (300, in seconds), WITHOUT (a module that is
# not loaded: kvm-amd leaves the machine without /dev/kvm).
set -u
here=$(dirname "$0")
O=${O:-build}
script=$1
shift
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

for tool in qemu-system-x86_64 busybox cpio; do
    command -v $tool >/dev/null || { echo "$tool is missing" >&2; exit 98; }
done
"$here/kernel.sh" "$O/nested" || exit 98

# with_libraries FILE: a program goes to /bin or where it is told, its libraries where they are here.
with_libraries()
{
    local library
    ldd "$1" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
        mkdir -p "$root$(dirname "$library")"
        cp -L "$library" "$root$library"
    done
}

root=$work/root
mkdir -p "$root"/{bin,etc,lib,lib64,modules,test/build}
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$O"/nested/*.ko "$root/modules/"
printf '%s\n' 'root:x:0:0::/:/bin/sh' 'nobody:x:65534:65534::/:/bin/sh' >"$root/etc/passwd"
printf '%s\n' 'root:x:0:' 'kvm:x:105:' 'nogroup:x:65534:' >"$root/etc/group"
cp "$O/trivium" "$root/test/build/trivium"
with_libraries "$O/trivium"
# It is loaded when a guest has died.
for library in /lib/*/libcapstone.so.? /usr/lib/*/libcapstone.so.?; do
    [ ! -e "$library" ] || { mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library"; }
done
# It is loaded when an image is used, with what it needs itself.
for library in /lib/*/libarchive.so.13 /usr/lib/*/libarchive.so.13; do
    [ ! -e "$library" ] || { mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library" && with_libraries "$library"; }
done
# What busybox has not, or not with the options that tests use.
for tool in jq flock setpriv cksum; do
    if command -v "$tool" >/dev/null; then
        cp "$(command -v "$tool")" "$root/bin/$tool"
        with_libraries "$(command -v "$tool")"
    fi
done
for isa in x86_64 rv64; do
    mkdir -p "$root/test/build/guest/$isa"
    find "$O/guest/$isa" -maxdepth 1 -type f \( -perm -u+x -o -name initrd.cpio \) \
        -exec cp {} "$root/test/build/guest/$isa/" \;
done
for file; do
    mkdir -p "$root/test/$(dirname "${file#"$O/"}")"
    case $file in
    "$O"/*) mkdir -p "$root/test/build/$(dirname "${file#"$O/"}")"
        cp "$file" "$root/test/build/${file#"$O/"}" ;;
    *) cp "$file" "$root/test/$file" ;;
    esac
done
cp "$here/init" "$here/init2" "$root/"
chmod +x "$root/init" "$root/init2"
cp "$script" "$root/nested.sh"
(cd "$root" && find . | cpio -o -H newc --quiet) >"$work/initrd"

# All of QEMU on one processor, the first that we may use. Its emulation of SVM changes the vCPU's set of
# pending interrupts without the lock under which its device thread sets a bit there (cpu_vmexit of
# QEMU 7.2's svm_helper.c), and a timer's interrupt that is lost so leaves Linux asleep for ever: 3 of 3
# runs on a quick host. On one processor the two cannot meet in the middle of that instruction.
processor=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')

# One boot. Some stop before the first mark, which is QEMU's affair and not the test's: it is tried twice.
boot()
{
    timeout --foreground "${LIMIT:-300}" taskset -c "$processor" qemu-system-x86_64 -accel tcg -machine q35 -cpu max \
        -smp "${CPUS:-1}" -m "${MEMORY:-512}" -nodefaults -display none -no-reboot \
        -serial "file:$work/serial" -kernel "$O/nested/vmlinuz" -initrd "$work/initrd" \
        -append "console=ttyS0 quiet loglevel=1 panic=-1 mitigations=off without=${WITHOUT:-}" \
        </dev/null >"$work/qemu" 2>&1
}
boot
if ! grep -q '^@@@ nested: begins' "$work/serial"; then
    echo "# the nested machine did not start; once more" >&2
    boot
fi
tr -d '\r' <"$work/serial" | sed -e "1,/^@@@ nested: begins/d" -e "/^@@@ nested: ended/,\$d"
status=$(tr -d '\r' <"$work/serial" | sed -n 's/^@@@ nested: ended with //p')
if [ -z "$status" ]; then
    echo "the nested machine ended early: $(tail -n 3 "$work/qemu" | tr '\n' ' ')" >&2
    exit 99
fi
exit "$status"
