/* Goes on for ever in ring 0, deaf to interrupts. */
#include "tests/kvm/guest.inc"
    .globl _start
_start:
    cli
1:  jmp     1b
