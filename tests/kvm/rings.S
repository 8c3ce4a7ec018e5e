/* A driver of the disk that is out of its mind: queues outside of memory, over each other and over
 * nothing, descriptors that lead in circles; doorbells all the time. */
#include "tests/kvm/guest.inc"
#define STATUS 0x70
#define NOTIFY 0x50
    .globl _start
_start:
    map_devices
    movl    $VIRTIO, %esi
    leaq    places(%rip), %rdi
    movl    $7, %ebp
1:  movl    $0, STATUS(%rsi)
    movl    $3, STATUS(%rsi)
    movl    $1, 0x24(%rsi)                  /* VERSION_1 */
    movl    $1, 0x20(%rsi)
    movl    $11, STATUS(%rsi)
    movl    $0, 0x30(%rsi)
    movl    $16, 0x38(%rsi)
    movq    (%rdi), %rax                    /* descriptors, available, used: all there */
    addq    $8, %rdi
    movl    %eax, 0x80(%rsi)
    movl    %eax, 0x90(%rsi)
    movl    %eax, 0xa0(%rsi)
    shrq    $32, %rax
    movl    %eax, 0x84(%rsi)
    movl    %eax, 0x94(%rsi)
    movl    %eax, 0xa4(%rsi)
    movl    $1, 0x44(%rsi)
    movl    $15, STATUS(%rsi)
    movl    $0, NOTIFY(%rsi)
    movl    $1, NOTIFY(%rsi)
    movl    $0xffff, NOTIFY(%rsi)
    decl    %ebp
    jnz     1b
    power_off 24
    .balign 4096
circle:
    .rept   256
    .8byte  circle
    .4byte  64
    .2byte  1, 0                            /* next: itself */
    .endr
places:
    .8byte  circle, 0, 0xffffffffffffff00, 0xd0000000, 0x3ffff00, 0x4000000, 0x123
