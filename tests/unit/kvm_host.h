/*
 * kvm_host.h: a host whose KVM is played: what passes is noted, and the test plays the guest.
 *
 * KVM_RUN calls the test's function, in the thread of the virtual processor; it puts into struct
 * kvm_run what the guest shall have done. Nothing here runs code, so these tests pass on hosts
 * without KVM. In those threads nothing is asserted: Check wants that in its own.
 */
#ifndef TRIVIUM_TESTS_UNIT_KVM_HOST_H
#define TRIVIUM_TESTS_UNIT_KVM_HOST_H

#include <check.h>
#include <elf.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kvm/pc.h"
#include "tests/elf/tiny.h"

enum {
    HOST_SYSTEM = 1000, /* descriptors: no real ones, so that a mistake is seen */
    HOST_VM = 1001,
    HOST_CPU = 1002, /* and the following */
    HOST_CPUS = 4,
    HOST_LOG = 128,
    HOST_LINES = 24,
    HOST_LEAVES = 100,
    HOST_RUN_SIZE = 3 * 4096,
    HOST_DATA = 4096, /* where port data is, from the start of struct kvm_run */
};

struct kvm_host {
    struct kvm_ops ops;
    pthread_mutex_t lock;
    /* What the test wants. */
    int open_error;       /* opening fails with it */
    int version;          /* of the interface */
    unsigned long refuse; /* this request fails, */
    int refusal;          /* with that */
    int map_error;        /* sharing fails with it */
    int (*guest)(struct kvm_host *host, unsigned cpu, struct kvm_run *run); /* KVM_RUN */
    const void *test;         /* what that function needs to know */
    unsigned turn[HOST_CPUS]; /* its calls so far */
    /* What passed. */
    unsigned long log[HOST_LOG]; /* requests but KVM_RUN and KVM_IRQ_LINE, in order */
    unsigned log_count;
    bool wrong; /* a request to a descriptor of another kind */
    int open, maps;
    unsigned cpus;
    struct kvm_run *runs[HOST_CPUS];
    struct kvm_userspace_memory_region memory;
    struct kvm_sregs sregs;
    struct kvm_regs regs;
    uint32_t apic[HOST_CPUS], x2apic[HOST_CPUS];      /* from CPUID leaf 1, and leaf 0xb */
    unsigned rises[HOST_LINES], repeated[HOST_LINES]; /* a line: how often, and to what it was */
    bool level[HOST_LINES];
};

static inline int host_open(void *owner, const char *path)
{
    struct kvm_host *host = owner;

    host->wrong |= strcmp(path, "/dev/kvm") != 0;
    if (host->open_error != 0)
        return -host->open_error;
    host->open++;
    return HOST_SYSTEM;
}

static inline void host_close(void *owner, int fd)
{
    struct kvm_host *host = owner;

    host->wrong |= fd < HOST_SYSTEM;
    host->open--;
}

static inline void *host_map(void *owner, int fd, size_t size, int *error)
{
    struct kvm_host *host = owner;

    host->wrong |= fd < HOST_CPU || size != HOST_RUN_SIZE;
    if (host->map_error != 0) {
        *error = -host->map_error;
        return NULL;
    }
    host->maps++;
    host->runs[fd - HOST_CPU] = calloc(1, size);
    return host->runs[fd - HOST_CPU];
}

static inline void host_unmap(void *owner, void *memory, size_t size)
{
    struct kvm_host *host = owner;

    host->wrong |= size != HOST_RUN_SIZE;
    host->maps--;
    free(memory);
}

/* A processor with more leaves than who asks for them expects at first. */
static inline int host_leaves(struct kvm_cpuid2 *cpuid)
{
    if (cpuid->nent < HOST_LEAVES)
        return -E2BIG;
    cpuid->nent = HOST_LEAVES;
    for (uint32_t i = 0; i < HOST_LEAVES; i++)
        cpuid->entries[i] =
            (struct kvm_cpuid_entry2){.function = i, .ebx = 0xaabbccdd, .edx = 0x11223344};
    return 0;
}

static inline void host_set_line(struct kvm_host *host, const struct kvm_irq_level *line)
{
    bool level = line->level != 0;

    if (line->irq >= HOST_LINES) {
        host->wrong = true;
        return;
    }
    host->repeated[line->irq] += level == host->level[line->irq];
    host->rises[line->irq] += level;
    host->level[line->irq] = level;
}

/* What a request is for; the argument has been looked at, unless it fails. */
static inline int host_answer(struct kvm_host *host, int fd, unsigned long request, void *argument)
{
    struct kvm_translation *translation = argument;
    struct kvm_cpuid2 *cpuid = argument;

    switch (request) {
    case KVM_GET_API_VERSION: return host->version;
    case KVM_CREATE_VM: host->open++; return HOST_VM;
    case KVM_GET_VCPU_MMAP_SIZE: return HOST_RUN_SIZE;
    case KVM_CREATE_VCPU: host->open++; return HOST_CPU + (int)host->cpus++;
    case KVM_GET_SUPPORTED_CPUID: return host_leaves(argument);
    case KVM_SET_CPUID2:
        host->apic[fd - HOST_CPU] = cpuid->entries[1].ebx;
        host->x2apic[fd - HOST_CPU] = cpuid->entries[0xb].edx;
        return 0;
    case KVM_GET_TSC_KHZ: return 2500000;
    case KVM_SET_USER_MEMORY_REGION: memcpy(&host->memory, argument, sizeof host->memory); return 0;
    case KVM_IRQ_LINE: host_set_line(host, argument); return 0;
    case KVM_GET_SREGS: memset(argument, 0, sizeof host->sregs); return 0;
    case KVM_SET_SREGS: memcpy(&host->sregs, argument, sizeof host->sregs); return 0;
    case KVM_GET_REGS: memcpy(argument, &host->regs, sizeof host->regs); return 0;
    case KVM_SET_REGS: memcpy(&host->regs, argument, sizeof host->regs); return 0;
    case KVM_TRANSLATE:
        translation->physical_address = translation->linear_address;
        translation->valid = 1;
        return 0;
    default: return 0;
    }
}

/* The kind of descriptor that a request is for. */
static inline int host_kind(unsigned long request)
{
    switch (request) {
    case KVM_GET_API_VERSION:
    case KVM_CREATE_VM:
    case KVM_GET_VCPU_MMAP_SIZE:
    case KVM_GET_SUPPORTED_CPUID: return HOST_SYSTEM;
    case KVM_SET_CPUID2:
    case KVM_GET_TSC_KHZ:
    case KVM_GET_REGS:
    case KVM_SET_REGS:
    case KVM_GET_SREGS:
    case KVM_SET_SREGS:
    case KVM_TRANSLATE: return HOST_CPU;
    default: return HOST_VM;
    }
}

static inline int host_ioctl(void *owner, int fd, unsigned long request, void *argument)
{
    struct kvm_host *host = owner;
    int answer;

    if (request == KVM_RUN)
        return host->guest(host, (unsigned)(fd - HOST_CPU), host->runs[fd - HOST_CPU]);
    pthread_mutex_lock(&host->lock);
    host->wrong |= (fd < HOST_CPU ? fd : HOST_CPU) != host_kind(request);
    if (request != KVM_IRQ_LINE && host->log_count < HOST_LOG)
        host->log[host->log_count++] = request;
    answer = request == host->refuse ? -host->refusal : host_answer(host, fd, request, argument);
    pthread_mutex_unlock(&host->lock);
    return answer;
}

static inline void host_init(struct kvm_host *host)
{
    *host = (struct kvm_host){
        .ops = {.open = host_open,
                .ioctl = host_ioctl,
                .map = host_map,
                .unmap = host_unmap,
                .close = host_close,
                .owner = host},
        .version = 12,
    };
    pthread_mutex_init(&host->lock, NULL);
}

/* What a guest's turn can be; each is an answer of KVM_RUN. */

static inline int host_out(struct kvm_run *run, uint16_t port, const void *bytes, uint8_t size,
                           uint32_t count)
{
    run->exit_reason = KVM_EXIT_IO;
    run->io.direction = KVM_EXIT_IO_OUT;
    run->io.port = port;
    run->io.size = size;
    run->io.count = count;
    run->io.data_offset = HOST_DATA;
    memcpy((uint8_t *)run + HOST_DATA, bytes, (size_t)size * count);
    return 0;
}

static inline int host_out_byte(struct kvm_run *run, uint16_t port, uint8_t byte)
{
    return host_out(run, port, &byte, 1, 1);
}

/* The next turn finds what was read in struct kvm_run, at HOST_DATA. */
static inline int host_in(struct kvm_run *run, uint16_t port, uint8_t size)
{
    host_out(run, port, "\x55\x55\x55\x55", size, 1);
    run->io.direction = KVM_EXIT_IO_IN;
    return 0;
}

static inline uint8_t host_byte(const struct kvm_run *run)
{
    return *((const uint8_t *)run + HOST_DATA);
}

static inline int host_store(struct kvm_run *run, uint64_t gpa, uint64_t value, uint32_t size)
{
    run->exit_reason = KVM_EXIT_MMIO;
    run->mmio.phys_addr = gpa;
    run->mmio.is_write = 1;
    run->mmio.len = size;
    memcpy(run->mmio.data, &value, sizeof value);
    return 0;
}

static inline int host_load(struct kvm_run *run, uint64_t gpa, uint32_t size)
{
    host_store(run, gpa, 0x5555555555555555, size);
    run->mmio.is_write = 0;
    return 0;
}

static inline int host_power_off(struct kvm_run *run, unsigned status)
{
    return host_store(run, VM_SYSCON, status << 16 | 0x3333, 4);
}

/* An end without an access. */
static inline int host_exit(struct kvm_run *run, uint32_t reason)
{
    run->exit_reason = reason;
    return 0;
}

/* A machine around it, with a kernel of a few bytes. */
struct kvm_bench {
    struct kvm_host host;
    struct console console;
    int typed, shown[2]; /* the user's end of the input, -1: closed; the output, both ends */
    int kernel_fd;
    char kernel[64];
    struct pc_config config;
};

/* tiny_rv64, for x86-64 and with physical addresses. */
static inline struct tiny bench_tiny(void)
{
    struct tiny tiny = tiny_rv64;

    tiny.header.e_machine = EM_X86_64;
    tiny.text.p_paddr = VM_KERNEL;
    tiny.data.p_paddr = VM_KERNEL + 0x2000;
    return tiny;
}

static inline void bench_init(struct kvm_bench *bench)
{
    const struct tiny tiny = bench_tiny();
    int input[2];

    host_init(&bench->host);
    ck_assert(pipe(input) == 0 && pipe(bench->shown) == 0);
    bench->typed = input[1];
    bench->console = (struct console){.input = input[0], .output = bench->shown[1]};
    bench->kernel_fd = tiny_file(&tiny, sizeof tiny);
    ck_assert_int_ge(bench->kernel_fd, 0);
    snprintf(bench->kernel, sizeof bench->kernel, "/proc/self/fd/%d", bench->kernel_fd);
    bench->config = (struct pc_config){.ops = &bench->host.ops,
                                       .cpus = 1,
                                       .memory = VM_MEMORY_MIN,
                                       .kernel = bench->kernel,
                                       .bootargs = "words of mine",
                                       .console = &bench->console};
}

static inline void bench_fini(struct kvm_bench *bench)
{
    ck_assert(!bench->host.wrong);
    ck_assert_int_eq(bench->host.open, 0);
    ck_assert_int_eq(bench->host.maps, 0);
    if (bench->typed >= 0)
        close(bench->typed);
    close(bench->console.input);
    close(bench->shown[0]);
    close(bench->shown[1]);
    close(bench->kernel_fd);
}

/* A machine that must come to be. */
static inline struct pc *bench_pc(struct kvm_bench *bench)
{
    struct err err = {0};
    struct pc *pc = pc_new(&bench->config, &err);

    ck_assert_msg(pc != NULL, "%s", err.text);
    return pc;
}

#endif
