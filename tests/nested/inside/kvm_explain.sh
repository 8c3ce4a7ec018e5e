#!/bin/sh
# `run --on kvm --explain`: what KVM is asked, and what the guest comes back for, told on standard error.
# shellcheck source=tests/tap.sh
. tests/tap.sh

explained()
{
    "$TRIVIUM" run --on kvm "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo $?
}

tap_is "an explained program ends as any other" 7 "$(explained --explain=5 sh -c 'echo hi; exit 7')"
tap_is "its output is its own" "hi" "$(cat "$tap_tmp/out")"
tap_is "what is told is told by KVM's requests, in order" \
    "KVM_CREATE_VM KVM_SET_USER_MEMORY_REGION KVM_ENABLE_CAP KVM_CREATE_VCPU KVM_SET_SREGS KVM_RUN" \
    "$(grep -oE -e 'KVM_(CREATE_(VM|VCPU)|ENABLE_CAP|SET_USER_MEMORY_REGION|SET_SREGS|RUN)\b' "$tap_tmp/err" |
        tr '\n' ' ' | sed 's/ $//')"
tap_is "so many exits as were asked for" 5 "$(grep -c '^  exit of' "$tap_tmp/err")"
tap_like "an exit says what the guest did, and in which function of its kernel" \
    "exit of [0-9]+: port I/O, out port 0x3f9, .*; rip 0x100002[0-9a-f]* in uart_[a-z]*\+0x" \
    "$(cat "$tap_tmp/err")"
tap_like "the others are counted" "and [0-9]+ exits more" "$(cat "$tap_tmp/err")"
tap_is "two processors" 0 "$(explained --explain --cpus 2 hello)"
tap_is "of which each is told when it is run" 2 "$(grep -c '^KVM_RUN on' "$tap_tmp/err")"
mv /dev/kvm /dev/kvm-away
tap_is "without /dev/kvm: status 125" 125 "$(explained --explain hello)"
mv /dev/kvm-away /dev/kvm
tap_done
