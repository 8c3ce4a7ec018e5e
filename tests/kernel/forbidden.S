# A program that does what only the kernel may: WHAT, one instruction. It has rcx: an address of the kernel's
# data, where the kernel sees all memory; rdx: of its code; rax: what a kernel in ring 3 has there when it waits.
    .globl _start
_start:
    movabsq $0x8000600000, %rcx
    movabsq $0x10000200000, %rdx
    movl    $0x77616974, %eax
    WHAT
    xorl    %edi, %edi                      # exit(0)
    movl    $60, %eax
    syscall
