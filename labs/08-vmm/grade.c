/*
 * grade.c: the grader of lab 8: a monitor against a KVM that is played. See labs/grade.h.
 *
 * tests/unit/kvm_host.h stands in the place of the host: each KVM_RUN is answered by a function
 * here, which plays the guest. So everybody can be graded, with or without /dev/kvm.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>

#include "labs/08-vmm/own.h"
#include "labs/grade_own.h"
#include "tests/unit/kvm_host.h"

typedef int guest_turn(struct kvm_host *host, unsigned cpu, struct kvm_run *run);

/* Runs a machine whose processor does that; to be looked at when it has ended. */
static struct pc *run(struct kvm_bench *bench, guest_turn *guest)
{
    struct err err = {0};
    struct pc *pc;

    bench->host.guest = guest;
    pc = pc_new(&bench->config, &err);
    if (pc == NULL) {
        err_print(&err, stdout);
        exit(GRADE_WRONG);
    }
    pc_run(pc);
    console_flush(&bench->console);
    return pc;
}

static int memory(struct grade *grade)
{
    const struct kvm_userspace_memory_region *got;
    struct kvm_bench bench;
    struct err err = {0};
    struct pc *pc;
    bool right;

    bench_init(&bench);
    bench.config.memory = VM_MEMORY_MIN + (grade_random(grade) % 16 << 21);
    pc = pc_new(&bench.config, &err);
    got = &bench.host.memory;
    right = got->slot == 0 && got->guest_phys_addr == 0 &&
            got->memory_size == bench.config.memory && got->userspace_addr != 0;
    if (right && pc != NULL && got->userspace_addr == (uintptr_t)pc->vm.dma.ram)
        return GRADE_PASSED;
    if (right && pc == NULL) { /* it is not the memory */
        grade_wrong("the machine's memory and its processor: expected a machine, got: %s",
                    err.text);
        return grade_hint("8.2.2", "After the memory comes the list of what the processor can");
    }
    grade_wrong(
        "memory of %llu MiB: expected slot 0, from guest physical 0 on, 0x%llx bytes at our address of it, got slot "
        "%u, from 0x%llx, 0x%llx bytes, %s",
        (unsigned long long)bench.config.memory >> 20, (unsigned long long)bench.config.memory,
        got->slot, (unsigned long long)got->guest_phys_addr, (unsigned long long)got->memory_size,
        got->userspace_addr == 0 ? "nowhere" : "somewhere");
    return grade_hint(got->userspace_addr == 0 ? "8.1.2" : "8.1.1",
                      "KVM wants to know what is where");
}

static int cpuid(struct grade *grade)
{
    struct kvm_bench bench;
    struct err err = {0};

    bench_init(&bench);
    bench.config.cpus = 2 + (unsigned)(grade_random(grade) % 3);
    if (pc_new(&bench.config, &err) == NULL) {
        grade_wrong("a processor of %d leaves: expected a machine, got: %s", HOST_LEAVES, err.text);
        return grade_hint("8.2.2", "\"Too small\" is an answer, too");
    }
    for (unsigned cpu = 0; cpu < bench.config.cpus; cpu++) {
        uint32_t apic = cpu << 24 | 0xbbccdd;

        if (bench.host.apic[cpu] == apic && bench.host.x2apic[cpu] == cpu)
            continue;
        grade_wrong(
            "processor %u: expected EBX 0x%08x in leaf 1 and EDX %u in leaf 0xb, got 0x%08x and %u",
            cpu, apic, cpu, bench.host.apic[cpu], bench.host.x2apic[cpu]);
        return grade_hint(bench.host.apic[cpu] == apic ? "8.3.2" : "8.3.1",
                          "Who am I? ask all kernels");
    }
    return GRADE_PASSED;
}

static int guest_prints(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    const char *text = host->test;

    switch (host->turn[cpu]++) {
    case 0: return host_out_byte(run, VM_UART_PORT, (uint8_t)text[0]);
    case 1: return host_out(run, VM_UART_PORT, text + 1, 1, 5); /* rep outsb */
    default: return host_power_off(run, 0);
    }
}

static int console(struct grade *grade)
{
    char text[7] = "", shown[64] = "";
    struct kvm_bench bench;
    struct pollfd output;
    struct pc *pc;

    bench_init(&bench);
    for (unsigned i = 0; i < 6; i++)
        text[i] = (char)('a' + grade_random(grade) % 26);
    bench.host.test = text;
    pc = run(&bench, guest_prints);
    output = (struct pollfd){.fd = bench.shown[0], .events = POLLIN};
    if (poll(&output, 1, 0) == 1 && read(bench.shown[0], shown, sizeof shown - 1) < 0)
        return grade_wrong("the output cannot be read");
    if (strcmp(shown, text) != 0) {
        grade_wrong("out of one byte, rep outsb of five: expected %s, got %s", text, shown);
        return grade_hint(strlen(shown) < 3 ? "8.5.1" : "8.5.2", "One exit may bring many bytes");
    }
    if (pc_exits(pc).reasons[KVM_EXIT_IO].count == 2)
        return GRADE_PASSED;
    grade_wrong("exits for ports: expected 2 to be counted, got %llu",
                (unsigned long long)pc_exits(pc).reasons[KVM_EXIT_IO].count);
    return grade_hint("8.8.3", "Each exit is counted");
}

/* Reads where nothing is; notes in turn[1] how many were all ones. */
static int guest_nowhere(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    static const uint8_t sizes[] = {1, 2, 4, 8, 1, 2, 4};
    unsigned turn = host->turn[cpu]++;

    if (turn > 0) {
        const uint8_t *data = turn - 1 < 4 ? run->mmio.data : (uint8_t *)run + HOST_DATA;
        bool ones = true;

        for (unsigned i = 0; i < sizes[turn - 1]; i++)
            ones &= data[i] == 0xff;
        host->turn[1] += ones;
    }
    if (turn == sizeof sizes)
        return host_power_off(run, 0);
    return turn < 4 ? host_load(run, UINT64_C(0xffff0000), sizes[turn])
                    : host_in(run, 0x80, sizes[turn]);
}

static int nowhere(struct grade *grade)
{
    struct kvm_bench bench;
    struct pc *pc;

    (void)grade;
    bench_init(&bench);
    pc = run(&bench, guest_nowhere);
    if (bench.host.turn[1] != 7) {
        grade_wrong("7 reads where no device is: expected all ones each time, got them %u times",
                    bench.host.turn[1]);
        return grade_hint("8.4.2", "A bus that nobody drives reads as ones");
    }
    if (pc_exits(pc).unclaimed == 7)
        return GRADE_PASSED;
    grade_wrong("7 reads where no device is: expected 7 to be counted as stray, got %llu",
                (unsigned long long)pc_exits(pc).unclaimed);
    return grade_hint("8.4.3", "Whoever misses a device should hear of it");
}

static int guest_off_with(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    (void)cpu;
    return host_power_off(run, *(const unsigned *)host->test);
}

static int guest_reset(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    /* There should be no second turn. */
    return host->turn[cpu]++ == 0 ? host_store(run, VM_SYSCON, 0x7777, 4)
                                  : host_exit(run, KVM_EXIT_SHUTDOWN);
}

static int end(struct grade *grade)
{
    unsigned status = 1 + (unsigned)(grade_random(grade) % 100);
    struct kvm_bench bench;
    struct pc *pc;

    bench_init(&bench);
    bench.host.test = &status;
    pc = run(&bench, guest_off_with);
    if (pc->end != PC_POWER_OFF || pc->status != (int)status) {
        grade_wrong("power off with status %u: expected that, got end %d, status %d", status,
                    (int)pc->end, pc->status);
        return grade_hint("8.6.1", "The guest says with which status");
    }
    bench_init(&bench);
    pc = run(&bench, guest_reset);
    if (pc->end == PC_RESET)
        return GRADE_PASSED;
    grade_wrong("a reset: expected the machine to end with it, got end %d", (int)pc->end);
    return grade_hint("8.6.2", "A reset is an end, too");
}

static int guest_dies(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    return host->turn[cpu]++ < 3 ? host_exit(run, KVM_EXIT_SHUTDOWN)
                                 : host_exit(run, KVM_EXIT_FAIL_ENTRY);
}

static int death(struct grade *grade)
{
    struct kvm_bench bench;
    struct pc *pc;

    (void)grade;
    bench_init(&bench);
    pc = run(&bench, guest_dies);
    if (pc->end == PC_DIED && pc->death.reason == KVM_EXIT_SHUTDOWN && bench.host.turn[0] == 1)
        return GRADE_PASSED;
    grade_wrong(
        "a triple fault: expected the machine to die of it at once, got end %d after %u runs",
        (int)pc->end, bench.host.turn[0]);
    return grade_hint("8.7.3", "What is not known cannot be gone on after");
}

static int guest_interrupted(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    static const int answers[] = {-EINTR, -EAGAIN, -EINTR};
    unsigned turn = host->turn[cpu]++;

    run->exit_reason = KVM_EXIT_SHUTDOWN; /* what stands there is of no meaning then */
    if (turn < 3)
        return answers[turn];
    if (turn < 6)
        return host_exit(run, turn == 3   ? KVM_EXIT_INTR
                              : turn == 4 ? KVM_EXIT_HLT
                                          : KVM_EXIT_IRQ_WINDOW_OPEN);
    return host_power_off(run, 0);
}

static int interrupted(struct grade *grade)
{
    struct kvm_bench bench;
    struct pc *pc;

    (void)grade;
    bench_init(&bench);
    pc = run(&bench, guest_interrupted);
    if (pc->end != PC_POWER_OFF) {
        grade_wrong(
            "three runs that a signal interrupts, three without a request: expected the guest to go on, got end %d",
            (int)pc->end);
        return grade_hint(bench.host.turn[0] <= 3 ? "8.8.1" : "8.7.2",
                          "Not every return is an end");
    }
    if (pc_exits(pc).interrupted == 3)
        return GRADE_PASSED;
    grade_wrong("three runs that a signal interrupts: expected 3 counted, got %llu",
                (unsigned long long)pc_exits(pc).interrupted);
    return grade_hint("8.8.3", "Each is counted");
}

static int guest_refused(struct kvm_host *host, unsigned cpu, struct kvm_run *run)
{
    (void)run;
    return host->turn[cpu]++ < 1000 ? -ENXIO : -EFAULT;
}

static int refused(struct grade *grade)
{
    struct kvm_bench bench;
    struct pc *pc;

    (void)grade;
    bench_init(&bench);
    pc = run(&bench, guest_refused);
    if (pc->end == PC_HOST_FAILED && bench.host.turn[0] == 1)
        return GRADE_PASSED;
    grade_wrong(
        "KVM_RUN fails with ENXIO: expected the machine to end and say so, got end %d after %u runs",
        (int)pc->end, bench.host.turn[0]);
    return grade_hint("8.8.2", "Other errors will not go away");
}

/* The student's own device: a register of one size at one port, which reads as what was written,
 * xor a number. */

enum { PORT, SIZE_LOG, MASK };

enum { FIRST_PORT = 0x200, PORTS = 64 };

static void own_tell(const unsigned *numbers)
{
    printf("port 0x%x, %u byte(s) wide: what is written is kept, and read it is that, xor 0x%02x",
           numbers[PORT], 1U << numbers[SIZE_LOG], numbers[MASK]);
}

/* input: the value that is written; the port; the sizes (their logarithms) of the write, of the
 * read. Each port is asked for in each size. */
static void own_narrow(unsigned i, uint64_t *input)
{
    input[1] = FIRST_PORT + i % PORTS;
    input[2] = i / PORTS < 3 ? i / PORTS * 5 : input[2] % 3 * 4 + input[2] / 3 % 3;
}

static void own_show(const uint64_t *input)
{
    printf("to port 0x%" PRIx64 " 0x%" PRIx64 " is written, %u byte(s); then %u are read there",
           input[1], input[0], 1U << input[2] / 4, 1U << input[2] % 4);
}

/* The lowest 2^log bytes. */
static uint64_t cut(uint64_t value, uint64_t log)
{
    return value & UINT64_MAX >> (64 - (8U << log));
}

static uint64_t own_want(const unsigned *numbers, const uint64_t *input)
{
    uint64_t size_out = input[2] / 4, size_in = input[2] % 4;
    uint64_t kept = size_out == numbers[SIZE_LOG] ? cut(input[0], size_out) : 0;

    if (input[1] != numbers[PORT] || size_in != numbers[SIZE_LOG])
        return cut(UINT64_MAX, size_in);
    return kept ^ numbers[MASK];
}

static uint64_t own_got(const uint64_t *input)
{
    _Alignas(struct kvm_run) uint8_t page[2 * HOST_DATA] = {0};
    struct kvm_run *run = (struct kvm_run *)(void *)page;
    uint32_t kept = 0;
    uint64_t value = 0;

    run->exit_reason = KVM_EXIT_IO;
    run->io.direction = KVM_EXIT_IO_OUT;
    run->io.size = (uint8_t)(1U << input[2] / 4);
    run->io.port = (uint16_t)input[1];
    run->io.count = 1;
    run->io.data_offset = HOST_DATA;
    memcpy(page + HOST_DATA, input, sizeof *input);
    own_port(run, &kept);
    run->io.direction = KVM_EXIT_IO_IN;
    run->io.size = (uint8_t)(1U << input[2] % 4);
    memset(page + HOST_DATA, 0, sizeof value);
    own_port(run, &kept);
    memcpy(&value, page + HOST_DATA, sizeof value);
    return value;
}

static int own(struct grade *grade)
{
    static const struct own_rule rule = {
        .hint = "8.9.1",
        .numbers = {[PORT] = {FIRST_PORT, PORTS}, [SIZE_LOG] = {0, 3}, [MASK] = {1, 255}},
        .tell = own_tell,
        .show = own_show,
        .narrow = own_narrow,
        .want = own_want,
        .got = own_got,
    };

    return own_grade(grade, &rule);
}

int main(int argc, char **argv)
{
    static const struct grade_test tests[] = {
        {"memory", memory},           {"cpuid", cpuid},     {"console", console},
        {"nowhere", nowhere},         {"end", end},         {"death", death},
        {"interrupted", interrupted}, {"refused", refused}, {"own", own},
    };

    return grade_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
