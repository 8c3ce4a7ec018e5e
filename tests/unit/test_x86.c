/*
 * test_x86.c: the assembler, held against Capstone's disassembler: each instruction with every
 * register, and with memory operands of every shape.
 */
#include <stdio.h>
#include <string.h>

#include "emu/dbt/x86.h"
#include "lib/disassemble.h"
#include "tests/unit/unit_main.h"

static const char *const names64[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                      "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
static const char *const names32[] = {"eax", "ecx", "edx",  "ebx",  "esp",  "ebp",  "esi",  "edi",
                                      "r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d", "r15d"};
static const char *const names16[] = {"ax",  "cx",  "dx",   "bx",   "sp",   "bp",   "si",   "di",
                                      "r8w", "r9w", "r10w", "r11w", "r12w", "r13w", "r14w", "r15w"};
static const char *const names8[] = {"al",  "cl",  "dl",   "bl",   "spl",  "bpl",  "sil",  "dil",
                                     "r8b", "r9b", "r10b", "r11b", "r12b", "r13b", "r14b", "r15b"};

static const char *name(unsigned reg, unsigned size)
{
    return size == 64   ? names64[reg]
           : size == 32 ? names32[reg]
           : size == 16 ? names16[reg]
                        : names8[reg];
}

struct bench {
    uint8_t code[64];
    struct x86 x;
    struct disassembler *disassembler;
};

static void bench_init(struct bench *bench)
{
    bench->disassembler = disassembler_new(true, SYNTAX_INTEL);
    ck_assert_ptr_nonnull(bench->disassembler);
    bench->x = (struct x86){.start = bench->code, .at = bench->code, .end = bench->code + 64};
}

/* What was emitted is this one instruction; the next one starts afresh. */
static void expect(struct bench *bench, const char *wanted)
{
    char text[256] = "";
    size_t size =
        disassemble(bench->disassembler, bench->code, x86_here(&bench->x), 0, text, sizeof text);

    ck_assert_str_eq(text, wanted);
    ck_assert_uint_eq(size, x86_here(&bench->x));
    bench->x.at = bench->code;
}

/* "[gs:...]" as Capstone writes it. */
static void memory_text(char *text, size_t size, const char *what, struct x86_rm rm)
{
    size_t used = (size_t)snprintf(text, size, "%s ptr %s[", what, rm.gs ? "gs:" : "");

    if (rm.reg != X86_NO_REG)
        used += (size_t)snprintf(text + used, size - used, "%s", names64[rm.reg]);
    if (rm.index != X86_NO_REG) {
        used += (size_t)snprintf(text + used, size - used, " + %s", names64[rm.index]);
        if (rm.scale != 1)
            used += (size_t)snprintf(text + used, size - used, "*%u", rm.scale);
    }
    if (rm.disp != 0) {
        unsigned magnitude = (unsigned)(rm.disp < 0 ? -rm.disp : rm.disp);

        if (rm.reg != X86_NO_REG)
            used += (size_t)snprintf(text + used, size - used, " %c ", rm.disp < 0 ? '-' : '+');
        used +=
            (size_t)snprintf(text + used, size - used, magnitude > 9 ? "0x%x" : "%u", magnitude);
    }
    snprintf(text + used, size - used, "]");
}

START_TEST(every_pair_of_registers_is_encoded)
{
    static const char *const alu[] = {"add", "or", "adc", "sbb", "and", "sub", "xor", "cmp"};
    struct bench bench;
    char text[256];

    bench_init(&bench);
    for (unsigned pair = 0; pair < 2 * 256; pair++) {
        unsigned size = pair < 256 ? 64 : 32, a = pair % 16, b = pair / 16 % 16;

        for (unsigned op = X86_ADD; op <= X86_CMP; op++) {
            x86_alu(&bench.x, (enum x86_alu)op, size, (enum x86_reg)a, x86_reg((enum x86_reg)b));
            snprintf(text, sizeof text, "%s %s, %s", alu[op], name(a, size), name(b, size));
            expect(&bench, text);
        }
        x86_imul(&bench.x, size, (enum x86_reg)a, x86_reg((enum x86_reg)b));
        snprintf(text, sizeof text, "imul %s, %s", name(a, size), name(b, size));
        expect(&bench, text);
        x86_shift_by(&bench.x, X86_SHL, size, (enum x86_reg)a, x86_reg((enum x86_reg)b), X86_R9);
        snprintf(text, sizeof text, "shlx %s, %s, %s", name(a, size), name(b, size), name(9, size));
        expect(&bench, text);
        x86_shift_by(&bench.x, X86_SAR, size, (enum x86_reg)a, x86_reg((enum x86_reg)b), X86_RCX);
        snprintf(text, sizeof text, "sarx %s, %s, %s", name(a, size), name(b, size), name(1, size));
        expect(&bench, text);
        x86_rotate_to(&bench.x, size, (enum x86_reg)a, x86_reg((enum x86_reg)b), 13);
        snprintf(text, sizeof text, "rorx %s, %s, 0xd", name(a, size), name(b, size));
        expect(&bench, text);
        x86_load(&bench.x, 8, true, (enum x86_reg)a, x86_reg((enum x86_reg)b));
        snprintf(text, sizeof text, "movsx %s, %s", name(a, 64), name(b, 8));
        expect(&bench, text);
        x86_load(&bench.x, 16, false, (enum x86_reg)a, x86_reg((enum x86_reg)b));
        snprintf(text, sizeof text, "movzx %s, %s", name(a, 32), name(b, 16));
        expect(&bench, text);
    }
    disassembler_free(bench.disassembler);
}
END_TEST

START_TEST(every_shape_of_address_is_encoded)
{
    static const int32_t disps[] = {0, 8, -8, 127, -128, 128, -129, 0x12345678};
    struct bench bench;
    char operand[128], text[256];

    bench_init(&bench);
    for (unsigned base = 0; base <= 16; base++) {
        for (unsigned index = 0; index <= 16; index++) {
            for (unsigned i = 0; i < 2 * sizeof disps / sizeof *disps; i++) {
                struct x86_rm rm = x86_at((enum x86_reg)base, disps[i / 2]);
                unsigned reg = (base + 3 * index + i) % 16;

                if (index == X86_RSP || (base == 16 && (index != 16 || rm.disp <= 0)))
                    continue; /* not to be had; not used */
                if (index != 16)
                    rm = x86_indexed((enum x86_reg)base, (enum x86_reg)index, 1U << index % 4,
                                     rm.disp);
                rm.gs = i % 2 != 0;
                memory_text(operand, sizeof operand, "qword", rm);
                x86_mov(&bench.x, (enum x86_reg)reg, rm);
                snprintf(text, sizeof text, "mov %s, %s", names64[reg], operand);
                expect(&bench, text);
                x86_alu_to(&bench.x, X86_SUB, 64, rm, (enum x86_reg)reg);
                snprintf(text, sizeof text, "sub %s, %s", operand, names64[reg]);
                expect(&bench, text);
                memory_text(operand, sizeof operand, "byte", rm);
                x86_store(&bench.x, 8, rm, (enum x86_reg)reg);
                snprintf(text, sizeof text, "mov %s, %s", operand, names8[reg]);
                expect(&bench, text);
                memory_text(operand, sizeof operand, "word", rm);
                x86_store(&bench.x, 16, rm, (enum x86_reg)reg);
                snprintf(text, sizeof text, "mov %s, %s", operand, names16[reg]);
                expect(&bench, text);
            }
        }
    }
    disassembler_free(bench.disassembler);
}
END_TEST

START_TEST(the_other_instructions_are_what_their_names_say)
{
    struct bench bench;

    bench_init(&bench);
    x86_mov_imm(&bench.x, X86_R10, 5);
    expect(&bench, "mov r10d, 5");
    x86_mov_imm(&bench.x, X86_RSI, UINT64_MAX);
    expect(&bench, "mov rsi, -1");
    x86_mov_imm(&bench.x, X86_R15, UINT64_C(0x123456789abcdef0));
    expect(&bench, "movabs r15, 0x123456789abcdef0");
    x86_alu_imm(&bench.x, X86_CMP, 64, x86_reg(X86_R8), -1);
    expect(&bench, "cmp r8, -1");
    x86_alu_imm(&bench.x, X86_ADD, 32, x86_at(X86_RBP, -16), 0x1000);
    expect(&bench, "add dword ptr [rbp - 0x10], 0x1000");
    x86_test(&bench.x, 64, X86_RDI, x86_reg(X86_RDI));
    expect(&bench, "test rdi, rdi");
    x86_shift(&bench.x, X86_ROR, 32, x86_reg(X86_R9), 7);
    expect(&bench, "ror r9d, 7");
    x86_shift_cl(&bench.x, X86_SAR, 64, x86_reg(X86_RBX));
    expect(&bench, "sar rbx, cl");
    x86_imul_imm(&bench.x, 64, X86_RAX, x86_at(X86_RBP, 8), 1000);
    expect(&bench, "imul rax, qword ptr [rbp + 8], 0x3e8");
    x86_unary(&bench.x, X86_IDIV, 32, x86_reg(X86_RCX));
    expect(&bench, "idiv ecx");
    x86_unary(&bench.x, X86_NEG, 64, x86_reg(X86_R14));
    expect(&bench, "neg r14");
    x86_sign_to_rdx(&bench.x, 64);
    expect(&bench, "cqo");
    x86_load(&bench.x, 32, true, X86_R11, x86_gs(x86_at(X86_RAX, 4)));
    expect(&bench, "movsxd r11, dword ptr gs:[rax + 4]");
    x86_store_imm(&bench.x, 16, x86_gs(x86_at(X86_R12, 0)), -2);
    expect(&bench, "mov word ptr gs:[r12], 0xfffe");
    x86_lea(&bench.x, X86_RDX, x86_gs(x86_indexed(X86_R13, X86_RAX, 8, 0)));
    expect(&bench, "lea rdx, [r13 + rax*8]");
    x86_xchg(&bench.x, 32, x86_at(X86_RAX, 0), X86_RDX);
    expect(&bench, "xchg dword ptr [rax], edx");
    x86_lock_xadd(&bench.x, 64, x86_gs(x86_at(X86_RAX, 0)), X86_R8);
    expect(&bench, "lock xadd qword ptr gs:[rax], r8");
    x86_push(&bench.x, X86_R12);
    expect(&bench, "push r12");
    x86_pop(&bench.x, X86_RBX);
    expect(&bench, "pop rbx");
    x86_ret(&bench.x);
    expect(&bench, "ret");
    x86_call_reg(&bench.x, X86_RAX);
    expect(&bench, "call rax");
    x86_jump_rm(&bench.x, x86_indexed(X86_RDX, X86_RCX, 8, 8));
    expect(&bench, "jmp qword ptr [rdx + rcx*8 + 8]");
    x86_write_gs_base(&bench.x, X86_RCX);
    expect(&bench, "wrgsbase rcx");
    disassembler_free(bench.disassembler);
}
END_TEST

START_TEST(a_jump_goes_where_it_is_linked_to)
{
    struct bench bench;
    uint32_t field;

    bench_init(&bench);
    field = x86_jump_if(&bench.x, X86_NOT_ABOVE);
    x86_link(&bench.x, field, 0x20);
    expect(&bench, "jbe 0x20");
    field = x86_jump(&bench.x);
    x86_link(&bench.x, field, 0);
    expect(&bench, "jmp 0");
    field = x86_call(&bench.x);
    x86_link(&bench.x, field, 0x1000);
    expect(&bench, "call 0x1000");
    disassembler_free(bench.disassembler);
}
END_TEST

START_TEST(what_does_not_fit_is_not_written)
{
    uint8_t code[8] = {0};
    struct x86 x = {.start = code, .at = code, .end = code + 4};

    x86_mov_imm(&x, X86_R15, UINT64_MAX / 3);
    ck_assert(x.full);
    for (unsigned i = 4; i < sizeof code; i++)
        ck_assert_uint_eq(code[i], 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("x86");
    TCase *cases = tcase_create("the assembler");

    tcase_add_test(cases, every_pair_of_registers_is_encoded);
    tcase_add_test(cases, every_shape_of_address_is_encoded);
    tcase_add_test(cases, the_other_instructions_are_what_their_names_say);
    tcase_add_test(cases, a_jump_goes_where_it_is_linked_to);
    tcase_add_test(cases, what_does_not_fit_is_not_written);
    suite_add_tcase(all, cases);
    return all;
}

int main(void)
{
    return unit_main(suite());
}
