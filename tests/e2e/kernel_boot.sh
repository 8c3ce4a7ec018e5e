#!/usr/bin/env bash
# The guest kernel on QEMU's virt board: boot arguments, exit status, processes, processors, memory.
# What programs may expect of it in detail is what `stress` tests.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/qemu.sh
. "$(dirname "$0")/../qemu.sh"

# free_pages: the two counts that the kernel reports, each on a line.
free_pages()
{
    sed -n 's/^kernel: .*free pages: \([0-9]*\) before the first, \([0-9]*\) after$/\1\n\2/p'
}

test_boot_arguments()
{
    tap_is "the first program is the one that init= names" "hello, world
[0]" "$(qemu_boot init=/bin/hello)"
    tap_is "what follows -- are its arguments" "a b
[0]" "$(qemu_boot 'init=/bin/echo -- a b')"
    tap_is "quotes and backslashes keep an argument together" 'a  b c d "e\f
[0]' "$(qemu_boot 'init=/bin/echo -- "a  b" c\ d \"e\\f')"
    tap_is "of two init= the last one counts, and words that nobody knows do not" "hello, world
[0]" "$(qemu_boot 'init=/bin/none quiet ro init=/bin/hello')"
    tap_is "NAME=VALUE goes into the environment" "value
[0]" "$(qemu_boot 'init=/bin/sh NAME=value -- -c "echo $NAME"')"
    tap_is "a first program that is not there is status 127" \
        "kernel: cannot execute the first program, /bin/none: error 2
[127]" "$(qemu_boot init=/bin/none)"
    tap_is "one that cannot be executed is status 126" \
        "kernel: cannot execute the first program, /bin: error 13
[126]" "$(qemu_boot init=/bin)"
}

test_status()
{
    tap_is "the first program's exit status is the machine's" "[7]" \
        "$(qemu_boot 'init=/bin/sh -- -c "exit 7"')"
    tap_is "so is the largest one" "[255]" "$(qemu_boot 'init=/bin/sh -- -c "exit 255"')"
}

# A mistake that leads to a panic from outside: more words than the kernel has room for.
test_panic()
{
    local words console
    words=$(seq -s ' ' 300)
    console=$(qemu_boot "$words")
    tap_like "a panic names the function" '^kernel panic in boot_parse: ' "$console"
    tap_like "it names the callers" '^  called from kernel_boot\+0x' "$console"
    tap_like "it ends the machine with a status of its own" '^\[124\]$' "$console"
}

test_initrd()
{
    head -c 10000 "$INITRD" >"$tap_tmp/cut"
    tap_like "an initrd that is cut off is named" \
        '^kernel panic in .*: initrd: bin/[a-z]+ does not fit into it$' \
        "$(INITRD=$tap_tmp/cut qemu_boot init=/bin/hello)"
    head -c 10000 /dev/zero >"$tap_tmp/zeros"
    tap_like "so is one that is none" '^kernel panic in .*: initrd: no newc header at byte 0$' \
        "$(INITRD=$tap_tmp/zeros qemu_boot init=/bin/hello)"
}

# mem_total: kilobytes of memory that the kernel has to give, when booted with the variables of qemu.sh.
mem_total()
{
    qemu_boot 'init=/bin/cat -- /proc/meminfo' | sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p'
}

# 16 MiB by a node of /reserved-memory, 4 MiB by the blob's own list. QEMU's tree is the base.
test_reserved_memory()
{
    local all rest node='reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
        hog@81000000 { reg = <0 0x81000000 0 0x1000000>; }; };'
    node=${node//$'\n'/ }
    all=$(mem_total)
    QEMU_OPTIONS="-machine dumpdtb=$tap_tmp/tree.dtb" qemu_boot '' >"$tap_tmp/dump" 2>&1
    dtc -q -I dtb -O dts "$tap_tmp/tree.dtb" |
        sed -e 's|^/ {|/memreserve/ 0x86000000 0x400000;\n/ {|' -e "\$ s|.*|$node };|" >"$tap_tmp/tree.dts"
    dtc -q -I dts -O dtb -o "$tap_tmp/tree.dtb" "$tap_tmp/tree.dts"
    rest=$(QEMU_OPTIONS="-dtb $tap_tmp/tree.dtb" mem_total)
    tap_is "memory that the device tree reserves is left alone" $((20 * 1024)) $((all - rest))
}

test_processes()
{
    local console
    console=$(qemu_boot 'init=/bin/fork report -- 1 50')
    tap_like "fork adds up the numbers" '^Sum: 1275$' "$console"
    tap_like "it takes 98 forks" '^Forks: 98$' "$console"
    tap_like "the kernel counts how many processes there are at once" \
        '^kernel: at most [0-9]{2} processes at once; ' "$console"
    tap_is "no page is lost" 1 "$(free_pages <<<"$console" | uniq | wc -l)"

    console=$(MEMORY=512M qemu_boot 'init=/bin/fork report -- 1 2000')
    tap_like "thousands of processes fit in 512 MiB" '^Sum: 2001000$' "$console"
    tap_like "more than a thousand of them at once" \
        '^kernel: at most [1-9][0-9]{3} processes at once; ' "$console"
    tap_is "no page is lost then, either" 1 "$(free_pages <<<"$console" | uniq | wc -l)"
}

test_out_of_memory()
{
    local console
    local commands="cat /proc/meminfo; fork 1 2000; cat /proc/meminfo; hello"
    console=$(MEMORY=32M qemu_boot "init=/bin/sh report -- -c \"$commands\"")
    tap_like "in 32 MiB fork says that there is no memory" \
        '^fork: cannot make a process: Cannot allocate memory$' "$console"
    tap_like "the shell runs another program afterwards" '^hello, world$' "$console"
    tap_is "as much memory is free as before" 1 \
        "$(grep '^MemFree:' <<<"$console" | sort -u | wc -l)"
    tap_is "and as much promised" 1 \
        "$(grep '^Committed_AS:' <<<"$console" | sort -u | wc -l)"
    tap_is "no page is lost" 1 "$(free_pages <<<"$console" | uniq | wc -l)"
}

test_processors()
{
    local console
    console=$(CPUS=4 qemu_boot 'init=/bin/fork report -- 1 200')
    tap_like "four processors add up the numbers" '^Sum: 20100$' "$console"
    tap_is "they lose no page" 1 "$(free_pages <<<"$console" | uniq | wc -l)"
    console=$(CPUS=4 qemu_boot \
        'init=/bin/prime -- --threads 4 --events 40 --max-prime 3000')
    tap_like "four processes at the same work agree on the answer" '^Primes found: 429$' "$console"
    tap_like "they do all of it" 'total number of events: +40$' "$console"
}

# The C library's tests also pass on Linux, natively and under qemu-riscv64 (guest_lib.sh).
test_library()
{
    local console
    cp "$O/guest/rv64/test/lib_test" "$O/guest/rv64/hello" "$tap_tmp"
    guest/initrd.sh "$tap_tmp" lib_test hello >"$tap_tmp/initrd"
    console=$(KERNEL=$KERNEL-debug INITRD=$tap_tmp/initrd qemu_boot init=/bin/lib_test)
    tap_like "the C library's tests run" '^1\.\.[0-9]+$' "$console"
    tap_is "and find no difference to Linux" "[0]" "$(grep -E '^(not ok|#|\[)' <<<"$console")"
}

test_debug()
{
    local console
    console=$(KERNEL=$KERNEL-debug CPUS=2 qemu_boot 'init=/bin/fork report -- 1 100')
    tap_like "where freed memory is poisoned the answers are the same" '^Sum: 5050$' "$console"
    tap_like "less than half of each kernel stack is used" \
        '^kernel: at most (1[0-9]|[1-9])?[0-9]{2} bytes of a kernel stack used$' "$console"
}

test_boot_arguments
test_status
test_panic
test_initrd
test_reserved_memory
test_processes
test_out_of_memory
test_processors
test_library
test_debug
tap_done
