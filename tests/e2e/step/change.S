# A program for step_random.c that writes its own code, each time round: by turns an instruction that
# adds 1 and one that adds 2. Linked with -N, its code may be written.
        .option norelax
        .option norvc
        .globl _start
_start:
        lui     s0, 64          # rounds
        lla     s1, place
        lla     t0, words
        lw      s2, 0(t0)
        lw      s3, 4(t0)
round:
        sw      s2, 0(s1)
        .word   0x0000100f      # fence.i, for assemblers that want it named
        jal     ra, place
        sw      s3, 0(s1)
        .word   0x0000100f      # fence.i, for assemblers that want it named
        jal     ra, place
        andi    t0, s0, 15
        bne     t0, zero, next
        addi    a7, zero, 172   # getpid()
        ecall
next:
        addi    s0, s0, -1
        bne     s0, zero, round
        addi    a7, zero, 93    # exit(0)
        addi    a0, zero, 0
        ecall
place:
        addi    s4, s4, 0
        jalr    zero, 0(ra)
words:
        addi    s4, s4, 1
        addi    s4, s4, 2
