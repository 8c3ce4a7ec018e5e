/* Writes and reads behind the end of memory: nothing is there, and the guest goes on. */
#include "tests/kvm/guest.inc"
    .globl _start
_start:
    movl    $0x3f000000, %ebx               /* --memory is less than that */
    movq    $0x1234, (%rbx)
    movq    (%rbx), %rax
    incq    %rax                            /* all ones */
    jnz     1f
    say     'a'
1:  map_devices
    power_off 21
