/* test_autopsy.c: dead guests, made up: where their addresses lead, and what is printed. */
#include "kvm/autopsy.h"
#include "tests/unit/unit_main.h"

#include <stdlib.h>
#include <string.h>

enum { RAM_SIZE = 0x10000, PML4 = 0x1000, PDPT = 0x2000, PD = 0x3000, PT = 0x4000, CODE = 0x8000 };
#define NX (UINT64_C(1) << 63)

struct body {
    struct autopsy autopsy;
    struct dma dma;
    uint8_t ram[RAM_SIZE];
};

static void put(struct body *body, uint64_t gpa, uint64_t value)
{
    memcpy(body->ram + gpa, &value, sizeof value);
}

/* Long mode; a page of code at address 0x8000, by four tables. */
static void body_init(struct body *body)
{
    memset(body, 0, sizeof *body);
    body->dma = (struct dma){.ram = body->ram, .size = RAM_SIZE};
    body->autopsy.dma = &body->dma;
    body->autopsy.sregs.cr0 = 0x80010033;
    body->autopsy.sregs.efer = 0xd01;
    body->autopsy.sregs.cr3 = PML4;
    body->autopsy.sregs.cs.l = 1;
    put(body, PML4, PDPT | 7);
    put(body, PDPT, PD | 7);
    put(body, PD, PT | 7);
    put(body, PT + 8 * 8, CODE | 5);
    memcpy(body->ram + CODE, "\x0f\x0b", 2);
    body->autopsy.regs.rip = CODE;
}

START_TEST(a_mapped_address_has_the_rights_of_all_its_entries)
{
    static struct body body;
    struct autopsy_walk walk;

    body_init(&body);
    walk = autopsy_walk(&body.autopsy, 0x8123);
    ck_assert(walk.mapped && walk.user && !walk.write && walk.execute);
    ck_assert_uint_eq(walk.gpa, 0x8123);
    ck_assert_uint_eq(walk.count, 4);
    put(&body, PDPT, PD | 7 | NX);
    ck_assert(!autopsy_walk(&body.autopsy, 0x8123).execute);
    put(&body, PD, 0x87); /* a page of 2 MiB */
    walk = autopsy_walk(&body.autopsy, 0x8123);
    ck_assert(walk.mapped && walk.write && walk.count == 3);
}
END_TEST

START_TEST(the_level_that_fails_is_named)
{
    const struct {
        uint64_t gpa, value, gva;
        const char *failure;
    } cases[] = {
        {PML4, 0, 0x8000, "the PML4E is not present"},
        {PDPT, PD, 0x8000, "the PDPTE is not present"},
        {PD, 0, 0x8000, "the PDE is not present"},
        {PT + 64, CODE, 0x8000, "the PTE is not present"},
        {PDPT, 0x7fffff007, 0x8000, "the PDE is outside of the machine's memory"},
        {PT + 64, 0x123456789007, 0x8000, "outside of the machine's memory"},
        {PML4, PDPT | 7, 0x800000000000, "no address at all: bits 63 to 47 differ"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static struct body body;

        body_init(&body);
        put(&body, cases[i].gpa, cases[i].value);
        ck_assert_str_eq(autopsy_walk(&body.autopsy, cases[i].gva).failure, cases[i].failure);
    }
}
END_TEST

START_TEST(any_tables_at_all_are_walked_within_memory)
{
    static struct body body;
    uint64_t random = 88172645463325252;

    for (int round = 0; round < 2000; round++) {
        body_init(&body);
        for (size_t i = 0; i < RAM_SIZE; i += 8) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            put(&body, i, (random & 0xffff) | (random >> 40 & 1));
        }
        ck_assert_uint_le(autopsy_walk(&body.autopsy, random >> 17).count, 4);
    }
}
END_TEST

static char *print(const struct body *body)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    autopsy_print(file, &body->autopsy);
    fclose(file);
    return text;
}

START_TEST(people_see_the_instruction_the_flags_and_the_walks)
{
    static struct body body;
    char *text;

    body_init(&body);
    body.autopsy.regs.rflags = 0x202;
    body.autopsy.sregs.cr2 = 0x400000;
    text = print(&body);
    ck_assert(strstr(text, "rip 0000000000008000: 0f 0b") != NULL);
    ck_assert(strstr(text, "ud2") != NULL);
    ck_assert(strstr(text, "rflags 0000000000000202  IF\n") != NULL);
    ck_assert(strstr(text, "cr0    0000000080010033  PE MP ET NE WP PG\n") != NULL);
    ck_assert(strstr(text, "rip 0000000000008000: gpa 8000, read execute, for programs, too") !=
              NULL);
    ck_assert(strstr(text, "cr2 0000000000400000: the PDE is not present") != NULL);
    free(text);
}
END_TEST

START_TEST(what_is_gone_is_said_to_be_gone)
{
    static struct body body;
    char *text;

    body_init(&body);
    body.autopsy.regs.rip = 0xfff0;
    body.autopsy.sregs.cs.base = 0xffff0000;
    body.autopsy.sregs.cr0 = 0x10;
    text = print(&body);
    ck_assert(strstr(text, "registers are gone") != NULL);
    ck_assert(strstr(text, "rax") == NULL);
    free(text);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("autopsy");
    TCase *bodies = tcase_create("bodies");

    tcase_add_test(bodies, a_mapped_address_has_the_rights_of_all_its_entries);
    tcase_add_test(bodies, the_level_that_fails_is_named);
    tcase_add_test(bodies, any_tables_at_all_are_walked_within_memory);
    tcase_add_test(bodies, people_see_the_instruction_the_flags_and_the_walks);
    tcase_add_test(bodies, what_is_gone_is_said_to_be_gone);
    suite_add_tcase(suite, bodies);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
