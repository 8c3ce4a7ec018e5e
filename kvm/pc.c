/* pc.c: building the machine, its console, its end; see pc.h. */
#include "kvm/pc.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "dev/loader.h"
#include "kvm/boot.h"

enum { FLUSH_MS = 10 }; /* how long what has no end of line yet may wait to be seen */

/* The UART's bytes, with the lock held. */
static void send_byte(void *owner, uint8_t byte)
{
    struct pc *pc = owner;
    bool quiet = pc->console->used == 0;
    uint64_t one = 1;

    __atomic_fetch_add(&pc->bytes_sent, 1, __ATOMIC_RELAXED); /* others look (recorder.h) */
    console_put(pc->console, byte);
    /* pc_run() is to flush it before long. */
    if (quiet && pc->console->used > 0 && write(pc->wake, &one, sizeof one) < 0)
        console_flush(pc->console);
}

static bool read_image(void *owner, uint64_t offset, void *to, size_t bytes)
{
    const struct pc *pc = owner;

    return pread(pc->disk_fd, to, bytes, (off_t)offset) == (ssize_t)bytes;
}

static int make_disk(struct pc *pc, const struct pc_config *config, struct err *err)
{
    struct loader_file file;
    struct bus_range range;

    if (config->disk == NULL)
        return 0;
    if (loader_open(&file, config->disk, "disk image", err) < 0)
        return -1;
    pc->disk_fd = file.fd;
    pc->has_disk = true;
    disk_init(&pc->disk, file.size, read_image, pc);
    virtio_block_init(&pc->block, &pc->disk, &pc->vm.dma);
    virtio_mmio_init(&pc->virtio, config->legacy_virtio ? 1 : 2, &pc->block.device, &pc->vm.dma);
    range = virtio_mmio_range(&pc->virtio, VM_VIRTIO);
    bus_register(&pc->bus, &range);
    pc->virtio_count++;
    return 0;
}

/* It answers before its doorbell's store is done, so it has no line. */
static void make_ring(struct pc *pc)
{
    struct bus_range range;

    virtio_console_init(&pc->ring, &pc->vm.dma, send_byte, pc);
    virtio_mmio_init(&pc->ring_virtio, 2, &pc->ring.device, &pc->vm.dma);
    range = virtio_mmio_range(&pc->ring_virtio, VM_VIRTIO + pc->virtio_count * VIRTIO_MMIO_SIZE);
    bus_register(&pc->bus, &range);
    pc->virtio_count++;
}

static int make_devices(struct pc *pc, const struct pc_config *config, struct err *err)
{
    struct bus_range range;

    uart_init(&pc->uart, send_byte, pc);
    range = uart_range(&pc->uart, VM_UART_PORT);
    range.size = 8;
    bus_register(&pc->ports, &range);
    syscon_init(&pc->syscon);
    range = syscon_range(&pc->syscon, VM_SYSCON);
    bus_register(&pc->bus, &range);
    copier_init(&pc->copier, &pc->vm.dma);
    range = copier_range(&pc->copier, VM_COPIER);
    bus_register(&pc->bus, &range);
    if (ioapic_init(&pc->ioapic, &pc->vm, err) < 0)
        return -1;
    range = ioapic_range(&pc->ioapic, VM_IOAPIC);
    bus_register(&pc->bus, &range);
    if (make_disk(pc, config, err) < 0)
        return -1;
    if (config->ring)
        make_ring(pc);
    return 0;
}

/* What our kernel wants to know before its own arguments (guest/kernel/arch/x86_64/words.h). */
static char *describe(const struct pc *pc, const struct pc_config *config, int tsc_khz)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    if (file == NULL)
        err_die_oom();
    /* KVM's local APICs count nanoseconds. */
    fprintf(file, "cpus=%u tsc_hz=%lld lapic_hz=1000000000 uart=%d,%d ", config->cpus,
            tsc_khz * 1000LL, VM_UART_PORT, VM_IRQ_UART);
    fprintf(file, "power=%llu copier=%llu ram=zero pic=none ", (unsigned long long)VM_SYSCON,
            (unsigned long long)VM_COPIER);
    for (unsigned i = 0; i < pc->virtio_count; i++)
        fprintf(file, "virtio%u=%llu,%d ", i,
                (unsigned long long)(VM_VIRTIO + i * VIRTIO_MMIO_SIZE),
                i == 0 && pc->has_disk ? VM_IRQ_VIRTIO : 0);
    fputs(config->bootargs, file);
    if (fclose(file) != 0)
        err_die_oom();
    return text;
}

static int make_cpus(struct pc *pc, const struct pc_config *config, struct err *err)
{
    pc->cpus = calloc(config->cpus, sizeof *pc->cpus);
    if (pc->cpus == NULL)
        err_die_oom();
    for (unsigned i = 0; i < config->cpus; i++) {
        pc->cpus[i].pc = pc;
        pc->cpu_count++;
        if (vcpu_init(&pc->cpus[i].vcpu, &pc->vm, i, err) < 0)
            return -1;
    }
    return 0;
}

/* The first processor is about to enter the kernel; the others wait for it to start them. */
static int load(struct pc *pc, const struct pc_config *config, struct err *err)
{
    struct vcpu *first = &pc->cpus[0].vcpu;
    struct boot_config boot = {.kernel = config->kernel, .initrd = config->initrd};
    uint64_t entry, note;
    int tsc_khz = vm_request(&pc->vm, first->fd, KVM_GET_TSC_KHZ, NULL,
                             "KVM does not say how fast the clock is", err);
    char *bootargs;
    int answer;

    if (tsc_khz < 0)
        return -1;
    bootargs = describe(pc, config, tsc_khz);
    boot.bootargs = bootargs;
    answer = boot_load(&pc->vm, &boot, &entry, &note, err);
    free(bootargs);
    vm_use_large_pages(&pc->vm);
    return answer < 0 ? -1 : boot_enter(first, entry, note, err);
}

struct pc *pc_new(const struct pc_config *config, struct err *err)
{
    struct pc *pc = calloc(1, sizeof *pc);

    assert(config->cpus >= 1 && config->cpus <= VM_CPUS_MAX);
    if (pc == NULL)
        err_die_oom();
    pthread_mutex_init(&pc->lock, NULL);
    pc->console = config->console;
    pc->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (pc->wake < 0) {
        err_sys(err, errno, "cannot make an eventfd");
        pc->vm = (struct vm){.system = -1, .fd = -1};
        goto fail;
    }
    if (vm_open(&pc->vm, config->ops, err) < 0 ||
        vm_create(&pc->vm, (config->memory + 0x1fffff) & ~UINT64_C(0x1fffff), err) < 0 ||
        make_devices(pc, config, err) < 0 || make_cpus(pc, config, err) < 0 ||
        load(pc, config, err) < 0)
        goto fail;
    return pc;

fail:
    pc_free(pc);
    return NULL;
}

void pc_free(struct pc *pc)
{
    for (unsigned i = 0; i < pc->cpu_count; i++)
        vcpu_fini(&pc->cpus[i].vcpu);
    free(pc->cpus);
    vm_fini(&pc->vm);
    if (pc->has_disk) {
        disk_fini(&pc->disk);
        close(pc->disk_fd);
    }
    if (pc->wake >= 0)
        close(pc->wake);
    pthread_mutex_destroy(&pc->lock);
    free(pc);
}

/*
 * Gets a processor's thread out of KVM_RUN. A signal that comes just before KVM_RUN would be lost;
 * immediate_exit, which is set first, makes that KVM_RUN return at once.
 */
static void kick(struct pc_cpu *cpu)
{
    __atomic_store_n(&cpu->vcpu.run->immediate_exit, 1, __ATOMIC_SEQ_CST);
    if (cpu->started)
        pthread_kill(cpu->thread, SIGUSR1);
}

void pc_finish(struct pc *pc, enum pc_end end, const struct pc_death *death, const struct err *err)
{
    uint64_t one = 1;

    if (pc->end != PC_RUNS)
        return;
    if (death != NULL)
        pc->death = *death;
    if (err != NULL)
        pc->err = *err;
    __atomic_store_n(&pc->end, end, __ATOMIC_RELEASE);
    for (unsigned i = 0; i < pc->cpu_count; i++)
        kick(&pc->cpus[i]);
    if (write(pc->wake, &one, sizeof one) < 0)
        assert(errno == EAGAIN); /* it is awake already */
}

static void update_line(struct pc *pc, bool *line, unsigned number, bool level)
{
    struct err err = {0};

    if (level == *line)
        return;
    *line = level;
    if (ioapic_set_line(&pc->ioapic, number, level, &err) < 0)
        pc_finish(pc, PC_HOST_FAILED, NULL, &err);
}

void pc_update_lines(struct pc *pc)
{
    if (pc->ioapic.failed)
        pc_finish(pc, PC_HOST_FAILED, NULL, &pc->ioapic.err);
    update_line(pc, &pc->uart_line, VM_IRQ_UART, uart_interrupts(&pc->uart));
    if (pc->has_disk)
        update_line(pc, &pc->virtio_line, VM_IRQ_VIRTIO, virtio_mmio_interrupts(&pc->virtio));
}

/* Takes what was typed, as far as the UART has room. */
static void feed_console(struct pc *pc)
{
    uint16_t typed;

    pthread_mutex_lock(&pc->lock);
    while (uart_room(&pc->uart) > 0 && console_take(pc->console, &typed)) {
        if (typed == CONSOLE_END)
            uart_break(&pc->uart);
        else
            uart_receive(&pc->uart, (uint8_t)typed);
    }
    if (pc->console->quit)
        pc_finish(pc, PC_QUIT, NULL, NULL);
    pc_update_lines(pc);
    pthread_mutex_unlock(&pc->lock);
}

/* Waits for the end, and meanwhile for what is typed, and for what is to be shown. */
static void attend(struct pc *pc)
{
    while (__atomic_load_n(&pc->end, __ATOMIC_ACQUIRE) == PC_RUNS) {
        struct pollfd watched[2] = {{.fd = pc->wake, .events = POLLIN},
                                    {.fd = pc->console->input, .events = POLLIN}};
        bool pending, full;
        uint64_t count;

        pthread_mutex_lock(&pc->lock);
        pending = pc->console->used > 0;
        full = uart_room(&pc->uart) == 0;
        pthread_mutex_unlock(&pc->lock);
        /* What the UART has no room for stays where it is; look again soon. */
        if (pc->console->end_told || full)
            watched[1].fd = -1;
        if (poll(watched, 2, pending || full ? FLUSH_MS : -1) == 0 && pending) {
            pthread_mutex_lock(&pc->lock);
            console_flush(pc->console);
            pthread_mutex_unlock(&pc->lock);
        }
        if (watched[0].revents != 0 && read(pc->wake, &count, sizeof count) < 0)
            assert(errno == EAGAIN);
        if (!pc->console->end_told)
            feed_console(pc);
    }
}

/* Only there to interrupt system calls. */
static void on_kick(int number)
{
    (void)number;
}

enum pc_end pc_run(struct pc *pc)
{
    struct sigaction action = {.sa_handler = on_kick}; /* without SA_RESTART */

    sigaction(SIGUSR1, &action, NULL);
    pthread_mutex_lock(&pc->lock); /* the first one does not end the machine before all are there */
    for (unsigned i = 0; i < pc->cpu_count; i++) {
        int error = pthread_create(&pc->cpus[i].thread, NULL, pc_cpu_main, &pc->cpus[i]);

        pc->cpus[i].started = error == 0;
        if (error != 0) {
            struct err err = {0};

            err_sys(&err, error, "cannot start a thread for virtual processor %u", i);
            pc_finish(pc, PC_HOST_FAILED, NULL, &err);
            break;
        }
    }
    pthread_mutex_unlock(&pc->lock);
    attend(pc);
    for (unsigned i = 0; i < pc->cpu_count; i++) {
        if (pc->cpus[i].started)
            pthread_join(pc->cpus[i].thread, NULL);
    }
    return pc->end;
}

struct exit_counts pc_exits(const struct pc *pc)
{
    struct exit_counts sum = {0};

    for (unsigned i = 0; i < pc->cpu_count; i++)
        exit_counts_sum(&sum, &pc->cpus[i].exits);
    return sum;
}

void pc_explain_death(const struct pc *pc, struct err *err)
{
    const struct pc_death *death = &pc->death;
    const char *name = exit_name(death->reason);

    switch (death->reason) {
    case KVM_EXIT_SHUTDOWN:
        err_set(err, "the guest died: a triple fault on processor %u", death->cpu);
        break;
    case KVM_EXIT_INTERNAL_ERROR:
        err_set(err, "the guest died: KVM cannot go on with processor %u (internal error %u)",
                death->cpu, death->suberror);
        break;
    case KVM_EXIT_FAIL_ENTRY:
        err_set(err,
                "the guest died: the processor does not enter it (processor %u, reason 0x%llx)",
                death->cpu, (unsigned long long)death->hardware);
        break;
    default:
        err_set(err,
                "the guest died: processor %u stopped with an exit that nobody expects (%u, %s)",
                death->cpu, death->reason, name == NULL ? "unknown" : name);
    }
}
