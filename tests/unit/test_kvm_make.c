/* test_kvm.c: making a virtual machine: what KVM is asked, in which order, and what it may refuse.
 */
#include "tests/unit/kvm_host.h"
#include "tests/unit/unit_main.h"

START_TEST(memory_is_one_slot_from_0_on_aligned_for_large_pages)
{
    struct kvm_bench bench;
    struct pc *pc;

    bench_init(&bench);
    bench.config.memory = VM_MEMORY_MIN + 1;
    pc = bench_pc(&bench);
    ck_assert_uint_eq(bench.host.memory.guest_phys_addr, 0);
    ck_assert_uint_eq(bench.host.memory.memory_size, VM_MEMORY_MIN + (2 << 20));
    ck_assert_uint_eq(bench.host.memory.userspace_addr % (2 << 20), 0);
    pc_free(pc);
    bench_fini(&bench);
}
END_TEST

START_TEST(a_page_that_kvm_does_not_share_is_an_error_that_leaves_nothing_open)
{
    struct kvm_bench bench;
    struct err err = {0};

    bench_init(&bench);
    bench.host.map_error = ENOMEM;
    ck_assert_ptr_null(pc_new(&bench.config, &err));
    ck_assert_int_eq(err.code, ENOMEM);
    bench_fini(&bench);
}
END_TEST

START_TEST(another_version_of_the_interface_is_refused)
{
    struct kvm_bench bench;
    struct err err = {0};

    bench_init(&bench);
    bench.host.version = 13;
    ck_assert_ptr_null(pc_new(&bench.config, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "13"));
    bench_fini(&bench);
}
END_TEST

/* The host has more leaves than the first list has room for: E2BIG, and it is asked again. */
START_TEST(each_processor_finds_its_own_number_in_cpuid)
{
    struct kvm_bench bench;
    struct pc *pc;

    bench_init(&bench);
    bench.config.cpus = 3;
    pc = bench_pc(&bench);
    for (uint32_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(bench.host.apic[i], 0x00bbccdd | i << 24);
        ck_assert_uint_eq(bench.host.x2apic[i], i);
    }
    pc_free(pc);
    bench_fini(&bench);
}
END_TEST

START_TEST(a_file_that_is_no_kernel_leaves_nothing_open)
{
    struct kvm_bench bench;
    struct err err = {0};

    bench_init(&bench);
    bench.config.kernel = "/dev/null";
    ck_assert_ptr_null(pc_new(&bench.config, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "/dev/null"));
    bench_fini(&bench);
}
END_TEST

START_TEST(a_disk_that_is_none_leaves_nothing_open)
{
    struct kvm_bench bench;
    struct err err = {0};

    bench_init(&bench);
    bench.config.disk = "/dev/null";
    ck_assert_ptr_null(pc_new(&bench.config, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "/dev/null"));
    bench_fini(&bench);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("kvm_make");
    TCase *cases = tcase_create("a virtual machine");

    tcase_add_test(cases, memory_is_one_slot_from_0_on_aligned_for_large_pages);
    tcase_add_test(cases, a_page_that_kvm_does_not_share_is_an_error_that_leaves_nothing_open);
    tcase_add_test(cases, another_version_of_the_interface_is_refused);
    tcase_add_test(cases, each_processor_finds_its_own_number_in_cpuid);
    tcase_add_test(cases, a_file_that_is_no_kernel_leaves_nothing_open);
    tcase_add_test(cases, a_disk_that_is_none_leaves_nothing_open);
    suite_add_tcase(all, cases);
    return all;
}

int main(void)
{
    return unit_main(suite());
}
