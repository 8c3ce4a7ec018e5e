/* hello.S: prints a line through the SBI and ends the machine with status 42. */
    .globl _start
_start:
    la s0, text
next:
    lbu a0, (s0)
    beqz a0, done
    li a7, 1
    ecall
    addi s0, s0, 1
    j next
done:
    li a7, 0x53525354
    li a6, 0
    li a0, 0
    li a1, 0xe000002a
    ecall
    j done
    .section .rodata
text:
    .asciz "hello, board\n"
