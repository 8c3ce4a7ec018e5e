/* A jump to where there is a device, from which no processor fetches instructions. */
#include "tests/kvm/guest.inc"
    .globl _start
_start:
    map_devices
    movl    $0x7654321, %ebx
    movl    $NOWHERE, %eax
    jmp     *%rax
