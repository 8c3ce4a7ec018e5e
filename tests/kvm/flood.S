/* More output than anybody wants to read, by string instructions, too. */
#include "tests/kvm/guest.inc"
    .globl _start
_start:
    cld
    movl    $100, %ebp
    movw    $COM1, %dx
1:  leaq    _start(%rip), %rsi
    movl    $64, %ecx
    rep outsb
    movb    $'x', %al
    movl    $16, %ecx
2:  outb    %al, %dx
    loop    2b
    decl    %ebp
    jnz     1b
    map_devices
    power_off 23
