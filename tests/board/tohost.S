/* tohost.S: a bare-metal program, as the public riscv-tests are: M mode, ends through `tohost`. */
    .globl _start
_start:
    csrr t0, mhartid /* M mode, or it is illegal */
    bnez t0, rest
    li t1, 2 * 9 + 1
    la t0, tohost
    sd t1, (t0)
rest:
    j rest
    .section .tohost, "aw", @progbits
    .balign 64
    .globl tohost
tohost:
    .dword 0
