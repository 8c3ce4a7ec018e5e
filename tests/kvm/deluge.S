/* More exits than anybody keeps: bytes for a port that nobody has. */
#include "tests/kvm/guest.inc"
    .globl _start
_start:
    movl    $40000, %ebp
1:  outb    %al, $0x80
    decl    %ebp
    jnz     1b
    say     'a'
    map_devices
    power_off 25
