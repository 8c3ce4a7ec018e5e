/* test_tree.c: the device tree, read back as a guest reads it. */
#include "emu/board/map.h"
#include "emu/board/tree.h"
#include "tests/unit/unit_main.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

struct tree {
    uint8_t blob[TREE_SIZE_MAX];
    size_t size;
};

static void build(struct tree *tree, const struct tree_config *config)
{
    struct err err = {0};

    memset(tree->blob, 0xa5, sizeof tree->blob);
    ck_assert_msg(tree_build(config, tree->blob, &tree->size, &err) == 0, "%s", err.text);
    ck_assert_int_eq(fdt_check_full(tree->blob, tree->size), 0);
}

static int node(const struct tree *tree, const char *path)
{
    int offset = fdt_path_offset(tree->blob, path);

    ck_assert_msg(offset >= 0, "%s: %s", path, fdt_strerror(offset));
    return offset;
}

/* Cell number `index` of a property. */
static uint32_t cell(const struct tree *tree, const char *path, const char *name, int index)
{
    int length = 0;
    const fdt32_t *cells = fdt_getprop(tree->blob, node(tree, path), name, &length);

    ck_assert_msg(cells != NULL && length >= 4 * (index + 1), "%s of %s", name, path);
    return fdt32_to_cpu(cells[index]);
}

static const char *text(const struct tree *tree, const char *path, const char *name)
{
    const char *value = fdt_getprop(tree->blob, node(tree, path), name, NULL);

    ck_assert_ptr_nonnull(value);
    return value;
}

static const struct tree_config usual = {.harts = 4,
                                         .ram_size = UINT64_C(5) << 30,
                                         .virtio_count = 2,
                                         .bootargs = "init=/bin/hello",
                                         .initrd_start = 0x87654000,
                                         .initrd_end = 0x87655123,
                                         .seed = {1, 2, 3, 4}};

START_TEST(memory_initrd_and_arguments_are_told)
{
    struct tree tree;

    build(&tree, &usual);
    ck_assert_uint_eq(cell(&tree, "/memory@80000000", "reg", 1), MAP_RAM);
    ck_assert_uint_eq(cell(&tree, "/memory@80000000", "reg", 2), 1);
    ck_assert_uint_eq(cell(&tree, "/memory@80000000", "reg", 3), 0x40000000);
    ck_assert_str_eq(text(&tree, "/chosen", "bootargs"), "init=/bin/hello");
    ck_assert_uint_eq(cell(&tree, "/chosen", "linux,initrd-start", 1), 0x87654000);
    ck_assert_uint_eq(cell(&tree, "/chosen", "linux,initrd-end", 1), 0x87655123);
    ck_assert_uint_eq(cell(&tree, "/cpus", "timebase-frequency", 0), 10000000);
    ck_assert_int_ge(fdt_path_offset(tree.blob, text(&tree, "/chosen", "stdout-path")), 0);
}
END_TEST

START_TEST(each_processor_has_its_interrupts_at_both_controllers)
{
    struct tree tree;

    build(&tree, &usual);
    for (uint32_t i = 0; i < 4; i++) {
        char path[64];
        uint32_t controller;

        snprintf(path, sizeof path, "/cpus/cpu@%u", i);
        ck_assert_uint_eq(cell(&tree, path, "reg", 0), i);
        ck_assert_str_eq(text(&tree, path, "mmu-type"), "riscv,sv39");
        strncat(path, "/interrupt-controller", sizeof path - strlen(path) - 1);
        controller = cell(&tree, path, "phandle", 0);
        for (int j = 0; j < 2; j++) {
            int at = 4 * (int)i + 2 * j;

            ck_assert_uint_eq(cell(&tree, "/soc/plic@c000000", "interrupts-extended", at),
                              controller);
            ck_assert_uint_eq(cell(&tree, "/soc/plic@c000000", "interrupts-extended", at + 1),
                              j == 0 ? 11 : 9);
            ck_assert_uint_eq(cell(&tree, "/soc/clint@2000000", "interrupts-extended", at),
                              controller);
            ck_assert_uint_eq(cell(&tree, "/soc/clint@2000000", "interrupts-extended", at + 1),
                              j == 0 ? 3 : 7);
        }
    }
    ck_assert_int_lt(fdt_path_offset(tree.blob, "/cpus/cpu@4"), 0);
}
END_TEST

START_TEST(devices_are_where_the_board_has_them)
{
    struct tree tree;
    uint32_t plic;

    build(&tree, &usual);
    plic = cell(&tree, "/soc/plic@c000000", "phandle", 0);
    ck_assert_str_eq(text(&tree, "/soc/serial@10000000", "compatible"), "ns16550a");
    ck_assert_uint_eq(cell(&tree, "/soc/serial@10000000", "interrupts", 0), 10);
    ck_assert_uint_eq(cell(&tree, "/soc/serial@10000000", "interrupt-parent", 0), plic);
    ck_assert_uint_eq(cell(&tree, "/soc/virtio_mmio@10002000", "interrupts", 0), 2);
    ck_assert_int_lt(fdt_path_offset(tree.blob, "/soc/virtio_mmio@10003000"), 0);
    ck_assert_uint_eq(cell(&tree, "/poweroff", "regmap", 0),
                      cell(&tree, "/soc/test@100000", "phandle", 0));
    ck_assert_uint_eq(cell(&tree, "/poweroff", "value", 0), 0x5555);
}
END_TEST

START_TEST(without_an_initrd_none_is_told_and_arguments_may_be_too_long)
{
    char *arguments = malloc(TREE_SIZE_MAX);
    struct tree_config config = {.harts = 1, .ram_size = 1 << 24, .bootargs = ""};
    struct err err = {0};
    struct tree tree;

    build(&tree, &config);
    ck_assert_ptr_null(fdt_getprop(tree.blob, node(&tree, "/chosen"), "linux,initrd-start", NULL));
    ck_assert_ptr_nonnull(arguments);
    memset(arguments, 'x', TREE_SIZE_MAX - 1);
    arguments[TREE_SIZE_MAX - 1] = '\0';
    config.bootargs = arguments;
    ck_assert_int_eq(tree_build(&config, tree.blob, &tree.size, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.text, "too long"));
    free(arguments);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("tree");
    TCase *nodes = tcase_create("nodes");

    tcase_add_test(nodes, memory_initrd_and_arguments_are_told);
    tcase_add_test(nodes, each_processor_has_its_interrupts_at_both_controllers);
    tcase_add_test(nodes, devices_are_where_the_board_has_them);
    tcase_add_test(nodes, without_an_initrd_none_is_told_and_arguments_may_be_too_long);
    suite_add_tcase(suite, nodes);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
