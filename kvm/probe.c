/*
 * probe.c: looking what KVM does; see probe.h, and probe_guest.S for the guest.
 *
 *     gpa 0x1000  GDT   0x2000  IDT   0x3000  TSS   0x4000  page tables   0x8000  stacks below
 *         0x100000  the guest's code, which ring 3 may execute, too
 */
#include "kvm/probe.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kvm/vm.h"

enum { GDT = 0x1000, IDT = 0x2000, TSS = 0x3000, PML4 = 0x4000, PDPT = 0x5000, PD = 0x6000 };
enum { STACK_RING0 = 0x7f00, STACK_RING3 = 0x7800, CODE = 0x100000 };
enum { KERNEL_CS = 0x08, KERNEL_SS = 0x10, USER_SS = 0x23, USER_CS = 0x2b, TSS_SELECTOR = 0x30 };
enum { PORT_DONE = 0xf0, PORT_SYSCALL = 0xf1, PORT_INT = 0xf2 };

#define MSR_STAR  UINT32_C(0xc0000081)
#define MSR_LSTAR UINT32_C(0xc0000082)

enum {
    TURNS_SHORT = 1000,   /* of two instructions, in ring 0: what is there besides the loop, */
    TURNS_LONG = 20000,   /* and with so many more */
    TURNS_RING3 = 500000, /* and without KVM */
    EXITS = 50,
    TRIES = 5,
    PATIENCE_MS = 500, /* for one probe */
    EMULATED_RATIO =
        20,           /* of an instruction in ring 0 to one in ring 3, and at least so many ns: */
    EMULATED_NS = 50, /* emulators have been seen to take 250 */
};

/* In probe_guest.S. */
extern const uint8_t probe_guest[], probe_guest_end[], probe_loop_ring0[], probe_loop_ring3[],
    probe_exits[], probe_syscall[], probe_int[], probe_on_syscall[], probe_on_int[],
    probe_on_breakpoint[], probe_on_fault[];

static uint64_t gpa_of(const uint8_t *place)
{
    return CODE + ((uintptr_t)place - (uintptr_t)probe_guest);
}

static double now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void put64(const struct vm *vm, uint64_t gpa, uint64_t value)
{
    memcpy(vm->dma.ram + gpa, &value, sizeof value);
}

/* A gate that ring 3 may use, too. SDM 3A, 6.14.1. */
static void put_gate(const struct vm *vm, unsigned vector, const uint8_t *handler)
{
    uint64_t offset = gpa_of(handler);

    put64(vm, IDT + vector * 16,
          (offset & 0xffff) | (uint64_t)KERNEL_CS << 16 | UINT64_C(0xee) << 40 |
              (offset >> 16 & 0xffff) << 48);
    put64(vm, IDT + vector * 16 + 8, offset >> 32);
}

static void put_guest(const struct vm *vm)
{
    enum { PRESENT_WRITE_USER = 7, LARGE = 0x80 };

    put64(vm, PML4, PDPT | PRESENT_WRITE_USER);
    put64(vm, PDPT, PD | PRESENT_WRITE_USER);
    put64(vm, PD, LARGE | PRESENT_WRITE_USER);
    put64(vm, GDT + KERNEL_CS, 0x00af9b000000ffff);
    put64(vm, GDT + KERNEL_SS, 0x00cf93000000ffff);
    put64(vm, GDT + (USER_SS & ~7U), 0x00cff3000000ffff);
    put64(vm, GDT + (USER_CS & ~7U), 0x00affb000000ffff);
    put64(vm, TSS + 4, STACK_RING0);
    for (unsigned vector = 0; vector < 32; vector++)
        put_gate(vm, vector, probe_on_fault);
    put_gate(vm, 3, probe_on_breakpoint);
    put_gate(vm, 0x80, probe_on_int);
    memcpy(vm->dma.ram + CODE, probe_guest, (uintptr_t)probe_guest_end - (uintptr_t)probe_guest);
}

static struct kvm_segment segment(unsigned selector, unsigned type, bool is_code)
{
    return (struct kvm_segment){.limit = 0xffffffff,
                                .selector = (uint16_t)selector,
                                .type = (uint8_t)type,
                                .present = 1,
                                .dpl = selector & 3,
                                .s = 1,
                                .l = is_code,
                                .db = !is_code,
                                .g = 1};
}

/* Ready to execute `place` in ring 0 or 3, with that in rdi. */
static int enter(const struct vcpu *vcpu, const uint8_t *place, unsigned ring, uint64_t rdi,
                 struct err *err)
{
    struct kvm_regs regs = {.rip = gpa_of(place),
                            .rdi = rdi,
                            .rsp = ring == 0 ? STACK_RING0 : STACK_RING3,
                            .rflags = 2};
    struct kvm_sregs sregs;

    if (vm_request(vcpu->vm, vcpu->fd, KVM_GET_SREGS, &sregs,
                   "KVM does not tell the system registers", err) < 0)
        return -1;
    sregs.cs = segment(ring == 0 ? KERNEL_CS : USER_CS, 11, true);
    sregs.ss = sregs.ds = sregs.es = segment(ring == 0 ? KERNEL_SS : USER_SS, 3, false);
    sregs.tr = (struct kvm_segment){
        .base = TSS, .limit = 0x67, .selector = TSS_SELECTOR, .type = 11, .present = 1};
    sregs.gdt.base = GDT;
    sregs.gdt.limit = 0x3f;
    sregs.idt.base = IDT;
    sregs.idt.limit = 0xfff;
    sregs.cr0 = 0x80010033;
    sregs.cr3 = PML4;
    sregs.cr4 = 0x6a0;
    sregs.efer = 0xd01;
    if (vm_request(vcpu->vm, vcpu->fd, KVM_SET_SREGS, &sregs,
                   "KVM does not take the system registers", err) < 0)
        return -1;
    return vm_request(vcpu->vm, vcpu->fd, KVM_SET_REGS, &regs, "KVM does not take the registers",
                      err);
}

static int set_msr(const struct vcpu *vcpu, uint32_t index, uint64_t value, struct err *err)
{
    /* A head, and behind it as many entries as it says. */
    _Alignas(struct kvm_msrs)
        uint8_t request[sizeof(struct kvm_msrs) + sizeof(struct kvm_msr_entry)];
    const struct kvm_msrs head = {.nmsrs = 1};
    const struct kvm_msr_entry entry = {.index = index, .data = value};

    memcpy(request, &head, sizeof head);
    memcpy(request + sizeof head, &entry, sizeof entry);
    return vm_request(vcpu->vm, vcpu->fd, KVM_SET_MSRS, request, "KVM does not take an MSR", err);
}

/* Who stops what hangs: a thread that kicks the one in KVM_RUN, unless it is called off. */
struct watchdog {
    pthread_t thread, watched;
    pthread_mutex_t lock;
    pthread_cond_t called_off;
    bool off;
    struct kvm_run *run;
};

static void *watch(void *argument)
{
    struct watchdog *dog = argument;
    struct timespec until;
    int waited = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += PATIENCE_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&dog->lock);
    while (!dog->off && waited == 0)
        waited = pthread_cond_timedwait(&dog->called_off, &dog->lock, &until);
    if (!dog->off) {
        __atomic_store_n(&dog->run->immediate_exit, 1, __ATOMIC_SEQ_CST);
        pthread_kill(dog->watched, SIGUSR1);
    }
    pthread_mutex_unlock(&dog->lock);
    return NULL;
}

/* Runs until the guest says something: the port; -1: it said nothing. */
static int run_once(const struct vcpu *vcpu)
{
    const struct kvm_ops *ops = vcpu->vm->ops;
    struct watchdog dog = {.watched = pthread_self(),
                           .lock = PTHREAD_MUTEX_INITIALIZER,
                           .called_off = PTHREAD_COND_INITIALIZER,
                           .run = vcpu->run};
    int answer;

    vcpu->run->immediate_exit = 0;
    if (pthread_create(&dog.thread, NULL, watch, &dog) != 0)
        return -1; /* nothing is run that nobody could stop */
    answer = ops->ioctl(ops->owner, vcpu->fd, KVM_RUN, NULL);
    pthread_mutex_lock(&dog.lock);
    dog.off = true;
    pthread_cond_signal(&dog.called_off);
    pthread_mutex_unlock(&dog.lock);
    pthread_join(dog.thread, NULL);
    return answer >= 0 && vcpu->run->exit_reason == KVM_EXIT_IO ? vcpu->run->io.port : -1;
}

/* The least time that the loop takes there, ns; -1: it did not end as it should. */
static double time_loop(const struct vcpu *vcpu, const uint8_t *place, unsigned ring,
                        uint64_t turns)
{
    struct err err = {0};
    double least = -1;

    for (int i = 0; i < TRIES; i++) {
        double start, took;

        if (enter(vcpu, place, ring, turns, &err) < 0)
            return -1;
        start = now_ns();
        if (run_once(vcpu) != PORT_DONE)
            return -1;
        took = now_ns() - start;
        if (least < 0 || took < least)
            least = took;
    }
    return least;
}

/* An exit and the way back in: the least of a few. */
static double time_exit(const struct vcpu *vcpu)
{
    const struct kvm_ops *ops = vcpu->vm->ops;
    struct err err = {0};
    double least = -1;

    if (enter(vcpu, probe_exits, 0, 0, &err) < 0 || run_once(vcpu) != PORT_DONE)
        return -1;
    for (int i = 0; i < EXITS; i++) {
        double start = now_ns(), took;

        if (ops->ioctl(ops->owner, vcpu->fd, KVM_RUN, NULL) < 0)
            return -1;
        took = now_ns() - start;
        if (least < 0 || took < least)
            least = took;
    }
    return least;
}

static double time_native(void)
{
    double least = -1;

    for (int i = 0; i < TRIES; i++) {
        uint64_t turns = TURNS_RING3;
        double start = now_ns(), took;

        __asm__ volatile("1: decq %0; jnz 1b" : "+r"(turns));
        took = now_ns() - start;
        if (least < 0 || took < least)
            least = took;
    }
    return least / (2.0 * TURNS_RING3);
}

static int measure(struct probe *probe, const struct vcpu *vcpu)
{
    double few, many, ring3;
    struct err err = {0};

    probe->exit = time_exit(vcpu);
    few = time_loop(vcpu, probe_loop_ring0, 0, TURNS_SHORT);
    many = time_loop(vcpu, probe_loop_ring0, 0, TURNS_LONG);
    ring3 = time_loop(vcpu, probe_loop_ring3, 3, TURNS_RING3);
    if (probe->exit < 0 || few < 0 || many < 0 || ring3 < 0)
        return err_set(&probe->err, "KVM makes virtual machines, but runs them wrongly");
    probe->ring0 = many > few ? (many - few) / (2.0 * (TURNS_LONG - TURNS_SHORT)) : 0;
    probe->ring3 = ring3 / (2.0 * TURNS_RING3);
    probe->native = time_native();
    probe->class = PROBE_HARDWARE;
    if (probe->ring0 > EMULATED_NS && probe->ring0 > EMULATED_RATIO * probe->ring3)
        probe->class = PROBE_EMULATED_RING;

    if (set_msr(vcpu, MSR_STAR, (uint64_t)KERNEL_CS << 32 | UINT64_C(0x18) << 48, &probe->err) <
            0 ||
        set_msr(vcpu, MSR_LSTAR, gpa_of(probe_on_syscall), &probe->err) < 0)
        return -1;
    probe->syscall_enters =
        enter(vcpu, probe_syscall, 3, 0, &err) >= 0 && run_once(vcpu) == PORT_SYSCALL;
    probe->int_enters = enter(vcpu, probe_int, 3, 0, &err) >= 0 && run_once(vcpu) == PORT_INT;
    return 0;
}

/* Only there to interrupt system calls. */
static void on_kick(int number)
{
    (void)number;
}

struct probe probe_kvm(const struct kvm_ops *ops)
{
    struct sigaction action = {.sa_handler = on_kick}, before; /* without SA_RESTART */
    struct probe probe = {.class = PROBE_NONE};
    struct vcpu vcpu = {.fd = -1};
    struct vm vm;

    sigaction(SIGUSR1, &action, &before);
    if (vm_open(&vm, ops, &probe.err) == 0 && vm_create(&vm, 2 << 20, &probe.err) == 0) {
        put_guest(&vm);
        if (vcpu_init(&vcpu, &vm, 0, &probe.err) < 0 || measure(&probe, &vcpu) < 0)
            probe.class = PROBE_NONE;
        vcpu_fini(&vcpu);
    }
    vm_fini(&vm);
    sigaction(SIGUSR1, &before, NULL);
    return probe;
}

const char *probe_class_name(enum probe_class class)
{
    switch (class) {
    case PROBE_NONE: return "none";
    case PROBE_EMULATED_RING: return "ring 0 emulated";
    case PROBE_HARDWARE: break;
    }
    return "hardware";
}
