/* test_kvm_explain.c: KVM that tells what is asked of it: nothing is left out, and nothing changed.
 */
#include <stdio.h>

#include "kvm/explain.h"
#include "tests/unit/kvm_host.h"
#include "tests/unit/unit_main.h"

/* A machine whose requests are told, into `text`. */
struct told {
    struct kvm_bench bench;
    struct explain explain;
    FILE *file;
    char *text; /* owned; complete after told_fini() */
    size_t size;
};

static void told_init(struct told *told, uint64_t limit)
{
    bench_init(&told->bench);
    told->file = open_memstream(&told->text, &told->size);
    ck_assert_ptr_nonnull(told->file);
    explain_init(&told->explain, &told->bench.host.ops, told->file, limit);
    told->bench.config.ops = &told->explain.ops;
}

static void told_fini(struct told *told)
{
    explain_fini(&told->explain);
    fclose(told->file);
    bench_fini(&told->bench);
}

/* All of these are in the text, one behind the other. */
static void ck_assert_in_order(const char *text, const char *const *parts)
{
    const char *at = text;

    for (; *parts != NULL; parts++) {
        const char *found = strstr(at, *parts);

        ck_assert_msg(found != NULL, "'%s' is not in its place in:\n%s", *parts, text);
        at = found + strlen(*parts);
    }
}

static unsigned count_of(const char *text, const char *part)
{
    unsigned count = 0;

    for (text = strstr(text, part); text != NULL; text = strstr(text + 1, part))
        count++;
    return count;
}

static int guest_talks(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    unsigned turn = host->turn[cpu]++;

    if (cpu > 0)
        return -EINTR;
    switch (turn) {
    case 0: return -EAGAIN;
    case 1: return host_out_byte(run, VM_UART_PORT, 'h');
    case 2: return host_store(run, VM_IOAPIC, 0x10 + 2 * VM_IRQ_UART, 4);
    case 3: return host_store(run, VM_IOAPIC + 0x10, 0x8034, 4); /* not masked any more */
    case 4: return host_out_byte(run, VM_UART_PORT + 1, 2);      /* a line rises */
    case 5: return host_in(run, 0x80, 2);
    case 6: return host_load(run, VM_VIRTIO, 4);
    case 7: return host_store(run, 0xd0700000, 0x1122334455667788, 8);
    default: return host_power_off(run, 0);
    }
}

START_TEST(requests_exits_and_interrupts_are_told_in_order)
{
    static const char *const parts[] = {
        "open /dev/kvm = 1000\n",
        "KVM_GET_API_VERSION: ",
        " = 12\n",
        "KVM_CREATE_VM: ",
        " = 1001\n",
        "KVM_SET_USER_MEMORY_REGION: ",
        " (16 MiB from gpa 0x0 on) = 0\n",
        "KVM_ENABLE_CAP: ",
        " = 0\n",
        "KVM_CREATE_VCPU: ",
        " (number 0) = 1002\n",
        "mmap of 12288 bytes",
        "KVM_GET_SUPPORTED_CPUID: ",
        ": Argument list too long\n",
        "KVM_GET_SUPPORTED_CPUID: ",
        " = 0\n",
        "KVM_SET_SREGS: ",
        " (cr0 0x80010033, cr3 0x11000, cr4 0x6a0, efer 0xd01) = 0\n",
        "KVM_SET_REGS: ",
        " (rip 0x2000e8) = 0\n",
        "KVM_RUN on 1002",
        "exit of 1002: port I/O, out port 0x3f8, 1 byte: 0x68 'h'; rip 0x2000e8\n",
        "exit of 1002: port I/O, out port 0x3f9, 1 byte: 0x2",
        "KVM_IRQ_LINE: ",
        " (4 rises) = 0\n",
        "exit of 1002: port I/O, in port 0x80, 2 bytes; rip",
        "exit of 1002: MMIO, load from gpa 0xd0000000, 4 bytes; rip",
        "exit of 1002: MMIO, store at gpa 0xd0700000, 8 bytes: 0x1122334455667788; rip",
        "exit of 1002: MMIO, store at gpa 0xd0010000, 4 bytes: 0x3333; rip",
        NULL};
    struct told told;
    struct pc *pc;

    told_init(&told, 100);
    told.bench.host.guest = guest_talks;
    pc = bench_pc(&told.bench);
    pc_run(pc);
    ck_assert_int_eq(pc->end, PC_POWER_OFF);
    pc_free(pc);
    told_fini(&told);
    ck_assert_in_order(told.text, parts);
    ck_assert_ptr_null(strstr(told.text, "exits more"));
    free(told.text);
}
END_TEST

START_TEST(after_the_limit_exits_are_counted_only)
{
    struct told told;
    struct pc *pc;

    told_init(&told, 1);
    told.bench.host.guest = guest_talks;
    pc = bench_pc(&told.bench);
    pc_run(pc);
    pc_free(pc);
    told_fini(&told);
    ck_assert_uint_eq(count_of(told.text, "  exit of "), 1);
    ck_assert_uint_eq(count_of(told.text, "KVM_IRQ_LINE"), 0);
    ck_assert_in_order(told.text, (const char *const[]){"  ... and 7 exits more\n", NULL});
    free(told.text);
}
END_TEST

START_TEST(each_processor_is_told_once_that_it_starts)
{
    struct told told;
    struct pc *pc;

    told_init(&told, 1);
    told.bench.config.cpus = 2;
    told.bench.host.guest = guest_talks;
    pc = bench_pc(&told.bench);
    pc_run(pc);
    pc_free(pc);
    told_fini(&told);
    ck_assert_uint_eq(count_of(told.text, "KVM_RUN on 1002, in a thread of its own"), 1);
    ck_assert_uint_le(count_of(told.text, "KVM_RUN on 1003"), 1); /* 0: the end came before */
    ck_assert_in_order(told.text, (const char *const[]){" (number 1) = 1003\n", NULL});
    free(told.text);
}
END_TEST

static int guest_refused(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    (void)host;
    (void)cpu;
    (void)run;
    return -EFAULT;
}

START_TEST(a_kvm_run_that_is_refused_is_told_and_is_no_exit)
{
    struct told told;
    struct pc *pc;

    told_init(&told, 5);
    told.bench.host.guest = guest_refused;
    pc = bench_pc(&told.bench);
    pc_run(pc);
    ck_assert_int_eq(pc->end, PC_HOST_FAILED);
    pc_free(pc);
    told_fini(&told);
    ck_assert_in_order(told.text,
                       (const char *const[]){"KVM_RUN on 1002: ", strerror(EFAULT), "\n", NULL});
    ck_assert_uint_eq(count_of(told.text, "exit of") + count_of(told.text, "exits more"), 0);
    free(told.text);
}
END_TEST

static int guest_strange(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    (void)host;
    (void)cpu;
    return host_exit(run, 1000);
}

START_TEST(an_exit_without_a_name_is_told_by_its_number)
{
    struct told told;
    struct pc *pc;

    told_init(&told, 5);
    told.bench.host.guest = guest_strange;
    pc = bench_pc(&told.bench);
    pc_run(pc);
    pc_free(pc);
    told_fini(&told);
    ck_assert_in_order(told.text, (const char *const[]){"exit of 1002: number 1000; rip", NULL});
    free(told.text);
}
END_TEST

START_TEST(a_refusal_is_passed_on_as_it_is_and_told)
{
    struct told told;
    struct err err = {0};

    told_init(&told, 1);
    told.bench.host.refuse = KVM_ENABLE_CAP;
    told.bench.host.refusal = ENOSPC;
    ck_assert_ptr_null(pc_new(&told.bench.config, &err));
    ck_assert_int_eq(err.code, ENOSPC);
    told_fini(&told);
    ck_assert_in_order(
        told.text, (const char *const[]){"KVM_ENABLE_CAP: ", ": ", strerror(ENOSPC), "\n", NULL});
    free(told.text);
}
END_TEST

START_TEST(a_host_without_kvm_is_told)
{
    struct told told;
    struct err err = {0};

    told_init(&told, 1);
    told.bench.host.open_error = ENOENT;
    ck_assert_ptr_null(pc_new(&told.bench.config, &err));
    ck_assert_ptr_nonnull(strstr(err.hint, "modprobe"));
    told_fini(&told);
    ck_assert_in_order(told.text,
                       (const char *const[]){"open /dev/kvm: ", strerror(ENOENT), "\n", NULL});
    free(told.text);
}
END_TEST

START_TEST(an_exit_says_which_function_the_guest_was_in)
{
    struct tiny tiny = bench_tiny();
    struct elf_image image;
    struct err err;
    struct told told;
    struct pc *pc;

    tiny.symbols[1] = (Elf64_Sym){.st_name = TINY_WORK,
                                  .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
                                  .st_shndx = 1,
                                  .st_value = VM_KERNEL + offsetof(struct tiny, code) - 4,
                                  .st_size = 64};
    /* The kernel's functions are where it is entered: one mapping for both. */
    tiny.text.p_vaddr = VM_KERNEL;
    tiny.data.p_vaddr = VM_KERNEL + 0x2000 + offsetof(struct tiny, words);
    tiny.header.e_entry = VM_KERNEL + offsetof(struct tiny, code);
    ck_assert_msg(tiny_open(&image, &tiny, sizeof tiny, &err) == 0, "%s", err.text);
    told_init(&told, 1);
    told.bench.host.guest = guest_talks;
    told.explain.symbols = elf_symbols_new(&image);
    ck_assert_ptr_nonnull(told.explain.symbols);
    elf_close(&image);
    pc = bench_pc(&told.bench);
    pc_run(pc);
    pc_free(pc);
    told_fini(&told);
    ck_assert_in_order(told.text, (const char *const[]){"exit of 1002", " in work+0x4\n", NULL});
    elf_symbols_free((struct elf_symbols *)(uintptr_t)told.explain.symbols);
    free(told.text);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("kvm_explain");
    TCase *cases = tcase_create("explained");

    tcase_add_test(cases, requests_exits_and_interrupts_are_told_in_order);
    tcase_add_test(cases, after_the_limit_exits_are_counted_only);
    tcase_add_test(cases, each_processor_is_told_once_that_it_starts);
    tcase_add_test(cases, a_kvm_run_that_is_refused_is_told_and_is_no_exit);
    tcase_add_test(cases, an_exit_without_a_name_is_told_by_its_number);
    tcase_add_test(cases, a_refusal_is_passed_on_as_it_is_and_told);
    tcase_add_test(cases, a_host_without_kvm_is_told);
    tcase_add_test(cases, an_exit_says_which_function_the_guest_was_in);
    suite_add_tcase(all, cases);
    return all;
}

int main(void)
{
    return unit_main(suite());
}
