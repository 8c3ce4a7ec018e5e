/* Thousands of accesses, of every width, to a device, to its neighbours and to ports that nobody has. */
#include "tests/kvm/guest.inc"
    .globl _start
_start:
    map_devices
    movl    $2000, %ebp
    movl    $NOWHERE, %ebx
    movl    $VIRTIO, %esi
1:  movb    %al, 1(%rbx)
    movw    %ax, 3(%rbx)
    movl    %eax, 0x70(%rsi)
    movq    %rax, 0x38(%rsi)
    movl    (%rsi), %eax
    movl    $0xffffffff, 0x50(%rsi)
    movw    $0x80, %dx
    outl    %eax, %dx
    inw     %dx, %ax
    decl    %ebp
    jnz     1b
    power_off 22
