#!/usr/bin/env bash
# The kernel's file and the initrd: laid out as loaders, and the kernel itself, want them.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

kernel=$O/guest/rv64/kernel
initrd=$O/guest/rv64/initrd.cpio

# segments FILE: type, file offset, virtual address, physical address, ..., flags of each segment.
segments()
{
    readelf -W -l "$1" | awk '$1 == "LOAD"'
}

# symbol NAME: its address, as readelf prints addresses.
symbol()
{
    awk -v name="$1" '$3 == name { print "0x" $1 }' "$kernel.sym"
}

# unaligned_programs: where in the initrd programs start that do not start on a page boundary.
unaligned_programs()
{
    grep -obUaP '\x7fELF\x02\x01\x01' "$initrd" | awk -F: '$1 % 4096 { print $1 } END { if (!NR) print "none" }'
}

lowest=$(segments "$kernel" | awk '{ print $4 }' | sort | head -n 1)
tap_is "the kernel's lowest load address is behind the firmware" 0x0000000080200000 "$lowest"
tap_is "_start is there, for loaders that do not look at the entry" \
    "$(segments "$kernel" | awk -v low="$lowest" '$4 == low { print $3 }')" "$(symbol _start)"
tap_is "the entry is _start, too" "$(symbol _start)" \
    "$(readelf -W -h "$kernel" | sed -n 's/^ *Entry point address: *//p')"
tap_is "no segment may be written and executed" "" "$(segments "$kernel" | grep -E 'R?WE')"
tap_is "nothing needs the C extension" "" "$(readelf -W -h "$kernel" | grep -i 'flags.*rvc')"
tap_is "the functions' names and addresses, for panic, may only be read" R \
    "$(readelf -W -l "$kernel" | awk '
        $1 == "LOAD" { flags[count++] = $7 }
        /^   [0-9]+ .*\.symbols( |$)/ { print flags[$1 + 0] }')"
tap_ok "and are there" \
    grep -q -a trap_from_user "$kernel"

cpio --quiet -i --to-stdout bin/hello <"$initrd" >"$tap_tmp/hello" 2>"$tap_tmp/cpio-error"
tap_ok "cpio reads the initrd, and finds a program as it was" \
    cmp "$tap_tmp/hello" "$O/guest/rv64/hello"
tap_is "cpio has nothing to complain about" "" "$(cat "$tap_tmp/cpio-error")"
tap_is "programs start on page boundaries of the initrd" "" "$(unaligned_programs)"
guest/initrd.sh "$O/guest/rv64" hello prime >"$tap_tmp/first"
guest/initrd.sh "$O/guest/rv64" hello prime >"$tap_tmp/second"
tap_ok "the same programs make the same initrd" cmp "$tap_tmp/first" "$tap_tmp/second"
tap_done
