/* A jump to where nothing is mapped. */
#include "tests/kvm/guest.inc"
    .globl _start
_start:
    say     'a'
    movabsq $0x123456789000, %rax
    jmp     *%rax
