/* test_elf_symbols.c: the names of functions, from good and from broken symbol tables. */
#include <string.h>

#include "tests/elf/tiny.h"
#include "tests/unit/unit_main.h"

static const Elf64_Sym good_symbols[8] = {
    [1] = {.st_name = TINY_START,
           .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE),
           .st_shndx = 1,
           .st_value = TINY_ENTRY},
    [2] = {.st_name = TINY_MARK,
           .st_info = ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE),
           .st_shndx = 1,
           .st_value = TINY_ENTRY + 12},
    [3] = {.st_name = TINY_WORKER,
           .st_info = ELF64_ST_INFO(STB_LOCAL, STT_FUNC),
           .st_shndx = 1,
           .st_value = TINY_ENTRY + 16,
           .st_size = 4},
    [4] = {.st_name = TINY_WORK,
           .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
           .st_shndx = 1,
           .st_value = TINY_ENTRY + 16,
           .st_size = 8},
    [5] = {.st_name = TINY_LOCAL,
           .st_info = ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE),
           .st_shndx = 1,
           .st_value = TINY_ENTRY + 20},
    [6] = {.st_name = TINY_WORDS,
           .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
           .st_shndx = 1,
           .st_value = TINY_DATA + offsetof(struct tiny, words),
           .st_size = 32},
    [7] = {.st_name = TINY_ELSEWHERE,
           .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
           .st_shndx = SHN_UNDEF,
           .st_value = TINY_ENTRY + 28},
};

/* The symbols of a file like `tiny`. NULL as elf_symbols_new() says. */
static struct elf_symbols *symbols_of(const struct tiny *tiny)
{
    struct elf_symbols *symbols;
    struct elf_image image;
    struct err err;

    ck_assert_int_eq(tiny_open(&image, tiny, sizeof *tiny, &err), 0);
    symbols = elf_symbols_new(&image);
    elf_close(&image);
    return symbols;
}

static void find(const struct elf_symbols *symbols, uint64_t gva, const char *name, uint64_t offset)
{
    uint64_t got = 0;

    ck_assert_pstr_eq(elf_symbols_find(symbols, gva, &got), name);
    if (name != NULL)
        ck_assert_uint_eq(got, offset);
}

START_TEST(an_address_has_the_name_of_its_function)
{
    struct tiny tiny = tiny_rv64;
    struct elf_symbols *symbols;

    memcpy(tiny.symbols, good_symbols, sizeof tiny.symbols);
    symbols = symbols_of(&tiny);
    ck_assert_ptr_nonnull(symbols);
    find(symbols, 0, NULL, 0);
    find(symbols, TINY_ENTRY - 1, NULL, 0);
    find(symbols, TINY_ENTRY, "_start", 0);
    find(symbols, TINY_ENTRY + 4, "_start", 4);
    find(symbols, TINY_ENTRY + 15, "_start", 15); /* no size: up to the next symbol */
    find(symbols, TINY_ENTRY + 16, "work", 0);    /* the global name before the local one */
    find(symbols, TINY_ENTRY + 22, "work", 6);
    find(symbols, TINY_ENTRY + 24, NULL, 0); /* past its size */
    find(symbols, tiny.data.p_vaddr, NULL, 0);
    find(symbols, UINT64_MAX, NULL, 0);
    find(NULL, TINY_ENTRY, NULL, 0);
    elf_symbols_free(symbols);
    elf_symbols_free(NULL);
}
END_TEST

START_TEST(a_function_s_name_has_its_address)
{
    struct tiny tiny = tiny_rv64;
    struct elf_symbols *symbols;
    uint64_t gva = 0;

    memcpy(tiny.symbols, good_symbols, sizeof tiny.symbols);
    symbols = symbols_of(&tiny);
    ck_assert(elf_symbols_address(symbols, "worker", &gva));
    ck_assert_uint_eq(gva, TINY_ENTRY + 16);
    ck_assert(elf_symbols_address(symbols, "_start", &gva));
    ck_assert_uint_eq(gva, TINY_ENTRY);
    ck_assert(!elf_symbols_address(symbols, "words", &gva)); /* data */
    ck_assert(!elf_symbols_address(symbols, "$x", &gva));
    ck_assert(!elf_symbols_address(symbols, "elsewhere", &gva)); /* undefined here */
    ck_assert(!elf_symbols_address(symbols, "", &gva));
    ck_assert(!elf_symbols_address(NULL, "work", &gva));
    elf_symbols_free(symbols);
}
END_TEST

START_TEST(a_last_symbol_without_a_size_ends_with_its_segment)
{
    struct tiny tiny = tiny_rv64;
    struct elf_symbols *symbols;

    tiny.symbols[1] = good_symbols[1];
    symbols = symbols_of(&tiny);
    find(symbols, TINY_TEXT + tiny.text.p_memsz - 1, "_start", sizeof tiny.code - 1);
    find(symbols, TINY_TEXT + tiny.text.p_memsz, NULL, 0);
    elf_symbols_free(symbols);
}
END_TEST

START_TEST(a_symbol_s_size_cannot_leave_its_segment)
{
    struct tiny tiny = tiny_rv64;
    struct elf_symbols *symbols;

    tiny.symbols[1] = good_symbols[4];
    tiny.symbols[1].st_size = UINT64_MAX;
    symbols = symbols_of(&tiny);
    find(symbols, TINY_TEXT + tiny.text.p_memsz - 1, "work", sizeof tiny.code - 17);
    find(symbols, TINY_TEXT + tiny.text.p_memsz, NULL, 0);
    find(symbols, UINT64_MAX, NULL, 0);
    elf_symbols_free(symbols);
}
END_TEST

START_TEST(a_name_that_could_command_a_terminal_is_left_out)
{
    struct tiny tiny = tiny_rv64;

    tiny.symbols[1] = good_symbols[1];
    tiny.symbols[1].st_name = TINY_EVIL;
    ck_assert_ptr_null(symbols_of(&tiny));
}
END_TEST

/* One way each in which a symbol table can be broken. */
struct broken {
    const char *name;
    size_t offset, width;
    uint64_t value;
};

#define BROKEN(field, value) offsetof(struct tiny, field), sizeof tiny_rv64.field, value

static const struct broken broken_tables[] = {
    {"a size that is no multiple", BROKEN(sections[1].sh_size, 25)},
    {"a size of 0", BROKEN(sections[1].sh_size, 0)},
    {"a size beyond the file", BROKEN(sections[1].sh_size, 24 * 1000)},
    {"a size of 2^64-8", BROKEN(sections[1].sh_size, UINT64_MAX - 7)},
    {"an offset beyond the file", BROKEN(sections[1].sh_offset, UINT64_MAX)},
    {"no string table", BROKEN(sections[1].sh_link, 0)},
    {"a string table that is itself", BROKEN(sections[1].sh_link, 1)},
    {"a string table that is nowhere", BROKEN(sections[1].sh_link, UINT32_MAX)},
    {"a compressed table", BROKEN(sections[1].sh_flags, SHF_COMPRESSED)},
    {"compressed strings", BROKEN(sections[2].sh_flags, SHF_COMPRESSED)},
    {"strings of size 0", BROKEN(sections[2].sh_size, 0)},
    {"strings beyond the file", BROKEN(sections[2].sh_size, 1 << 20)},
    {"strings that do not end", BROKEN(sections[2].sh_size, 5)},
    {"strings in no string table", BROKEN(sections[2].sh_type, SHT_PROGBITS)},
    {"strings without bytes", BROKEN(sections[2].sh_type, SHT_NOBITS)},
    {"a name beyond the strings", BROKEN(symbols[1].st_name, 64)},
    {"a name at 2^32-1", BROKEN(symbols[1].st_name, UINT32_MAX)},
    {"an address outside the program", BROKEN(symbols[1].st_value, UINT64_MAX)},
};

START_TEST(a_broken_symbol_table_is_no_symbol_table)
{
    const struct broken *broken = &broken_tables[_i];
    struct tiny tiny = tiny_rv64;
    struct elf_symbols *symbols;

    tiny.symbols[1] = good_symbols[1];
    symbols = symbols_of(&tiny);
    ck_assert_ptr_nonnull(symbols);
    elf_symbols_free(symbols);
    memcpy((uint8_t *)&tiny + broken->offset, &broken->value, broken->width);
    ck_assert_msg(symbols_of(&tiny) == NULL, "%s", broken->name);
}
END_TEST

static Suite *suite(void)
{
    Suite *symbols = suite_create("elf_symbols");
    TCase *tables = tcase_create("ELF symbols");

    tcase_add_test(tables, an_address_has_the_name_of_its_function);
    tcase_add_test(tables, a_function_s_name_has_its_address);
    tcase_add_test(tables, a_last_symbol_without_a_size_ends_with_its_segment);
    tcase_add_test(tables, a_symbol_s_size_cannot_leave_its_segment);
    tcase_add_test(tables, a_name_that_could_command_a_terminal_is_left_out);
    tcase_add_loop_test(tables, a_broken_symbol_table_is_no_symbol_table, 0,
                        (int)(sizeof broken_tables / sizeof broken_tables[0]));
    suite_add_tcase(symbols, tables);
    return symbols;
}

int main(void)
{
    return unit_main(suite());
}
