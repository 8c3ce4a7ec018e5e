/* test_kvm_recorder.c: KVM that is kept: nothing is left out, nothing changed, and it is bounded.
 */
#include "kvm/recorder.h"
#include "tests/unit/kvm_host.h"
#include "tests/unit/unit_main.h"

/* A machine whose requests and exits are kept. */
struct kept {
    struct kvm_bench bench;
    struct recorder recorder;
    struct exit_log *log; /* owned */
    uint64_t totals[8];   /* of the log, each time that registers were asked for */
    unsigned total_count;
};

/* A clock that goes on by a microsecond whenever it is looked at. */
static uint64_t ticks;

static uint64_t clock_of_ticks(void)
{
    return __atomic_add_fetch(&ticks, 1000, __ATOMIC_SEQ_CST);
}

static void kept_init(struct kept *kept, uint64_t (*clock)(void))
{
    bench_init(&kept->bench);
    kept->log = calloc(1, sizeof *kept->log);
    ck_assert_ptr_nonnull(kept->log);
    recorder_init(&kept->recorder, &kept->bench.host.ops, kept->log, clock);
    kept->bench.config.ops = &kept->recorder.ops;
}

static void kept_fini(struct kept *kept)
{
    recorder_fini(&kept->recorder);
    bench_fini(&kept->bench);
    free(kept->log);
}

/* The exit of that number, from 1. */
static const struct moment *exit_of(const struct exit_log *log, uint64_t number)
{
    for (size_t i = 0; i < log_kept(log); i++) {
        if (log_at(log, i)->kind == MOMENT_EXIT && log_at(log, i)->exit == number)
            return log_at(log, i);
    }
    ck_abort_msg("there is no exit %llu", (unsigned long long)number);
    return NULL;
}

static int guest_talks(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    if (cpu > 0)
        return -EINTR;
    switch (host->turn[cpu]++) {
    case 0: return -EAGAIN;
    case 1: return host_out_byte(run, VM_UART_PORT, 'h');
    case 2: return host_in(run, VM_UART_PORT + 5, 1);
    case 3: return host_load(run, VM_VIRTIO, 4);
    case 4: return host_out(run, VM_UART_PORT, "ello", 1, 4);
    default: return host_power_off(run, 7);
    }
}

static void run_kept(struct kept *kept,
                     int (*guest)(struct kvm_host *host, unsigned cpu, struct kvm_run *run))
{
    struct pc *pc;

    kept->bench.host.guest = guest;
    pc = bench_pc(&kept->bench);
    kept->recorder.sent = &pc->bytes_sent;
    pc_run(pc);
    ck_assert_int_eq(pc->end, PC_POWER_OFF);
    ck_assert_uint_eq(kept->log->exits, pc_exits(pc).reasons[KVM_EXIT_IO].count +
                                            pc_exits(pc).reasons[KVM_EXIT_MMIO].count);
    pc_free(pc);
}

START_TEST(requests_come_before_exits_and_each_has_its_argument)
{
    unsigned memories = 0, cpus = 0;
    const struct moment *moment;
    bool exited = false;
    struct kept kept;

    kept_init(&kept, NULL);
    run_kept(&kept, guest_talks);
    moment = log_at(kept.log, 0);
    ck_assert_uint_eq(moment->request, 0);
    ck_assert_str_eq(moment->text, " /dev/kvm");
    for (size_t i = 0; i < log_kept(kept.log); i++) {
        moment = log_at(kept.log, i);
        ck_assert_uint_eq(moment->number, i);
        ck_assert(i == 0 || moment->ns >= log_at(kept.log, i - 1)->ns);
        exited |= moment->kind == MOMENT_EXIT;
        if (moment->kind != MOMENT_REQUEST)
            continue;
        ck_assert(!exited); /* this guest wants no interrupts: no line changes */
        if (moment->request == KVM_SET_USER_MEMORY_REGION) {
            ck_assert_str_eq(moment->text, " (16 MiB from gpa 0x0 on)");
            memories++;
        }
        if (moment->request == KVM_CREATE_VCPU) {
            ck_assert_str_eq(moment->text, " (number 0)");
            cpus++;
        }
    }
    ck_assert(exited);
    ck_assert_uint_eq(memories, 1);
    ck_assert_uint_eq(cpus, 1);
    kept_fini(&kept);
}
END_TEST

/* Notes what the log says while the recorder fills a moment. */
static int note_total(void *owner, int fd, unsigned long request, void *argument)
{
    struct kvm_host *host = owner;
    struct kept *kept = (struct kept *)(uintptr_t)host->test;

    if (request == KVM_GET_REGS && kept->total_count < 8)
        kept->totals[kept->total_count++] = kept->log->total;
    return host_ioctl(owner, fd, request, argument);
}

/* Who is killed within leaves no moment that is half there. */
START_TEST(a_moment_counts_when_it_is_complete)
{
    struct kept kept = {0};

    kept_init(&kept, NULL);
    kept.bench.host.ops.ioctl = note_total;
    kept.bench.host.test = &kept;
    run_kept(&kept, guest_talks);
    ck_assert_uint_eq(kept.total_count, kept.log->exits);
    for (unsigned i = 0; i < kept.total_count; i++)
        ck_assert_uint_eq(kept.totals[i], exit_of(kept.log, i + 1)->number);
    kept_fini(&kept);
}
END_TEST

START_TEST(an_exit_has_what_was_asked_what_was_answered_and_what_was_printed)
{
    const struct moment *moment;
    struct kept kept;

    kept_init(&kept, NULL);
    run_kept(&kept, guest_talks);
    ck_assert_uint_eq(kept.log->exits, 5);
    ck_assert_uint_eq(kept.log->interrupted, 1);
    moment = exit_of(kept.log, 1);
    ck_assert(moment->fact.is_write && moment->fact.has_value && moment->resumed);
    ck_assert_uint_eq(moment->fact.value, 'h');
    ck_assert_uint_eq(moment->sent, 1);
    moment = exit_of(kept.log, 2);
    ck_assert(!moment->fact.is_write && moment->fact.has_value);
    ck_assert_uint_eq(moment->fact.value, 0x60);
    moment = exit_of(kept.log, 3);
    ck_assert_uint_eq(moment->fact.value, 0xffffffff); /* there is no disk */
    moment = exit_of(kept.log, 4);
    ck_assert_uint_eq(moment->fact.count, 4);
    ck_assert_uint_eq(moment->sent, 5);
    moment = exit_of(kept.log, 5);
    ck_assert(!moment->resumed);
    ck_assert_uint_eq(moment->fact.address, VM_SYSCON);
    kept_fini(&kept);
}
END_TEST

START_TEST(times_are_of_the_guest_of_trivium_and_of_the_recorder_apart)
{
    const struct moment *moment;
    struct kept kept;

    kept_init(&kept, clock_of_ticks);
    run_kept(&kept, guest_talks);
    moment = exit_of(kept.log, 1);
    ck_assert_uint_eq(moment->guest_ns, 1000);
    ck_assert_uint_eq(moment->host_ns, 1000);
    ck_assert_uint_eq(kept.log->own_ns, 5000);
    ck_assert_uint_eq(kept.log->reasons[KVM_EXIT_IO].count, 3);
    ck_assert_uint_eq(kept.log->reasons[KVM_EXIT_IO].guest_ns, 3000);
    kept_fini(&kept);
}
END_TEST

/* Code before rip and behind it; at a page's start there is none before. */
static int guest_moves(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    static const uint8_t outs[] = {0xee, 0x90, 0xf4};
    uint8_t *ram = (uint8_t *)(uintptr_t)host->memory.userspace_addr;

    switch (host->turn[cpu]++) {
    case 0:
        host->regs.rip = 0x300100;
        memcpy(ram + 0x3000ff, outs, sizeof outs);
        return host_out_byte(run, VM_UART_PORT, 'a');
    case 1: host->regs.rip = 0x300002; return host_out_byte(run, VM_UART_PORT, 'b');
    case 2: host->regs.rip = 0x300ffd; return host_out_byte(run, VM_UART_PORT, 'c');
    case 3: host->regs.rip = UINT64_C(0xffffffffffff0000); return host_in(run, 0x80, 1);
    default: return host_power_off(run, 0);
    }
}

START_TEST(the_code_around_rip_is_kept_as_far_as_its_page_goes)
{
    const struct moment *moment;
    struct kept kept;

    kept_init(&kept, NULL);
    run_kept(&kept, guest_moves);
    moment = exit_of(kept.log, 1);
    ck_assert_uint_eq(moment->before, LOG_CODE_BEFORE);
    ck_assert_uint_eq(moment->bytes, LOG_CODE);
    ck_assert_mem_eq(moment->code + LOG_CODE_BEFORE - 1, "\xee\x90\xf4", 3);
    ck_assert_uint_eq(exit_of(kept.log, 2)->before, 2);
    ck_assert_uint_eq(exit_of(kept.log, 3)->bytes, LOG_CODE_BEFORE + 3);
    ck_assert_uint_eq(exit_of(kept.log, 4)->bytes, 0); /* outside of memory */
    kept_fini(&kept);
}
END_TEST

START_TEST(of_too_many_moments_the_first_and_the_last_are_kept)
{
    const uint64_t all = LOG_HEAD + LOG_TAIL + 1234;
    struct kvm_irq_level line = {.irq = 4};
    struct kept kept;

    kept_init(&kept, NULL);
    for (uint64_t i = 0; i < all; i++) {
        line.level = i % 2;
        kept.recorder.ops.ioctl(&kept.recorder, HOST_VM, KVM_IRQ_LINE, &line);
        if (i == LOG_HEAD)
            ck_assert_uint_eq(log_dropped(kept.log), 0);
    }
    ck_assert_uint_eq(kept.log->total, all);
    ck_assert_uint_eq(log_kept(kept.log), LOG_HEAD + LOG_TAIL);
    ck_assert_uint_eq(log_dropped(kept.log), 1234);
    for (size_t i = 0; i < log_kept(kept.log); i++)
        ck_assert_uint_eq(log_at(kept.log, i)->number, i < LOG_HEAD ? i : i + 1234);
    kept_fini(&kept);
}
END_TEST

/* Who is killed while it writes leaves nothing half there that counts. */
START_TEST(what_is_being_written_is_none_of_those_that_are_kept)
{
    struct kvm_irq_level line = {.irq = 4};
    const struct moment *next;
    struct exit_log *before;
    struct kept kept;

    kept_init(&kept, NULL);
    before = calloc(1, sizeof *before);
    ck_assert_ptr_nonnull(before);
    for (uint64_t i = 0; i < LOG_HEAD + 3 * LOG_TAIL; i++) {
        line.level = i % 2;
        if (i % 1000 == 0) /* most of it is before the log is full, and some behind */
            memcpy(before, kept.log, sizeof *before);
        kept.recorder.ops.ioctl(&kept.recorder, HOST_VM, KVM_IRQ_LINE, &line);
        if (i % 1000 != 0)
            continue;
        next = log_at(kept.log, log_kept(kept.log) - 1);
        for (size_t k = 0; k < log_kept(before); k++)
            ck_assert(log_at(before, k) - before->moments != next - kept.log->moments);
    }
    free(before);
    kept_fini(&kept);
}
END_TEST

static int guest_counts(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    if (__atomic_add_fetch(&host->turn[cpu], 1, __ATOMIC_SEQ_CST) < 3000)
        return host_in(run, VM_UART_PORT + 5, 1);
    return cpu == 0 ? host_power_off(run, 0) : -EINTR;
}

START_TEST(processors_are_told_apart_and_none_of_their_exits_is_lost)
{
    uint64_t last[2] = {0}, count[2] = {0};
    struct kept kept;

    kept_init(&kept, NULL);
    kept.bench.config.cpus = 2;
    run_kept(&kept, guest_counts);
    for (size_t i = 0; i < log_kept(kept.log); i++) {
        const struct moment *moment = log_at(kept.log, i);

        ck_assert_uint_eq(moment->number, i);
        if (moment->kind != MOMENT_EXIT)
            continue;
        ck_assert_uint_lt(moment->cpu, 2);
        ck_assert_uint_gt(moment->exit, last[moment->cpu]);
        last[moment->cpu] = moment->exit;
        count[moment->cpu]++;
    }
    ck_assert_uint_eq(count[0] + count[1], kept.log->exits);
    ck_assert_uint_eq(count[0], 3000);
    kept_fini(&kept);
}
END_TEST

START_TEST(a_refusal_is_kept_and_passed_on)
{
    struct err err = {0};
    struct kept kept;
    const struct moment *last;

    kept_init(&kept, NULL);
    kept.bench.host.refuse = KVM_ENABLE_CAP;
    kept.bench.host.refusal = ENOSPC;
    ck_assert_ptr_null(pc_new(&kept.bench.config, &err));
    ck_assert_int_eq(err.code, ENOSPC);
    last = log_at(kept.log, log_kept(kept.log) - 1);
    ck_assert_uint_eq(last->request, KVM_ENABLE_CAP);
    ck_assert_int_eq(last->answer, -ENOSPC);
    kept_fini(&kept);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("kvm_recorder");
    TCase *cases = tcase_create("kept");

    tcase_add_test(cases, requests_come_before_exits_and_each_has_its_argument);
    tcase_add_test(cases, a_moment_counts_when_it_is_complete);
    tcase_add_test(cases, an_exit_has_what_was_asked_what_was_answered_and_what_was_printed);
    tcase_add_test(cases, times_are_of_the_guest_of_trivium_and_of_the_recorder_apart);
    tcase_add_test(cases, the_code_around_rip_is_kept_as_far_as_its_page_goes);
    tcase_add_test(cases, of_too_many_moments_the_first_and_the_last_are_kept);
    tcase_add_test(cases, what_is_being_written_is_none_of_those_that_are_kept);
    tcase_add_test(cases, processors_are_told_apart_and_none_of_their_exits_is_lost);
    tcase_add_test(cases, a_refusal_is_kept_and_passed_on);
    suite_add_tcase(all, cases);
    return all;
}

int main(void)
{
    return unit_main(suite());
}
