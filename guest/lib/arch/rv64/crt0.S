# The first instructions of every RV64 program.
#
# Linux enters here with sp pointing at argc (see start.c for the picture) and every other register
# undefined. This file only makes the machine ready for C; guest_start does the rest.
# Read next: guest/lib/start.c

    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    # gp must be loaded before anything may be addressed relative to it, so no relaxation here.
    .option push
    .option norelax
    la      gp, __global_pointer$
    .option pop
    li      s0, 0                   # no caller: a debugger stops its backtrace here
    mv      a0, sp                  # guest_start(stack)
    andi    sp, sp, -16             # the psABI wants sp aligned to 16 bytes
    call    guest_start
    .size _start, . - _start
    .section .note.GNU-stack, "", @progbits
