#!/usr/bin/env bash
# The guest kernel for x86-64, on QEMU's emulation of a PC: its file, stress, its ways into system calls,
# how many instructions it takes to start a program.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

x86=$O/guest/x86_64

# machine CPUS KERNEL INITRD ARGUMENTS [QEMU-OPTION...]: boots. What it prints is in $output; $status is
# what the kernel says before it powers off, as that machine takes no status. $ring: where the kernel runs,
# which it else finds out.
machine()
{
    local cpus=$1 kernel=$2 initrd=$3 arguments=$4
    shift 4
    output=$(timeout 280 qemu-system-x86_64 -accel tcg -machine q35 -cpu max -smp "$cpus" -m 256 -nodefaults \
        -display none -serial stdio -no-reboot -kernel "$kernel" -initrd "$initrd" \
        -append "${ring:+ring=$ring }cpus=$cpus power=0x604,0x2000 tty=off $arguments" "$@" </dev/null 2>&1 | tr -d '\r')
    status=$(sed -n 's/^kernel: power off, status //p' <<<"$output")
    output=$(grep -a -v '^kernel: power off' <<<"$output")
}

# The file.
segments=$(readelf -W -l "$x86/kernel" | awk '$1 == "LOAD"')
tap_is "no segment may be written and executed" "" "$(grep -E 'R?WE' <<<"$segments")"
tap_is "each segment has 2 MiB of its own" "0x200000 0x400000 0x600000" \
    "$(awk '{ print $4 }' <<<"$segments" | sed 's/^0x0*/0x/' | paste -s -d ' ')"
tap_like "the PVH note says where to enter" "Xen +0x00000008" "$(readelf -n "$x86/kernel")"
tap_ok "no instruction of SSE or AVX is in the kernel, but for saving the registers" \
    awk '/[%][xyz]mm/ { print; bad = 1 } END { exit bad }' "$x86/kernel.asm"

machine 1 "$x86/kernel" "$x86/initrd.cpio" 'init=/bin/sh -- -c "exit 7"'
tap_is "the first program's status is said" 7 "$status"

# stress, in both ways into system calls. There is no disk: its tests are skipped, with that reason.
tests=$("$x86/stress" --list | wc -l)
for run in '0 1 entry=syscall' '0 2 entry=int3' '3 2 fork=batch' '3 1 entry=syscall'; do
    read -r ring cpus arguments <<<"$run"
    machine "$cpus" "$x86/kernel-debug" "$x86/initrd.cpio" "$arguments init=/bin/stress -- --leaks"
    tap_is "stress passes in ring $ring, with $cpus and $arguments" "0 stress: $((tests - 3)) passed, 0 failed, 3 skipped" \
        "$status $(grep '^stress:' <<<"$output")"
    tap_is "without a disk its tests are skipped, with the reason" 3 \
        "$(grep -c '# SKIP no device' <<<"$output")"
    grep -a -v '^ok' <<<"$output" | sed 's/^[^#]/# &/'
done

# A system call that arrives as a fault of ring 3 at the kernel's entry, as where ring 0 is emulated.
jump_with()
{
    gcc -nostdlib -static -no-pie -DENTRY="$entry" -DRETURN="$1" -Wl,--build-id=none \
        -o "$tap_tmp/jump" tests/kernel/jump_entry.S && guest/initrd.sh "$tap_tmp" jump >"$tap_tmp/initrd" &&
        machine 1 "$x86/kernel" "$tap_tmp/initrd" init=/bin/jump
}
for ring in 0 3; do
    name=syscall_entry
    [ "$ring" = 0 ] || name=ring3_syscall
    entry=0x$(awk -v name="$name" '$3 == name { print $1 }' "$x86/kernel.sym")
    jump_with 0
    tap_is "ring $ring: a jump to the kernel's entry is a system call" "back" "$output"
    tap_is "ring $ring: and leaves a program no rights over ports" 0 "$status"
    jump_with 0x10000200000
    tap_is "ring $ring: one that wants to return into the kernel ends by SIGSEGV" 139 "$status"
    jump_with 0x1234567800000000
    tap_is "ring $ring: so does one that wants to return to no address at all" 139 "$status"
    for what in 'movq (%rcx), %rbx' 'movq %rbx, (%rcx)' 'jmp *%rdx' 'movb (%rdx), %bl' 'hlt' 'inb $0x60, %al' \
        'movq %rcx, %cr3'; do
        gcc -nostdlib -static -no-pie -DWHAT="$what" -Wl,--build-id=none -o "$tap_tmp/forbidden" \
            tests/kernel/forbidden.S && guest/initrd.sh "$tap_tmp" forbidden >"$tap_tmp/initrd"
        machine 1 "$x86/kernel" "$tap_tmp/initrd" init=/bin/forbidden
        tap_is "ring $ring: a program's $what ends by SIGSEGV" 139 "$status"
    done
done
unset ring

# The virtual clock of QEMU counts instructions here, and the kernel believes that they are nanoseconds.
machine 1 "$x86/kernel" "$x86/initrd.cpio" \
    'report ram=zero entry=syscall tsc_hz=1000000000 lapic_hz=1000000000 init=/bin/hello' -icount shift=0
ticks='s/^kernel: \([0-9]*\) ticks of the clock from the start to the first program, \([0-9]*\) .*'
instructions=$(sed -n "$ticks/\\2/p" <<<"$output")
tap_ok "the kernel boots in fewer than 20,000 instructions (${instructions:-none})" \
    test "${instructions:-20000}" -lt 20000
instructions=$(sed -n "$ticks/\\1/p" <<<"$output")
tap_ok "and has executed its first program in fewer than 33,000 (${instructions:-none})" \
    test "${instructions:-33000}" -lt 33000
tap_done
