/* vm.c: from /dev/kvm to a machine with processors; see vm.h. */
#include "kvm/vm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kvm/map.h"

#define DEVICE    "/dev/kvm"
#define HUGE_PAGE (UINT64_C(2) << 20)

/* KVM's own interface has had this number since 2007, and will keep it. */
enum { API_VERSION = 12 };

int vm_request(const struct vm *vm, int fd, unsigned long request, void *argument,
               const char *tried, struct err *err)
{
    int answer = vm->ops->ioctl(vm->ops->owner, fd, request, argument);

    return answer < 0 ? err_sys(err, -answer, "%s", tried) : answer;
}

/* Why there is no KVM, and what helps. */
static int explain_refusal(int error, struct err *err)
{
    err_sys(err, error, "cannot open " DEVICE);
    switch (error) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
        return err_hint(err,
                        "sudo modprobe kvm_intel (or kvm_amd), with virtualization enabled in the "
                        "firmware; in a virtual machine its host must allow nesting");
    case EACCES:
    case EPERM: return err_hint(err, "sudo usermod -a -G kvm $USER, and log in again");
    default: return -1;
    }
}

int vm_open(struct vm *vm, const struct kvm_ops *ops, struct err *err)
{
    int version;

    *vm = (struct vm){.ops = ops, .fd = -1};
    vm->system = ops->open(ops->owner, DEVICE);
    if (vm->system < 0) {
        int error = -vm->system;

        vm->system = -1;
        return explain_refusal(error, err);
    }
    version =
        vm_request(vm, vm->system, KVM_GET_API_VERSION, NULL, "cannot ask KVM its version", err);
    if (version >= 0 && version != API_VERSION)
        return err_set(err, "KVM has version %d of its interface, not %d", version, API_VERSION);
    return version < 0 ? -1 : 0;
}

static int make_memory(struct vm *vm, uint64_t memory, struct err *err)
{
    uintptr_t start;

    vm->mapping_size = memory + HUGE_PAGE;
    vm->mapping = mmap(NULL, vm->mapping_size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (vm->mapping == MAP_FAILED) {
        vm->mapping = NULL;
        err_sys(err, errno, "cannot get %llu MiB for the machine's memory",
                (unsigned long long)(memory >> 20));
        return err_hint(err, "a smaller --memory");
    }
    start = ((uintptr_t)vm->mapping + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
    vm->dma = (struct dma){.ram = (uint8_t *)start, .size = memory};
    return 0;
}

void vm_use_large_pages(const struct vm *vm)
{
    madvise(vm->dma.ram, vm->dma.size,
            MADV_HUGEPAGE); /* where that is refused, it is only slower */
}

int vm_create(struct vm *vm, uint64_t memory, struct err *err)
{
    uint64_t identity_map = VM_IDENTITY_MAP;
    int run_size;

    vm->fd = vm_request(vm, vm->system, KVM_CREATE_VM, NULL, "KVM makes no virtual machine", err);
    if (vm->fd < 0 || make_memory(vm, memory, err) < 0)
        return -1;
    //@lab 8.1 the machine's memory, as KVM wants to hear of it
    struct kvm_userspace_memory_region region = {
        .slot = 0,
        .guest_phys_addr = 0,
        .memory_size = memory,
        .userspace_addr = (uintptr_t)vm->dma.ram,
    };
    //| struct kvm_userspace_memory_region region = {0};
    //| lab_todo("8.1");
    //@end
    struct kvm_enable_cap local_apics = {.cap = KVM_CAP_SPLIT_IRQCHIP, .args = {VM_LINES}};
    /* Before there are interrupt controllers: afterwards it takes some hosts milliseconds. */
    if (vm_request(vm, vm->fd, KVM_SET_USER_MEMORY_REGION, &region,
                   "KVM does not take the machine's memory", err) < 0 ||
        vm_request(vm, vm->fd, KVM_SET_IDENTITY_MAP_ADDR, &identity_map,
                   "KVM does not take a place for its identity map", err) < 0 ||
        vm_request(vm, vm->fd, KVM_SET_TSS_ADDR, (void *)(uintptr_t)VM_TSS,
                   "KVM does not take a place for its TSS", err) < 0 ||
        vm_request(vm, vm->fd, KVM_ENABLE_CAP, &local_apics, "KVM makes no interrupt controllers",
                   err) < 0)
        return -1;
    run_size = vm_request(vm, vm->system, KVM_GET_VCPU_MMAP_SIZE, NULL,
                          "KVM does not say how large its shared page is", err);
    vm->run_size = run_size < 0 ? 0 : (size_t)run_size;
    if (run_size >= 0 && vm->run_size < sizeof(struct kvm_run))
        return err_set(err, "KVM shares only %d bytes with each virtual processor", run_size);
    return run_size < 0 ? -1 : 0;
}

void vm_fini(struct vm *vm)
{
    if (vm->fd >= 0)
        vm->ops->close(vm->ops->owner, vm->fd);
    if (vm->system >= 0)
        vm->ops->close(vm->ops->owner, vm->system);
    if (vm->mapping != NULL)
        munmap(vm->mapping, vm->mapping_size);
    *vm = (struct vm){.system = -1, .fd = -1};
}

int vm_set_routes(const struct vm *vm, const struct vm_message messages[VM_LINES], struct err *err)
{
    struct kvm_irq_routing *table =
        calloc(1, sizeof *table + VM_LINES * sizeof(struct kvm_irq_routing_entry));
    int answer;

    if (table == NULL)
        err_die_oom();
    table->nr = VM_LINES;
    for (unsigned i = 0; i < VM_LINES; i++)
        table->entries[i] = (struct kvm_irq_routing_entry){
            .gsi = i,
            .type = KVM_IRQ_ROUTING_MSI,
            .u.msi = {.address_lo = messages[i].address, .data = messages[i].data},
        };
    answer = vm_request(vm, vm->fd, KVM_SET_GSI_ROUTING, table,
                        "KVM does not take a table of interrupts", err);
    free(table);
    return answer;
}

int vm_set_line(const struct vm *vm, unsigned line, bool level, struct err *err)
{
    struct kvm_irq_level request = {.irq = line, .level = level};

    return vm_request(vm, vm->fd, KVM_IRQ_LINE, &request, "KVM does not take an interrupt", err);
}

/* What this host's KVM can give a guest. The answer to "too small" is a larger list. */
static struct kvm_cpuid2 *supported_cpuid(const struct vm *vm, struct err *err)
{
    //@lab 8.2 ask for a list whose length nobody knows
    for (uint32_t count = 64; count <= 1024; count *= 2) {
        struct kvm_cpuid2 *list = calloc(1, sizeof *list + count * sizeof(struct kvm_cpuid_entry2));
        int answer;

        if (list == NULL)
            err_die_oom();
        list->nent = count;
        answer = vm->ops->ioctl(vm->ops->owner, vm->system, KVM_GET_SUPPORTED_CPUID, list);
        if (answer >= 0)
            return list;
        free(list);
        if (answer != -E2BIG) {
            err_sys(err, -answer, "KVM does not say what processors it makes");
            return NULL;
        }
    }
    //| (void)vm;
    //| lab_todo("8.2");
    //@end
    err_set(err, "KVM's description of its processors has no end");
    return NULL;
}

/*
 * CPUID: the host's, as far as KVM can give it, but with the number of this processor where it
 * tells its own. Source: SDM 2A, CPUID: leaf 1, EBX[31:24]; leaf 0xb, EDX.
 */
static int set_cpuid(const struct vcpu *vcpu, struct err *err)
{
    struct kvm_cpuid2 *list = supported_cpuid(vcpu->vm, err);
    int answer;

    if (list == NULL)
        return -1;
    //@lab 8.3 each processor has a number of its own
    for (uint32_t i = 0; i < list->nent; i++) {
        struct kvm_cpuid_entry2 *entry = &list->entries[i];

        if (entry->function == 1)
            entry->ebx = (entry->ebx & 0x00ffffff) | vcpu->number << 24;
        if (entry->function == 0xb || entry->function == 0x1f)
            entry->edx = vcpu->number;
    }
    //| lab_todo("8.3");
    //@end
    answer = vm_request(vcpu->vm, vcpu->fd, KVM_SET_CPUID2, list,
                        "KVM does not take a description of the processor", err);
    free(list);
    return answer < 0 ? -1 : 0;
}

int vcpu_init(struct vcpu *vcpu, struct vm *vm, unsigned number, struct err *err)
{
    int error = 0;

    *vcpu = (struct vcpu){.vm = vm, .number = number, .fd = -1};
    vcpu->fd = vm_request(vm, vm->fd, KVM_CREATE_VCPU, (void *)(uintptr_t)number,
                          "KVM makes no virtual processor", err);
    if (vcpu->fd < 0)
        return -1;
    vcpu->run = vm->ops->map(vm->ops->owner, vcpu->fd, vm->run_size, &error);
    if (vcpu->run == NULL)
        return err_sys(err, -error, "KVM does not share what a virtual processor says");
    return set_cpuid(vcpu, err);
}

void vcpu_fini(struct vcpu *vcpu)
{
    if (vcpu->run != NULL)
        vcpu->vm->ops->unmap(vcpu->vm->ops->owner, vcpu->run, vcpu->vm->run_size);
    if (vcpu->fd >= 0)
        vcpu->vm->ops->close(vcpu->vm->ops->owner, vcpu->fd);
    vcpu->run = NULL;
    vcpu->fd = -1;
}
