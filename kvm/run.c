/*
 * run.c: the run loop of a virtual processor: let the guest run, see why it came back, answer,
 * again.
 *
 * Read next: api.rst of Linux, chapter 5, "The kvm_run structure".
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "kvm/pc.h"

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool is_over(const struct pc *pc)
{
    return __atomic_load_n(&pc->end, __ATOMIC_ACQUIRE) != PC_RUNS;
}

/* One access of the guest's, of 1 to 8 bytes. Where there is no device, reads are all ones. */
static void access_bus(struct pc_cpu *cpu, struct bus *bus, uint64_t address, uint8_t *data,
                       uint32_t size, bool is_write)
{
    uint64_t value = UINT64_MAX;
    bool done = false;

    //@lab 8.4 one access of the guest's
    if (size > sizeof value)
        size = sizeof value;
    if (size == 1 || size == 2 || size == 4 || size == 8) {
        if (is_write) {
            value = 0;
            memcpy(&value, data, size);
            done = bus_store(bus, address, size * 8, value);
        } else {
            done = bus_load(bus, address, size * 8, &value);
            if (!done)
                value = UINT64_MAX;
        }
    }
    if (!done)
        exit_counts_stray(&cpu->exits, bus == &cpu->pc->ports, address);
    if (!is_write)
        memcpy(data, &value, size);
    //| (void)cpu;
    //| (void)bus;
    //| (void)address;
    //| (void)data;
    //| (void)size;
    //| (void)is_write;
    //| (void)value;
    //| (void)done;
    //| lab_todo("8.4");
    //@end
}

/* in, out, and with a count their string forms. */
static void handle_port(struct pc_cpu *cpu)
{
    struct kvm_run *run = cpu->vcpu.run;
    uint8_t *data = (uint8_t *)run + run->io.data_offset;

    //@lab 8.5 in and out, and their string forms
    for (uint32_t i = 0; i < run->io.count; i++)
        access_bus(cpu, &cpu->pc->ports, run->io.port, data + i * run->io.size, run->io.size,
                   run->io.direction == KVM_EXIT_IO_OUT);
    //| (void)data;
    //| (void)access_bus;
    //| lab_todo("8.5");
    //@end
}

/* Has what the guest did switched the machine off? */
static void look_for_end(struct pc *pc)
{
    //@lab 8.6 has the guest switched its machine off?
    switch (pc->syscon.state.wish) {
    case SYSCON_POWER_OFF:
        pc->status = (int)pc->syscon.state.status;
        pc_finish(pc, PC_POWER_OFF, NULL, NULL);
        break;
    case SYSCON_RESET: pc_finish(pc, PC_RESET, NULL, NULL); break;
    default: break;
    }
    //| (void)pc;
    //| lab_todo("8.6");
    //@end
}

static void handle_access(struct pc_cpu *cpu)
{
    struct pc *pc = cpu->pc;
    struct kvm_run *run = cpu->vcpu.run;

    pthread_mutex_lock(&pc->lock);
    if (run->exit_reason == KVM_EXIT_IO)
        handle_port(cpu);
    else
        access_bus(cpu, &pc->bus, run->mmio.phys_addr, run->mmio.data, run->mmio.len,
                   run->mmio.is_write);
    pc_update_lines(pc);
    look_for_end(pc);
    pthread_mutex_unlock(&pc->lock);
}

/* The processor has ended an interrupt of a device's line. */
static void handle_end(struct pc_cpu *cpu)
{
    struct pc *pc = cpu->pc;
    struct err err = {0};

    pthread_mutex_lock(&pc->lock);
    if (ioapic_end(&pc->ioapic, cpu->vcpu.run->eoi.vector, &err) < 0)
        pc_finish(pc, PC_HOST_FAILED, NULL, &err);
    pthread_mutex_unlock(&pc->lock);
}

/* What a processor cannot go on after. */
static void handle_death(struct pc_cpu *cpu)
{
    const struct kvm_run *run = cpu->vcpu.run;
    struct pc_death death = {.cpu = cpu->vcpu.number, .reason = run->exit_reason};

    if (run->exit_reason == KVM_EXIT_INTERNAL_ERROR)
        death.suberror = run->internal.suberror;
    if (run->exit_reason == KVM_EXIT_FAIL_ENTRY)
        death.hardware = run->fail_entry.hardware_entry_failure_reason;
    pthread_mutex_lock(&cpu->pc->lock);
    pc_finish(cpu->pc, PC_DIED, &death, NULL);
    pthread_mutex_unlock(&cpu->pc->lock);
}

/* Where an access that was the reason of an exit is counted; NULL: it was none. */
static struct exit_count *place_of(struct pc_cpu *cpu)
{
    const struct kvm_run *run = cpu->vcpu.run;
    bool is_port = run->exit_reason == KVM_EXIT_IO;
    const struct bus *bus = is_port ? &cpu->pc->ports : &cpu->pc->bus;
    uint64_t address = is_port ? run->io.port : run->mmio.phys_addr;
    unsigned place = 0;

    if (!is_port && run->exit_reason != KVM_EXIT_MMIO)
        return NULL;
    while (place < bus->count && address - bus->ranges[place].base >= bus->ranges[place].size)
        place++;
    if (place == bus->count)
        place = EXIT_PLACES_MAX - 1;
    return is_port ? &cpu->exits.ports[place] : &cpu->exits.mmio[place];
}

static void handle_exit(struct pc_cpu *cpu)
{
    //@lab 8.7 why did it come back?
    switch (cpu->vcpu.run->exit_reason) {
    case KVM_EXIT_IO:
    case KVM_EXIT_MMIO: handle_access(cpu); break;
    case KVM_EXIT_IOAPIC_EOI: handle_end(cpu); break;
    case KVM_EXIT_INTR:
    case KVM_EXIT_HLT: /* with KVM's own interrupt controllers it waits inside of KVM_RUN */
    case KVM_EXIT_IRQ_WINDOW_OPEN:
    case KVM_EXIT_SET_TPR: break;
    default: handle_death(cpu);
    }
    //| (void)cpu;
    //| (void)handle_access;
    //| (void)handle_end;
    //| (void)handle_death;
    //| lab_todo("8.7");
    //@end
}

static void handle_refusal(struct pc_cpu *cpu, int error)
{
    struct err err = {0};

    err_sys(&err, error, "KVM does not run virtual processor %u", cpu->vcpu.number);
    pthread_mutex_lock(&cpu->pc->lock);
    pc_finish(cpu->pc, PC_HOST_FAILED, NULL, &err);
    pthread_mutex_unlock(&cpu->pc->lock);
}

void *pc_cpu_main(void *argument)
{
    struct pc_cpu *cpu = argument;
    const struct kvm_ops *ops = cpu->vcpu.vm->ops;
    uint64_t out = now_ns(); /* since when the guest does not run */

    while (!is_over(cpu->pc)) {
        uint64_t in = now_ns();
        int answer = ops->ioctl(ops->owner, cpu->vcpu.fd, KVM_RUN, NULL);
        uint32_t reason = cpu->vcpu.run->exit_reason;

        cpu->exits.host_ns += in - out;
        out = now_ns();
        cpu->exits.guest_ns += out - in;
        //@lab 8.8 the loop: what KVM_RUN answered
        if (answer == -EINTR || answer == -EAGAIN) {
            cpu->exits.interrupted++; /* somebody wants us to look, or it has only just started */
        } else if (answer < 0) {
            handle_refusal(cpu, -answer);
        } else {
            struct exit_count *place = place_of(cpu);

            handle_exit(cpu);
            exit_counts_add(&cpu->exits, reason, place, now_ns() - out);
        }
        //| /* Counted: exits.interrupted; or exit_counts_add() of the reason and place_of(). */
        //| (void)answer;
        //| (void)reason;
        //| (void)place_of;
        //| (void)handle_exit;
        //| (void)handle_refusal;
        //| lab_todo("8.8");
        //@end
    }
    return NULL;
}
