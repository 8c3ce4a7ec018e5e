/* An undefined instruction, and no table that says what to do about it: a triple fault. */
#include "tests/kvm/guest.inc"
    .globl _start
_start:
    say     'a'
    lidt    nothing(%rip)
    ud2
nothing:
    .fill   10, 1, 0
