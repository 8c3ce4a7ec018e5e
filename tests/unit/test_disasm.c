/*
 * test_disasm.c: the text of instructions. That it is objdump's, over every row and hundreds of
 * thousands of words, is tests/diff/objdump.sh; here is what objdump does not say.
 */
#include "emu/isa/csr.h"
#include "emu/isa/decode.h"
#include "emu/isa/disasm.h"
#include "tests/random.h"
#include "tests/unit/unit_main.h"

#include <stdio.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

enum { PC = 0x10000 };

static const struct example {
    uint32_t word;
    const char *numeric, *abi, *meaning;
} examples[] = {
    {0x00850513, "addi x10,x10,8", "addi a0,a0,8", "a0 = a0 + 8"},
    {0xff010113, "addi x2,x2,-16", "addi sp,sp,-16", "sp = sp + -16"},
    {0x12345f97, "auipc x31,0x12345", "auipc t6,0x12345", "t6 = pc + 0x12345000"},
    {0xfffff2b7, "lui x5,0xfffff", "lui t0,0xfffff", "t0 = 0xfffffffffffff000"},
    {0x008000ef, "jal x1,0x10008", "jal ra,0x10008", "pc = 0x10008; ra = return address"},
    {0xff5ff06f, "jal x0,0xfff4", "jal zero,0xfff4", "pc = 0xfff4; zero = return address"},
    {0x00008067, "jalr x0,0(x1)", "jalr zero,0(ra)", "pc = (ra + 0) & ~1; zero = return address"},
    {0x00b56463, "bltu x10,x11,0x10008", "bltu a0,a1,0x10008",
     "if a0 < a1, unsigned: pc = 0x10008"},
    {0x00813083, "ld x1,8(x2)", "ld ra,8(sp)", "ra = mem64[sp + 8]"},
    {0xfe844783, "lbu x15,-24(x8)", "lbu a5,-24(s0)", "a5 = mem8[s0 + -24], zero-extended"},
    {0x00112423, "sw x1,8(x2)", "sw ra,8(sp)", "mem32[sp + 8] = ra"},
    {0x03f11093, "slli x1,x2,0x3f", "slli ra,sp,0x3f", "ra = sp << 63"},
    {0x02e6d63b, "divuw x12,x13,x14", "divuw a2,a3,a4", "a2 = a3 / a4, in 32 bits, unsigned"},
    {0x1a74332f, "sc.d.rl x6,x7,(x8)", "sc.d.rl t1,t2,(s0)",
     "if reserved: mem64[s0] = t2, t1 = 0; else t1 = 1"},
    {0xe621a0af, "amomaxu.w.aqrl x1,x2,(x3)", "amomaxu.w.aqrl ra,sp,(gp)",
     "mem32[gp] = max(itself, sp), unsigned; ra = old value"},
    {0x1402a22f, "lr.w.aq x4,(x5)", "lr.w.aq tp,(t0)", "tp = mem32[t0]; reserve it"},
    {0x180110f3, "csrrw x1,satp,x2", "csrrw ra,satp,sp", "satp = sp; ra = old value"},
    {0xc00fe1f3, "csrrsi x3,cycle,31", "csrrsi gp,cycle,31", "cycle |= 31; gp = old value"},
    {0x7c0fe1f3, "csrrsi x3,0x7c0,31", "csrrsi gp,0x7c0,31", "0x7c0 |= 31; gp = old value"},
    {0x0310000f, "fence rw,w", "fence rw,w", "earlier memory accesses are seen before later ones"},
    {0x8330000f, "fence.tso", "fence.tso", "earlier memory accesses are seen before later ones"},
    {0x00000073, "ecall", "ecall", "trap: a system call"},
    {0x5f81, "c.li x31,-32", "c.li t6,-32", "t6 = -32"},
    {0x8192, "c.mv x3,x4", "c.mv gp,tp", "gp = tp"},
    {0x9192, "c.add x3,x4", "c.add gp,tp", "gp = gp + tp"},
    {0x70fe, "c.ldsp x1,504(x2)", "c.ldsp ra,504(sp)", "ra = mem64[sp + 504]"},
    {0xa001, "c.j 0x10000", "c.j 0x10000", "pc = 0x10000"},
    {0x9282, "c.jalr x5", "c.jalr t0", "pc = t0 & ~1; ra = return address"},
    {0xffffffff, ".4byte 0xffffffff", ".4byte 0xffffffff", "no instruction: the guest traps"},
    {0x0000, ".2byte 0x0", ".2byte 0x0", "no instruction: the guest traps"},
};

START_TEST(instructions_read_as_objdump_prints_them_and_as_people_say_them)
{
    for (const struct example *e = examples; e < examples + LENGTH(examples); e++) {
        struct insn insn;
        char text[128];

        isa_decode(e->word, &insn);
        ck_assert_int_eq(isa_disasm(&insn, PC, text, sizeof(text)), (int)strlen(e->numeric));
        ck_assert_str_eq(text, e->numeric);
        ck_assert_int_eq(isa_disasm_abi(&insn, PC, text, sizeof(text)), (int)strlen(e->abi));
        ck_assert_str_eq(text, e->abi);
        ck_assert_int_eq(isa_describe(&insn, PC, text, sizeof(text)), (int)strlen(e->meaning));
        ck_assert_str_eq(text, e->meaning);
    }
}
END_TEST

START_TEST(targets_wrap_around_the_ends_of_the_address_space)
{
    struct insn insn;
    char text[64];

    isa_decode(0xff5ff06f, &insn); /* jal x0,.-12 */
    isa_disasm(&insn, 4, text, sizeof(text));
    ck_assert_str_eq(text, "jal x0,0xfffffffffffffff8");
    isa_decode(0x008000ef, &insn); /* jal x1,.+8 */
    isa_disasm(&insn, UINT64_MAX - 3, text, sizeof(text));
    ck_assert_str_eq(text, "jal x1,0x4");
}
END_TEST

START_TEST(text_that_does_not_fit_is_cut_and_its_whole_length_returned)
{
    const char *whole = "amomaxu.w.aqrl x1,x2,(x3)";
    struct insn insn;
    char text[64];

    isa_decode(0xe621a0af, &insn);
    for (size_t size = 0; size <= strlen(whole) + 1; size++) {
        memset(text, '#', sizeof(text));
        ck_assert_int_eq(isa_disasm(&insn, PC, text, size), (int)strlen(whole));
        if (size > 0) {
            ck_assert_uint_eq(strlen(text), size - 1);
            ck_assert(strncmp(text, whole, size - 1) == 0);
        }
        ck_assert_int_eq(text[size], '#');
    }
}
END_TEST

START_TEST(no_text_is_longer_than_the_header_says)
{
    struct random random = random_begin();
    char text[256];

    for (const struct isa_row *row = isa_rows; row < isa_rows + ROW_COUNT; row++) {
        for (int i = 0; i < 200; i++) {
            uint64_t pc = random_edge(&random);
            struct insn insn;
            int longest, meaning;

            isa_decode(row->match | ((uint32_t)random_next(&random) & ~row->mask), &insn);
            longest = isa_disasm_abi(&insn, pc, text, sizeof(text));
            meaning = isa_describe(&insn, pc, text, sizeof(text));
            if (longest >= 64 || meaning >= 128)
                ck_abort_msg("%s: %d and %d characters", row->name, longest, meaning);
        }
    }
}
END_TEST

START_TEST(registers_have_two_names_in_each_class)
{
    for (unsigned i = 0; i < 32; i++) {
        char numeric[8];

        snprintf(numeric, sizeof(numeric), "x%u", i);
        ck_assert_str_eq(isa_register_name('x', i, NAMES_NUMERIC), numeric);
        snprintf(numeric, sizeof(numeric), "f%u", i);
        ck_assert_str_eq(isa_register_name('f', i, NAMES_NUMERIC), numeric);
    }
    ck_assert_str_eq(isa_register_name('x', 0, NAMES_ABI), "zero");
    ck_assert_str_eq(isa_register_name('x', 10, NAMES_ABI), "a0");
    ck_assert_str_eq(isa_register_name('x', 31, NAMES_ABI), "t6");
    ck_assert_str_eq(isa_register_name('f', 10, NAMES_ABI), "fa0");
    ck_assert_str_eq(isa_register_name('f', 31, NAMES_ABI), "ft11");
}
END_TEST

START_TEST(csrs_have_their_names_and_meanings_and_arrays_count_through)
{
    static const struct {
        unsigned number;
        const char *name;
    } csrs[] = {
        {CSR_CYCLE, "cycle"},
        {CSR_MSTATUS, "mstatus"},
        {CSR_PMPADDR0, "pmpaddr0"},
        {CSR_PMPADDR0 + 63, "pmpaddr63"},
        {0x3f0, "0x3f0"},
        {CSR_HPMCOUNTER3, "hpmcounter3"},
        {0xc1f, "hpmcounter31"},
        {0xc20, "0xc20"},
        {CSR_MHPMEVENT3, "mhpmevent3"},
        {0, "0x0"},
    };
    char name[16];

    for (size_t i = 0; i < LENGTH(csrs); i++) {
        ck_assert_int_eq(isa_csr_name(csrs[i].number, name, sizeof(name)),
                         (int)strlen(csrs[i].name));
        ck_assert_str_eq(name, csrs[i].name);
        ck_assert((isa_csr_meaning(csrs[i].number) == NULL) == (name[0] == '0'));
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("disasm");
    TCase *tests = tcase_create("text");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, instructions_read_as_objdump_prints_them_and_as_people_say_them);
    tcase_add_test(tests, targets_wrap_around_the_ends_of_the_address_space);
    tcase_add_test(tests, text_that_does_not_fit_is_cut_and_its_whole_length_returned);
    tcase_add_test(tests, no_text_is_longer_than_the_header_says);
    tcase_add_test(tests, registers_have_two_names_in_each_class);
    tcase_add_test(tests, csrs_have_their_names_and_meanings_and_arrays_count_through);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
