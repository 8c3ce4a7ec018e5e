/* test_kvm_run.c: a virtual machine runs: exits, interrupt lines, the console, and how it ends. */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>

#include "tests/random.h"
#include "tests/unit/kvm_host.h"
#include "tests/unit/unit_main.h"

enum { UART_IER = VM_UART_PORT + 1, UART_IIR = VM_UART_PORT + 2, UART_LSR = VM_UART_PORT + 5 };

typedef int guest_turn(struct kvm_host *host, unsigned cpu, struct kvm_run *run);

/* Runs a machine whose processors do that, and gives what it is at its end. To be freed. */
static struct pc *run(struct kvm_bench *bench, guest_turn *guest)
{
    struct pc *pc;

    bench->host.guest = guest;
    pc = bench_pc(bench);
    pc_run(pc);
    console_flush(&bench->console);
    return pc;
}

/* Is what the guest printed `text`? */
static void ck_assert_shown(struct kvm_bench *bench, const char *text)
{
    char shown[4096] = "";
    struct pollfd output = {.fd = bench->shown[0], .events = POLLIN};

    if (poll(&output, 1, 0) == 1)
        ck_assert_int_ge(read(bench->shown[0], shown, sizeof shown - 1), 0);
    ck_assert_str_eq(shown, text);
}

static int guest_hello(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    switch (host->turn[cpu]++) {
    case 0: return host_out_byte(run, VM_UART_PORT, 'h');
    case 1: return host_out(run, VM_UART_PORT, "ello", 1, 4); /* rep outsb */
    default: return host_power_off(run, 42);
    }
}

START_TEST(what_the_guest_sends_is_shown_and_it_powers_off_with_a_status)
{
    struct kvm_bench bench;
    struct pc *pc;

    bench_init(&bench);
    pc = run(&bench, guest_hello);
    ck_assert_int_eq(pc->end, PC_POWER_OFF);
    ck_assert_int_eq(pc->status, 42);
    ck_assert_shown(&bench, "hello");
    ck_assert_uint_eq(pc_exits(pc).reasons[KVM_EXIT_IO].count, 2);
    ck_assert_uint_eq(pc_exits(pc).reasons[KVM_EXIT_MMIO].count, 1);
    ck_assert_uint_eq(pc_exits(pc).unclaimed, 0);
    ck_assert_uint_eq(pc_exits(pc).ports[0].count, 2); /* the UART */
    ck_assert_uint_eq(pc_exits(pc).ports[0].ns, pc_exits(pc).reasons[KVM_EXIT_IO].ns);
    ck_assert_uint_eq(pc_exits(pc).mmio[0].count, 1); /* the syscon */
    pc_free(pc);
    bench_fini(&bench);
}
END_TEST

/* Reads where nothing is, by all sizes; says on COM1 what came, '1' for all ones and '0' for else.
 */
static int guest_nowhere(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    static const uint8_t sizes[] = {1, 2, 4, 8, 3, 1, 2, 4};
    unsigned turn = host->turn[cpu]++, access = turn / 2;

    if (access == sizeof sizes)
        return host_power_off(run, 0);
    if (turn % 2 == 1) {
        const uint8_t *data = access < 5 ? run->mmio.data : (uint8_t *)run + HOST_DATA;
        bool ones = true;

        for (unsigned i = 0; i < sizes[access]; i++)
            ones &= data[i] == 0xff;
        return host_out_byte(run, VM_UART_PORT, ones ? '1' : '0');
    }
    if (access < 5)
        return host_load(run, UINT64_C(0xfffffffffffffff8), sizes[access]);
    return host_in(run, 0x80, sizes[access]);
}

START_TEST(reads_where_no_device_is_are_all_ones_and_counted)
{
    struct kvm_bench bench;
    struct pc *pc;

    bench_init(&bench);
    pc = run(&bench, guest_nowhere);
    ck_assert_shown(&bench, "11111111");
    ck_assert_uint_eq(pc_exits(pc).unclaimed, 8);
    ck_assert_uint_eq(pc_exits(pc).mmio[EXIT_PLACES_MAX - 1].count, 5);
    ck_assert_uint_eq(pc_exits(pc).ports[EXIT_PLACES_MAX - 1].count, 3);
    ck_assert_uint_eq(pc_exits(pc).stray, UINT64_C(0xfffffffffffffff8));
    ck_assert(!pc_exits(pc).stray_is_port);
    pc_free(pc);
    bench_fini(&bench);
}
END_TEST

static int guest_reset(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    (void)host;
    (void)cpu;
    return host_store(run, VM_SYSCON, 0x7777, 4);
}

START_TEST(a_reset_ends_the_machine)
{
    struct kvm_bench bench;
    struct pc *pc;

    bench_init(&bench);
    pc = run(&bench, guest_reset);
    ck_assert_int_eq(pc->end, PC_RESET);
    pc_free(pc);
    bench_fini(&bench);
}
END_TEST

/* The ways of dying: the processor that dies is the second. */
static const struct {
    uint32_t reason;
    const char *text;
} deaths[] = {
    {KVM_EXIT_SHUTDOWN, "the guest died: a triple fault on processor 1"},
    {KVM_EXIT_INTERNAL_ERROR, "the guest died: KVM cannot go on with processor 1"},
    {KVM_EXIT_FAIL_ENTRY, "the guest died: the processor does not enter it (processor 1"},
    {KVM_EXIT_DEBUG, "the guest died: processor 1 stopped with an exit that nobody expects"},
    {47, "the guest died: processor 1 stopped with an exit that nobody expects (47, unknown)"},
};

/* The first processor waits in KVM_RUN. Signals that come before do not get lost on the way. */
static int wait_for_signal(struct kvm_host *host, unsigned cpu)
{
    sigset_t kicks, before;

    sigemptyset(&kicks);
    sigaddset(&kicks, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &kicks, &before);
    __atomic_add_fetch(&host->turn[cpu], 1, __ATOMIC_SEQ_CST);
    ppoll(NULL, 0, NULL, &before);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -EINTR;
}

/* Until another processor is in its first KVM_RUN. */
static void wait_for_cpu(const struct kvm_host *host, unsigned cpu)
{
    while (__atomic_load_n(&host->turn[cpu], __ATOMIC_SEQ_CST) == 0)
        sched_yield();
}

static int guest_dies(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    if (cpu == 0)
        return wait_for_signal(host, cpu);
    wait_for_cpu(host, 0);
    host->turn[1]++;
    return host_exit(run, *(const uint32_t *)host->test);
}

START_TEST(each_way_of_dying_has_a_name)
{
    for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
        struct kvm_bench bench;
        struct err err = {0};
        struct pc *pc;

        bench_init(&bench);
        bench.config.cpus = 2;
        bench.host.test = &deaths[i].reason;
        pc = run(&bench, guest_dies);
        ck_assert_int_eq(pc->end, PC_DIED);
        ck_assert_uint_eq(pc->death.cpu, 1);
        pc_explain_death(pc, &err);
        ck_assert_msg(strncmp(err.text, deaths[i].text, strlen(deaths[i].text)) == 0, "%s",
                      err.text);
        pc_free(pc);
        bench_fini(&bench);
    }
}
END_TEST

static int guest_waits(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    if (cpu > 0)
        return wait_for_signal(host, cpu);
    for (unsigned i = 1; i < HOST_CPUS; i++)
        wait_for_cpu(host, i);
    return host_power_off(run, 5);
}

START_TEST(the_end_gets_every_processor_out_of_kvm_run)
{
    struct kvm_bench bench;
    struct pc *pc;

    bench_init(&bench);
    bench.config.cpus = HOST_CPUS;
    pc = run(&bench, guest_waits);
    ck_assert_int_eq(pc->status, 5);
    for (unsigned i = 1; i < HOST_CPUS; i++)
        ck_assert_uint_eq(bench.host.turn[i], 1);
    pc_free(pc);
    bench_fini(&bench);
}
END_TEST

/* The signal comes when the processor is about to enter: the kernel looks at immediate_exit. */
static int guest_late(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    if (cpu == 0)
        return guest_waits(host, cpu, run);
    wait_for_signal(host, cpu);
    if (__atomic_load_n(&run->immediate_exit, __ATOMIC_SEQ_CST) == 0)
        __atomic_store_n(&host->wrong, true, __ATOMIC_SEQ_CST);
    return -EINTR;
}

START_TEST(a_kick_just_before_kvm_run_is_not_lost)
{
    struct kvm_bench bench;
    struct pc *pc;

    bench_init(&bench);
    bench.config.cpus = HOST_CPUS;
    pc = run(&bench, guest_late);
    ck_assert_int_eq(pc->end, PC_POWER_OFF);
    pc_free(pc);
    bench_fini(&bench);
}
END_TEST

/* "Transmitter empty" comes with its being enabled, and goes with its being read. */
static int guest_interrupts(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    switch (host->turn[cpu]++) {
    case 0: return host_store(run, VM_IOAPIC, 0x10 + 2 * VM_IRQ_UART, 4);
    case 1: return host_store(run, VM_IOAPIC + 0x10, 0x8034, 4); /* not masked any more */
    case 2: return host_out_byte(run, UART_IER, 2);
    case 3: return host_out_byte(run, VM_UART_PORT + 7, 1); /* no matter to the line */
    case 4: return host_in(run, UART_IIR, 1);
    case 5: return host_out_byte(run, VM_UART_PORT + 7, 2);
    default: return host_power_off(run, 0);
    }
}

START_TEST(kvm_is_told_of_an_interrupt_line_when_its_level_changes)
{
    struct kvm_bench bench;
    struct pc *pc;

    bench_init(&bench);
    pc = run(&bench, guest_interrupts);
    ck_assert_uint_eq(bench.host.rises[VM_IRQ_UART], 1);
    ck_assert(!bench.host.level[VM_IRQ_UART]);
    ck_assert_uint_eq(bench.host.repeated[VM_IRQ_UART], 0);
    pc_free(pc);
    bench_fini(&bench);
}
END_TEST

START_TEST(an_interrupt_that_kvm_refuses_ends_the_machine)
{
    struct kvm_bench bench;
    struct pc *pc;

    bench_init(&bench);
    bench.host.refuse = KVM_IRQ_LINE;
    bench.host.refusal = ENXIO;
    pc = run(&bench, guest_interrupts);
    ck_assert_int_eq(pc->end, PC_HOST_FAILED);
    ck_assert_int_eq(pc->err.code, ENXIO);
    pc_free(pc);
    bench_fini(&bench);
}
END_TEST

/* Enables the FIFO, then reads the line status until something is there, then that; echoes it. */
static int guest_echo(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    unsigned *state = &host->turn[cpu];

    switch (*state) {
    case 0: *state = 1; return host_out_byte(run, UART_IIR, 1);
    case 1: *state = 2; return host_in(run, UART_LSR, 1);
    case 2:
        if ((host_byte(run) & 0x11) == 0x11) /* a break: the input has ended */
            return host_power_off(run, 0);
        *state =
            (host_byte(run) & 1) != 0 ? 3 : 2; /* each status is looked at: it tells a break once */
        sched_yield();
        return host_in(run, *state == 3 ? VM_UART_PORT : UART_LSR, 1);
    default: *state = 1; return host_out_byte(run, VM_UART_PORT, host_byte(run));
    }
}

START_TEST(what_is_typed_arrives_in_order_and_so_does_its_end)
{
    static const char typed[] = "more letters than the FIFO of a 16550 has room for";
    struct kvm_bench bench;
    struct pc *pc;

    bench_init(&bench);
    ck_assert_int_eq(write(bench.typed, typed, sizeof typed - 1), sizeof typed - 1);
    close(bench.typed);
    bench.typed = -1;
    pc = run(&bench, guest_echo);
    ck_assert_int_eq(pc->end, PC_POWER_OFF);
    ck_assert_shown(&bench, typed);
    pc_free(pc);
    bench_fini(&bench);
}
END_TEST

START_TEST(ctrl_a_x_ends_the_machine_while_the_guest_goes_on)
{
    struct kvm_bench bench;
    struct pc *pc;

    bench_init(&bench);
    bench.console.is_terminal = true;
    ck_assert_int_eq(write(bench.typed, "k\001x", 3), 3);
    pc = run(&bench, guest_echo);
    ck_assert_int_eq(pc->end, PC_QUIT);
    pc_free(pc);
    bench_fini(&bench);
}
END_TEST

enum { WILD_TURNS = 20000 };

/* A wild guest's numbers: for each processor its own, so that its turns are those of the seed. */
static uint64_t wild_number(const struct kvm_host *host, unsigned cpu)
{
    struct random *const *random = host->test;

    return random_next(&(*random)[cpu]);
}

/* Registers of one of the virtio devices, the disk and the console, with values that a driver could
 * mean. */
static int wild_virtio(const struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    static const uint32_t registers[] = {0x14, 0x20, 0x24, 0x30, 0x38, 0x44, 0x50, 0x64,
                                         0x70, 0x80, 0x84, 0x90, 0x94, 0xa0, 0xa4};
    static const uint32_t values[] = {0, 1, 2, 3, 4, 8, 11, 15, 0x1000, 0x2000, 0x3001, 0xfffff0};
    uint64_t number = wild_number(host, cpu);
    uint32_t at = registers[number % (sizeof registers / sizeof *registers)];
    uint32_t value = values[(number >> 8) % (sizeof values / sizeof *values)];

    return host_store(run, VM_VIRTIO + (number >> 16) % 2 * VIRTIO_MMIO_SIZE + at, value, 4);
}

static int wild_guest(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    uint64_t number = wild_number(host, cpu), value = wild_number(host, cpu);
    uint8_t *ram = (uint8_t *)(uintptr_t)host->memory.userspace_addr;
    uint64_t bytes[512];

    unsigned turn = host->turn[cpu]++;

    if (cpu == 0 && turn < 2) /* the disk's line is not masked, at first */
        return host_store(run, VM_IOAPIC + turn * 0x10,
                          turn == 0 ? 0x10 + 2 * VM_IRQ_VIRTIO : 0x8035, 4);
    if (turn == WILD_TURNS && cpu == 0)
        return host_power_off(run, 9);
    for (unsigned i = 0; i < 512; i++)
        bytes[i] = value + i;
    switch (number % 8) {
    case 0: memcpy(ram + 0x1000 + value % 0x3000, bytes, 16); return -EINTR;
    case 1:
        return host_out(run, (uint16_t)(VM_UART_PORT + value % 9), bytes, 1,
                        (uint32_t)(number >> 8 & 0xfff));
    case 2: return host_out(run, (uint16_t)value, bytes, 4, (uint32_t)(number >> 8 & 0x3ff));
    case 3:
        return host_in(run, (uint16_t)(VM_UART_PORT + value % 9),
                       (uint8_t)(1 << (number >> 8) % 3));
    case 4: return host_load(run, VM_VIRTIO + value % 0x2010, (uint32_t)(number >> 8 & 15));
    case 5:
        return host_store(run, VM_SYSCON + 4 + value % 0x1010, value, (uint32_t)(number >> 8 & 15));
    case 6:
        if ((number >> 8 & 16) != 0) /* the I/O APIC: its index, or what is there */
            return host_store(run, VM_IOAPIC + (number >> 16) % 2 * 0x10, value % 0x20000, 4);
        return host_store(run, value, value, 1U << (number >> 8) % 4);
    default: return wild_virtio(host, cpu, run);
    }
}

/* One wild guest's life; answers how often its disk interrupted. */
static unsigned live_wildly(uint64_t seed)
{
    struct random random[2] = {{.state = seed}, {.state = ~seed}}, *both = random;
    struct kvm_bench bench;
    int disk = tiny_file("", 1), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    char path[64];
    struct pc *pc;

    bench_init(&bench);
    ck_assert(disk >= 0 && null >= 0 && ftruncate(disk, 1 << 16) == 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", disk);
    bench.config.disk = path;
    bench.config.ring = true;
    bench.config.cpus = 2;
    bench.console.output = null;
    bench.host.test = &both;
    pc = run(&bench, wild_guest);
    ck_assert_int_eq(pc->end, PC_POWER_OFF);
    ck_assert_int_eq(pc->status, 9);
    ck_assert_uint_gt(pc_exits(pc).unclaimed, 0);
    pc_free(pc);
    bench_fini(&bench);
    close(null);
    close(disk);
    return bench.host.rises[VM_IRQ_VIRTIO];
}

START_TEST(a_wild_guest_harms_nobody)
{
    uint64_t seed = random_seed();
    unsigned interrupts = 0;

    printf("# SEED=%llu\n", (unsigned long long)seed);
    fflush(stdout); /* before this process may end */
    /* Some of them, and as many as it takes until one comes as far as the queues. */
    for (unsigned i = 0; i < 3 || (i < 50 && interrupts == 0); i++)
        interrupts += live_wildly(seed + i);
    ck_assert_uint_gt(interrupts, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("kvm_run");
    TCase *cases = tcase_create("a running virtual machine");

    tcase_set_timeout(cases, 100);
    tcase_add_test(cases, what_the_guest_sends_is_shown_and_it_powers_off_with_a_status);
    tcase_add_test(cases, reads_where_no_device_is_are_all_ones_and_counted);
    tcase_add_test(cases, a_reset_ends_the_machine);
    tcase_add_test(cases, each_way_of_dying_has_a_name);
    tcase_add_test(cases, the_end_gets_every_processor_out_of_kvm_run);
    tcase_add_test(cases, a_kick_just_before_kvm_run_is_not_lost);
    tcase_add_test(cases, kvm_is_told_of_an_interrupt_line_when_its_level_changes);
    tcase_add_test(cases, an_interrupt_that_kvm_refuses_ends_the_machine);
    tcase_add_test(cases, what_is_typed_arrives_in_order_and_so_does_its_end);
    tcase_add_test(cases, ctrl_a_x_ends_the_machine_while_the_guest_goes_on);
    tcase_add_test(cases, a_wild_guest_harms_nobody);
    suite_add_tcase(all, cases);
    return all;
}

int main(void)
{
    return unit_main(suite());
}
