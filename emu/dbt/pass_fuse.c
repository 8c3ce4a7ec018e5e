/*
 * pass_fuse.c: makes one operation of several, where the host has an instruction for it.
 *
 *     slli t,a,n   srli u,a,64-n   or d,t,u      d = a rotated       ror (also slliw, srliw)
 *     slli t,a,n   add d,t,b       (n = 1 2 3)   d = (a << n) + b    lea
 *     slli t,a,n   srli d,t,n      (n = 32 48 56)  d = zext a        mov, movzx
 *     slli t,a,n   srai d,t,n                      d = sext a        movsxd, movsx
 *
 * Only the last operation of a pattern is changed. If the others are of no use then, pass_dead
 * finds that out. What a register was computed by counts only as long as what it was computed from
 * is still the same: each register has a version.
 */
#include "emu/dbt/passes.h"

struct origin {
    const struct ir_op *op; /* NULL: unknown */
    unsigned a_version;     /* of the register that op read as `a` */
};

struct fuser {
    struct origin origin[32];
    unsigned version[32];
};

/* The shift by a constant that computed `reg`, if its source is unchanged. */
static const struct ir_op *shift_of(const struct fuser *fuser, unsigned reg, enum isa_operator op)
{
    const struct origin *origin;

    if (reg == 0 || reg >= 32)
        return NULL;
    origin = &fuser->origin[reg];
    if (origin->op == NULL || origin->op->kind != IR_ALU || origin->op->op != op ||
        !ir_has_imm(origin->op) || origin->a_version != fuser->version[origin->op->a])
        return NULL;
    return origin->op;
}

static void fuse_rotate(const struct fuser *fuser, struct ir_op *op)
{
    const struct ir_op *left = shift_of(fuser, op->a, OP_SLL);
    const struct ir_op *right = shift_of(fuser, op->b, OP_SRL);

    if (left == NULL || right == NULL) {
        left = shift_of(fuser, op->b, OP_SLL);
        right = shift_of(fuser, op->a, OP_SRL);
    }
    if (left == NULL || right == NULL || left->a != right->a || left->width != right->width ||
        left->imm + right->imm != left->width)
        return;
    op->kind = IR_ROTATE;
    op->changed = IR_CHANGED_ROTATE;
    op->a = right->a;
    op->imm = right->imm;
    op->width = right->width;
}

static void fuse_scale(const struct fuser *fuser, struct ir_op *op)
{
    const struct ir_op *shift = shift_of(fuser, op->a, OP_SLL);
    uint8_t other = op->b;

    if (shift == NULL) {
        shift = shift_of(fuser, op->b, OP_SLL);
        other = op->a;
    }
    if (shift == NULL || shift->width != 64 || shift->imm < 1 || shift->imm > 3 || shift->a == 0)
        return;
    op->kind = IR_SCALE;
    op->changed = IR_CHANGED_SCALE;
    op->a = shift->a;
    op->b = other;
    op->imm = shift->imm;
}

static void fuse_extend(const struct fuser *fuser, struct ir_op *op)
{
    const struct ir_op *shift = shift_of(fuser, op->a, OP_SLL);
    int64_t n = op->imm;

    if (shift == NULL || shift->width != 64 || shift->imm != n || (n != 32 && n != 48 && n != 56))
        return;
    op->a = shift->a;
    op->width = (uint8_t)(64 - n);
    op->op = op->op == OP_SRL ? OP_ZEXT : OP_SEXT;
    op->imm = 0;
    op->changed = IR_CHANGED_EXTEND;
}

static void fuse(const struct fuser *fuser, struct ir_op *op)
{
    if (op->kind != IR_ALU)
        return;
    switch ((unsigned)op->op) {
    case OP_OR:
    case OP_XOR:
    case OP_ADD:
        if (!ir_has_imm(op) && op->a != op->b && op->width == 64)
            fuse_rotate(fuser, op);
        if (op->kind == IR_ALU && op->op == OP_ADD && op->width == 64 && !ir_has_imm(op) &&
            op->b != 0)
            fuse_scale(fuser, op);
        break;
    case OP_SRL:
    case OP_SRA:
        if (ir_has_imm(op) && op->width == 64)
            fuse_extend(fuser, op);
        break;
    default: break;
    }
}

void pass_fuse(struct ir_block *block)
{
    struct fuser fuser = {.version = {0}};

    for (unsigned i = 0; i < block->op_count; i++) {
        struct ir_op *op = &block->ops[i];
        uint32_t writes = ir_writes(op);
        unsigned version;

        if (op->removed != IR_KEPT)
            continue;
        fuse(&fuser, op);
        version = fuser.version[op->a];
        for (unsigned reg = 1; reg < 32 && writes >> reg != 0; reg++) {
            if ((writes >> reg & 1) != 0) {
                fuser.version[reg]++;
                fuser.origin[reg] = (struct origin){0};
            }
        }
        /* One that overwrites its own source has lost it: its version is an old one. */
        if (op->kind == IR_ALU && op->rd != 0)
            fuser.origin[op->rd] = (struct origin){.op = op, .a_version = version};
    }
}
