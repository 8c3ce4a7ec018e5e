/*
 * own.c: the operator of the seed "trivium", which is that of whoever gives no SEED.
 *
 * Another seed has other numbers, so this answer is of no use to it.
 */
#include "labs/03-block/own.h"

void own_operator(struct x86 *x, enum x86_reg to, enum x86_reg a, enum x86_reg b)
{
    //@lab 3.9 your own operator
    /* Kept before it is overwritten. */
    if (b == to) {
        x86_mov(x, X86_RCX, x86_reg(b));
        b = X86_RCX;
    }
    if (a != to)
        x86_mov(x, to, x86_reg(a));
    x86_shift(x, X86_SHL, 64, x86_reg(to), 10);
    x86_alu(x, X86_OR, 64, to, x86_reg(b));
    x86_alu_imm(x, X86_ADD, 64, x86_reg(to), 1924);
    //| (void)x;
    //| (void)to;
    //| (void)a;
    //| (void)b;
    //| lab_todo("3.9");
    //@end
}
