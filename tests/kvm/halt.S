/* Waits for ever, deaf to interrupts. */
#include "tests/kvm/guest.inc"
    .globl _start
_start:
    cli
1:  hlt
    jmp     1b
