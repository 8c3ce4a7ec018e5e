# shellcheck shell=bash
# qemu.sh: booting the guest kernel on QEMU's virt board with Debian's OpenSBI. Source it behind tap.sh.
#
#   qemu_boot APPEND            boots, with these boot arguments; prints the console, without what the
#                               firmware says, and [STATUS]
#
# Chosen by variables: KERNEL, INITRD (files), MEMORY (256M), CPUS (1), QEMU_OPTIONS (more of them).

KERNEL=${KERNEL:-$O/guest/rv64/kernel}
INITRD=${INITRD:-$O/guest/rv64/initrd.cpio}

qemu_boot()
{
    local status tap_tmp=${tap_tmp:?source tap.sh first}
    # The time limit is for a kernel that hangs; nothing is judged by it otherwise.
    # shellcheck disable=SC2086 # options are words
    timeout --foreground 120 qemu-system-riscv64 -M virt -m "${MEMORY:-256M}" -smp "${CPUS:-1}" \
        -nographic -no-reboot ${QEMU_OPTIONS:-} -kernel "$KERNEL" -initrd "$INITRD" \
        -append "$1" </dev/null >"$tap_tmp/console"
    status=$?
    # OpenSBI's last line is the delegation of traps; UARTs end lines with CR LF.
    tr -d '\r' <"$tap_tmp/console" | sed '1,/^Boot HART MEDELEG/d'
    echo "[$status]"
}
