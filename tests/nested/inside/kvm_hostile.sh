#!/bin/sh
# Guests that do what no guest should: each ends in a way that has a name, and the monitor is unharmed.
# shellcheck source=tests/tap.sh
. tests/tap.sh

head -c 100000 /dev/zero >"$tap_tmp/disk"

# guest NAME EXPECTED OPTION...: its status; what it printed is in out, what Trivium said in err.
guest()
{
    name=$1 expected=$2
    shift 2
    "$TRIVIUM" run --on kvm --memory 64M --timeout 60 --disk "$tap_tmp/disk" \
        --kernel "build/tests/kvm/$name" "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    tap_is "$name: status $expected" "$expected" $?
}

# On some hosts the same end has other names: all three say that the guest died.
died='the guest died: (a triple fault|KVM cannot go on|the processor does not enter)'

guest triple 125
tap_is "triple: it had begun" "a" "$(cat "$tap_tmp/out")"
tap_like "triple: it is said how it ended" "$died" "$(cat "$tap_tmp/err")"
tap_like "triple: and at which instruction, or why that is not known" \
    "rip 0000000000200.* 0f 0b .*ud2|KVM resets a processor that shuts down" "$(cat "$tap_tmp/err")"
guest unmapped 125
tap_like "unmapped: it is said how it ended" "$died" "$(cat "$tap_tmp/err")"
tap_like "unmapped: and that the address leads nowhere, or why that is not known" \
    "(rip|cr2) 0000123456789000: the PML4E is not present|KVM resets a processor" \
    "$(cat "$tap_tmp/err")"
guest fetch 125
tap_like "fetch: it is said how it ended" "$died" "$(cat "$tap_tmp/err")"
tap_like "fetch: with its registers" "rbx 0000000007654321" "$(cat "$tap_tmp/err")"
tap_like "fetch: and where rip leads" "rip 00000000d0700000: gpa d0700000, .*outside of" \
    "$(cat "$tap_tmp/err")"
guest outside 21
tap_is "outside: reads behind the end of memory are all ones" "a" "$(cat "$tap_tmp/out")"
guest storm 22
guest flood 23
tap_is "flood: all of it arrives" 8000 "$(wc -c <"$tap_tmp/out")"
guest rings 24
guest loop 124 --timeout 1
tap_like "loop: it is said what ended it" "did not end within 1 s: killed" "$(cat "$tap_tmp/err")"
guest halt 124 --timeout 1
"$TRIVIUM" run --on kvm --timeout 1 prime --time 60 >"$tap_tmp/out" 2>&1 </dev/null
tap_is "a program that goes on for ever in ring 3 is ended, too" 124 $?
printf 'no kernel' >"$tap_tmp/text"
"$TRIVIUM" run --on kvm --kernel "$tap_tmp/text" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
tap_is "a kernel that is none: status 125" 125 $?
tap_like "which is said" "cannot load the kernel" "$(cat "$tap_tmp/err")"
"$TRIVIUM" run --on kvm --kernel build/guest/rv64/kernel >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
tap_is "a kernel for another machine: status 125" 125 $?
tap_like "which is named" "is for RISC-V, this machine is x86-64" "$(cat "$tap_tmp/err")"
tap_is "afterwards a good guest runs" "hello, world" "$("$TRIVIUM" run --on kvm hello </dev/null)"

# Who may not open /dev/kvm is told what to do. (The file's rights are the kernel's default here.)
chmod 600 /dev/kvm
su nobody -s /bin/sh -c "$TRIVIUM run --on kvm hello" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
tap_is "without the right to /dev/kvm: status 125" 125 $?
tap_like "the host's word" "cannot open /dev/kvm: Permission denied" "$(cat "$tap_tmp/err")"
tap_like "and the fix" "try: sudo usermod -a -G kvm" "$(cat "$tap_tmp/err")"
mv /dev/kvm /dev/kvm-away
"$TRIVIUM" run --on kvm hello >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
tap_is "without /dev/kvm: status 125" 125 $?
tap_like "the host's word, again" "cannot open /dev/kvm: No such file" "$(cat "$tap_tmp/err")"
tap_like "and what to do" "try: sudo modprobe kvm_intel" "$(cat "$tap_tmp/err")"
"$TRIVIUM" race --runs 1 --on native,kvm 'prime --max-prime 100 --events 5' >"$tap_tmp/out" 2>&1 </dev/null
tap_is "a race goes on without that lane" 0 $?
tap_like "which is shown with the reason" "kvm unavailable cannot open /dev/kvm" "$(tr -s ' \n' ' ' <"$tap_tmp/out")"
mv /dev/kvm-away /dev/kvm
tap_done
