/* test_kvm_boot.c: what a kernel finds when it starts, and files that are none. */
#include <stdio.h>

#include "kvm/boot.h"
#include "tests/elf/cases.h"
#include "tests/unit/kvm_host.h"
#include "tests/unit/unit_main.h"

/* A machine that is nothing but memory: exactly so much, so that a sanitizer sees what misses it.
 */
static void memory_init(struct vm *vm)
{
    *vm = (struct vm){.system = -1, .fd = -1};
    vm->dma = (struct dma){.ram = calloc(1, VM_MEMORY_MIN), .size = VM_MEMORY_MIN};
    ck_assert_ptr_nonnull(vm->dma.ram);
}

/* Loads a kernel file of these bytes, and closes it. */
static int load(struct vm *vm, const void *bytes, size_t size, const char *initrd,
                const char *words, uint64_t *entry, uint64_t *note, struct err *err)
{
    char path[64];
    int fd = tiny_file(bytes, size), answer;
    const struct boot_config config = {.kernel = path, .initrd = initrd, .bootargs = words};

    ck_assert_int_ge(fd, 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    *err = (struct err){.code = 0};
    answer = boot_load(vm, &config, entry, note, err);
    close(fd);
    return answer;
}

static uint64_t word(const struct vm *vm, uint64_t gpa)
{
    uint64_t value = 0;

    ck_assert(dma_read(&vm->dma, gpa, &value, sizeof value));
    return value;
}

START_TEST(the_kernel_is_at_its_physical_addresses_and_entered_there)
{
    struct tiny tiny = bench_tiny();
    uint64_t entry = 0, note = 0;
    struct err err;
    struct vm vm;

    memory_init(&vm);
    tiny.words[0] = 0x1122334455667788;
    ck_assert_int_eq(load(&vm, &tiny, sizeof tiny, NULL, "", &entry, &note, &err), 0);
    ck_assert_uint_eq(entry, VM_KERNEL + offsetof(struct tiny, code));
    ck_assert_mem_eq(vm.dma.ram + VM_KERNEL, ELFMAG, SELFMAG);
    ck_assert_uint_eq(word(&vm, VM_KERNEL + 0x2000), 0x1122334455667788);
    free(vm.dma.ram);
}
END_TEST

/* By the offsets of Xen's hvm_start_info, not by a struct of ours. */
START_TEST(the_note_says_where_arguments_initrd_and_memory_are)
{
    const struct tiny tiny = bench_tiny();
    uint64_t entry, note, modules, map, initrd;
    int fd = tiny_file("an initrd", 9);
    char path[64];
    struct err err;
    struct vm vm;

    memory_init(&vm);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ck_assert_int_eq(load(&vm, &tiny, sizeof tiny, path, "a=1 b", &entry, &note, &err), 0);
    ck_assert_uint_eq(word(&vm, note), UINT64_C(1) << 32 | 0x336ec578); /* version, magic */
    ck_assert_uint_eq(word(&vm, note + 8) >> 32, 1);                    /* modules */
    ck_assert_str_eq((const char *)vm.dma.ram + word(&vm, note + 24), "a=1 b");
    modules = word(&vm, note + 16);
    initrd = word(&vm, modules);
    ck_assert_uint_eq(initrd % 4096, 0);
    ck_assert_uint_eq(word(&vm, modules + 8), 9);
    ck_assert_mem_eq(vm.dma.ram + initrd, "an initrd", 9);
    map = word(&vm, note + 40);
    ck_assert_uint_eq((uint32_t)word(&vm, note + 48), 1); /* entries */
    ck_assert_uint_eq(word(&vm, map), 0);
    ck_assert_uint_eq(word(&vm, map + 8), VM_MEMORY_MIN);
    ck_assert_uint_eq((uint32_t)word(&vm, map + 16), 1); /* RAM */
    close(fd);
    free(vm.dma.ram);
}
END_TEST

/* Follows the tables as a processor does: SDM 3A, 4.5. */
START_TEST(page_tables_map_the_first_gib_to_itself)
{
    struct kvm_bench bench;
    struct pc *pc;

    bench_init(&bench);
    pc = bench_pc(&bench);
    for (uint64_t gva = 0; gva < UINT64_C(1) << 30; gva += UINT64_C(2) << 20) {
        uint64_t pml4e = word(&pc->vm, bench.host.sregs.cr3 + (gva >> 39) * 8);
        uint64_t pdpte = word(&pc->vm, (pml4e & ~UINT64_C(0xfff)) + (gva >> 30) * 8);
        uint64_t pde = word(&pc->vm, (pdpte & ~UINT64_C(0xfff)) + (gva >> 21 & 511) * 8);

        ck_assert_uint_eq(pml4e & pdpte & 3, 3); /* present, writable */
        ck_assert_uint_eq(pde & 0x83, 0x83);     /* and a large page */
        ck_assert_uint_eq(pde & ~UINT64_C(0xfff), gva);
    }
    pc_free(pc);
    bench_fini(&bench);
}
END_TEST

START_TEST(the_first_processor_starts_in_long_mode_in_ring_0_without_interrupts)
{
    struct kvm_bench bench;
    struct pc *pc;

    bench_init(&bench);
    pc = bench_pc(&bench);
    ck_assert_uint_eq(bench.host.sregs.cr0 & 0x80000001, 0x80000001); /* paging, protection */
    ck_assert_uint_ne(bench.host.sregs.cr4 & 1 << 5, 0);              /* PAE */
    ck_assert_uint_eq(bench.host.sregs.efer & 0x500, 0x500);          /* LME and LMA */
    ck_assert_uint_eq(bench.host.sregs.cs.l, 1);
    ck_assert_uint_eq(bench.host.sregs.cs.db, 0);
    ck_assert_uint_eq(bench.host.sregs.cs.dpl, 0);
    /* What the selectors name in the GDT is what the segments are. */
    ck_assert_uint_eq(word(&pc->vm, bench.host.sregs.gdt.base + bench.host.sregs.cs.selector),
                      0x00af9b000000ffff);
    ck_assert_uint_eq(word(&pc->vm, bench.host.sregs.gdt.base + bench.host.sregs.ss.selector),
                      0x00cf93000000ffff);
    ck_assert_uint_eq(bench.host.regs.rflags, 2);
    ck_assert_uint_eq(bench.host.regs.rip, VM_KERNEL + offsetof(struct tiny, code));
    ck_assert_uint_eq((uint32_t)word(&pc->vm, bench.host.regs.rbx), 0x336ec578);
    pc_free(pc);
    bench_fini(&bench);
}
END_TEST

START_TEST(the_arguments_tell_what_there_is_and_then_the_users_words)
{
    static const char *const expected[] = {"cpus=2 ",
                                           "tsc_hz=2500000000 ",
                                           "lapic_hz=1000000000 ",
                                           " uart=1016,4 ",
                                           " power=3489726464 ",
                                           " ram=zero ",
                                           " virtio0=3489660928,0 ",
                                           " words of mine"};
    struct kvm_bench bench;
    const char *words;
    struct pc *pc;

    bench_init(&bench);
    bench.config.cpus = 2;
    bench.config.ring = true;
    pc = bench_pc(&bench);
    words = (const char *)pc->vm.dma.ram + word(&pc->vm, bench.host.regs.rbx + 24);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const char *found = strstr(words, expected[i]);

        ck_assert_msg(found != NULL, "no '%s', or not there, in: %s", expected[i], words);
        words = found + strlen(expected[i]) - 1; /* the blank may begin the next one */
    }
    ck_assert_str_eq(words, "e"); /* the user's are the last */
    pc_free(pc);
    bench_fini(&bench);
}
END_TEST

START_TEST(arguments_that_do_not_fit_are_refused)
{
    const struct tiny tiny = bench_tiny();
    size_t length = VM_LOADER_END - VM_LOADER;
    char *words = calloc(1, length + 1);
    uint64_t entry, note;
    struct err err;
    struct vm vm;

    ck_assert_ptr_nonnull(words);
    memset(words, 'x', length);
    memory_init(&vm);
    ck_assert_int_eq(load(&vm, &tiny, sizeof tiny, NULL, words, &entry, &note, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.text, "boot arguments"));
    free(vm.dma.ram);
    free(words);
}
END_TEST

START_TEST(an_initrd_that_does_not_fit_is_refused)
{
    const struct tiny tiny = bench_tiny();
    int fd = tiny_file("", 1);
    uint64_t entry, note;
    char path[64];
    struct err err;
    struct vm vm;

    ck_assert_int_eq(ftruncate(fd, VM_MEMORY_MIN), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    memory_init(&vm);
    ck_assert_int_eq(load(&vm, &tiny, sizeof tiny, path, "", &entry, &note, &err), -1);
    ck_assert_msg(strstr(err.text, "does not fit") != NULL, "%s", err.text);
    close(fd);
    free(vm.dma.ram);
}
END_TEST

/* Physical addresses that only this machine can judge. */
START_TEST(a_kernel_whose_physical_addresses_are_wrong_is_refused)
{
    static const struct {
        uint64_t gpa;
        const char *expected;
    } cases[] = {
        {VM_MEMORY_MIN, "does not fit"},
        {VM_MEMORY_MIN - 8, "does not fit"},
        {UINT64_MAX, "does not fit"},
        {UINT64_MAX - 0xff, "does not fit"},
        {UINT64_C(1) << 63, "does not fit"},
        {0xd0000000, "does not fit"},
        {0, "where the loader's notes are"},
        {VM_LOADER, "where the loader's notes are"},
        {VM_LOADER_END - 8, "where the loader's notes are"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tiny tiny = bench_tiny();
        uint64_t entry, note;
        struct err err;
        struct vm vm;

        memory_init(&vm);
        tiny.data.p_paddr = cases[i].gpa;
        ck_assert_int_eq(load(&vm, &tiny, sizeof tiny, NULL, "", &entry, &note, &err), -1);
        ck_assert_msg(strstr(err.text, cases[i].expected) != NULL, "0x%llx: %s",
                      (unsigned long long)cases[i].gpa, err.text);
        free(vm.dma.ram);
    }
}
END_TEST

START_TEST(a_kernel_for_another_machine_is_refused)
{
    uint64_t entry, note;
    struct err err;
    struct vm vm;

    memory_init(&vm);
    ck_assert_int_eq(load(&vm, &tiny_rv64, sizeof tiny_rv64, NULL, "", &entry, &note, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.text, "is for RISC-V, this machine is x86-64"));
    free(vm.dma.ram);
}
END_TEST

/* Rules of RISC-V's, which x86-64 has not: e_flags mean nothing, and instructions any alignment. */
static bool is_for_riscv(const struct elf_case *which)
{
    static const char *const names[] = {"flags nobody defined", "a vendor's flags",
                                        "entry amid an instruction", "an odd entry"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(which->name, names[i]) == 0)
            return true;
    }
    return false;
}

/* Each malformed file of tests/elf: refused, the message naming the file and what is wrong. */
START_TEST(malformed_kernels_are_refused)
{
    unsigned count = 0;

    for (const struct elf_case *bad = elf_bad_cases; bad->name != NULL; bad++) {
        struct tiny tiny = bench_tiny();
        struct elf_bytes file = {(uint8_t *)&tiny, sizeof tiny};
        uint64_t entry, note;
        struct err err;
        struct vm vm;

        if (is_for_riscv(bad))
            continue;
        count++;
        memory_init(&vm);
        elf_case_apply(bad, &file);
        ck_assert_msg(load(&vm, file.data, file.size, NULL, "", &entry, &note, &err) == -1, "%s",
                      bad->name);
        ck_assert_msg(strstr(err.text, bad->expected) != NULL, "%s: %s", bad->name, err.text);
        ck_assert_msg(strstr(err.text, "cannot load the kernel") != NULL, "%s: %s", bad->name,
                      err.text);
        free(vm.dma.ram);
    }
    ck_assert_uint_ge(count, 50);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("kvm_boot");
    TCase *cases = tcase_create("the start of a virtual machine");

    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, the_kernel_is_at_its_physical_addresses_and_entered_there);
    tcase_add_test(cases, the_note_says_where_arguments_initrd_and_memory_are);
    tcase_add_test(cases, page_tables_map_the_first_gib_to_itself);
    tcase_add_test(cases, the_first_processor_starts_in_long_mode_in_ring_0_without_interrupts);
    tcase_add_test(cases, the_arguments_tell_what_there_is_and_then_the_users_words);
    tcase_add_test(cases, arguments_that_do_not_fit_are_refused);
    tcase_add_test(cases, an_initrd_that_does_not_fit_is_refused);
    tcase_add_test(cases, a_kernel_whose_physical_addresses_are_wrong_is_refused);
    tcase_add_test(cases, a_kernel_for_another_machine_is_refused);
    tcase_add_test(cases, malformed_kernels_are_refused);
    suite_add_tcase(all, cases);
    return all;
}

int main(void)
{
    return unit_main(suite());
}
