/*
 * contract.S: a kernel of a few lines that does everything whose moment matters: all harts run, take
 * timer interrupts, send each other software interrupts, read the clock, add to shared memory, read
 * the console, write to the disk if there is one. Each hart mixes what it sees into its own word, so
 * that no difference between two runs gets lost. It never ends.
 *
 *   s0 hart   s1 its number of rounds   s2 its mix   s3 the device tree
 */
    .equ UART, 0x10000000
    .equ TIME, 0x54494d45
    .equ IPI, 0x735049
    .equ HSM, 0x48534d

    .globl _start
_start:
    mv s0, a0
    mv s3, a1
    la t0, trap
    csrw stvec, t0
    li s1, 0
    li s2, 0
    bnez s0, ready

    li t1, UART
    li t0, 1
    sb t0, 2(t1) /* FIFOs on: keys may come */

    /* The first hart starts the others, as many as there are. */
    li s4, 1
next_hart:
    li a7, HSM
    li a6, 0
    mv a0, s4
    la a1, _start
    mv a2, s3
    ecall
    addi s4, s4, 1
    beqz a0, next_hart

ready:
    call set_timer
    li t0, 0x22 /* timer, software */
    csrw sie, t0
    csrsi sstatus, 2

round:
    addi s1, s1, 1
    rdtime t0
    add s2, s2, t0
    rdinstret t0
    xor s2, s2, t0
    la t1, shared
    amoadd.d t0, s1, (t1)
    slli t2, s2, 7
    srli s2, s2, 57
    or s2, s2, t2
    add s2, s2, t0
    la t1, mixes
    slli t2, s0, 3
    add t1, t1, t2
    sd s2, (t1)

    /* Every 64th round: an interrupt to everybody, and a rest. */
    andi t0, s1, 63
    bnez t0, listen
    li a7, IPI
    li a6, 0
    li a0, 1
    li a1, -1
    ecall
    wfi
listen:
    bnez s0, round
    li t1, UART
    lbu t0, 5(t1)
    andi t0, t0, 1
    beqz t0, round
    lbu t0, (t1)
    add s2, s2, t0
    sb t0, (t1) /* echo */
    j round

set_timer:
    rdtime a0
    addi a0, a0, 50
    li a7, TIME
    li a6, 0
    ecall
    ret

    .balign 4
trap:
    csrr t3, scause
    xor s2, s2, t3
    csrr t4, sepc
    add s2, s2, t4
    bgez t3, stop
    andi t3, t3, 15
    li t4, 5
    bne t3, t4, software
    mv s5, ra
    mv s6, a0
    mv s7, a6
    mv s8, a7
    mv s9, a1
    call set_timer
    mv ra, s5
    mv a0, s6
    mv a6, s7
    mv a7, s8
    mv a1, s9
    sret
software:
    csrci sip, 2
    sret

    /* An exception: the program is wrong. */
stop:
    li t0, 0x100000
    li t1, 0x633333
    sw t1, (t0)
    j stop

    .bss
    .balign 8
shared:
    .dword 0
mixes:
    .zero 64
