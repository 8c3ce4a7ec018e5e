/* explain.c: telling KVM's requests and exits; see explain.h. */
#include "kvm/explain.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <string.h>

#include "kvm/exits.h"

/* The requests that we make, and what each is for. Source: Linux, Documentation/virt/kvm/api.rst.
 */
static const struct {
    unsigned long request;
    const char *name, *meaning;
} requests[] = {
    {KVM_GET_API_VERSION, "KVM_GET_API_VERSION", "which interface is this?"},
    {KVM_CREATE_VM, "KVM_CREATE_VM", "a machine without memory and processors"},
    {KVM_SET_USER_MEMORY_REGION, "KVM_SET_USER_MEMORY_REGION", "memory of ours becomes its memory"},
    {KVM_SET_IDENTITY_MAP_ADDR, "KVM_SET_IDENTITY_MAP_ADDR", "a page that Intel's processors need"},
    {KVM_SET_TSS_ADDR, "KVM_SET_TSS_ADDR", "three more of them"},
    {KVM_ENABLE_CAP, "KVM_ENABLE_CAP", "local APICs, in the host's kernel"},
    {KVM_GET_VCPU_MMAP_SIZE, "KVM_GET_VCPU_MMAP_SIZE", "how much a processor shares with us"},
    {KVM_CREATE_VCPU, "KVM_CREATE_VCPU", "a virtual processor"},
    {KVM_GET_SUPPORTED_CPUID, "KVM_GET_SUPPORTED_CPUID", "what can a processor be?"},
    {KVM_SET_CPUID2, "KVM_SET_CPUID2", "what this one says that it is"},
    {KVM_GET_TSC_KHZ, "KVM_GET_TSC_KHZ", "how fast is its clock?"},
    {KVM_GET_SREGS, "KVM_GET_SREGS", "its segments and control registers"},
    {KVM_SET_SREGS, "KVM_SET_SREGS", "long mode, paging, flat segments"},
    {KVM_GET_REGS, "KVM_GET_REGS", "its general registers"},
    {KVM_SET_REGS, "KVM_SET_REGS", "where it starts"},
    {KVM_SET_GSI_ROUTING, "KVM_SET_GSI_ROUTING", "what message each line of a device sends"},
    {KVM_IRQ_LINE, "KVM_IRQ_LINE", "a device's line to the processors"},
};

static int find_fd(const struct explain *explain, int fd)
{
    for (unsigned i = 0; i < explain->fd_count; i++) {
        if (explain->fds[i].fd == fd)
            return (int)i;
    }
    return -1;
}

static void add_fd(struct explain *explain, int fd)
{
    if (fd >= 0 && explain->fd_count < EXPLAIN_FDS_MAX) {
        explain->fds[explain->fd_count].fd = fd;
        explain->fds[explain->fd_count++].run = NULL;
    }
}

static void print_answer(const struct explain *explain, int answer)
{
    if (answer < 0)
        fprintf(explain->file, ": %s\n", strerror(-answer));
    else
        fprintf(explain->file, " = %d\n", answer);
}

/* What a request was given, where that says more than its name: " (...)". */
static void print_argument(FILE *file, unsigned long request, const void *argument)
{
    const struct kvm_userspace_memory_region *region = argument;
    const struct kvm_irq_level *line = argument;
    const struct kvm_sregs *sregs = argument;
    const struct kvm_regs *regs = argument;

    switch (request) {
    case KVM_SET_USER_MEMORY_REGION:
        fprintf(file, " (%llu MiB from gpa 0x%llx on)",
                (unsigned long long)(region->memory_size >> 20),
                (unsigned long long)region->guest_phys_addr);
        break;
    case KVM_CREATE_VCPU: fprintf(file, " (number %u)", (unsigned)(uintptr_t)argument); break;
    case KVM_SET_SREGS:
        fprintf(file, " (cr0 0x%llx, cr3 0x%llx, cr4 0x%llx, efer 0x%llx)",
                (unsigned long long)sregs->cr0, (unsigned long long)sregs->cr3,
                (unsigned long long)sregs->cr4, (unsigned long long)sregs->efer);
        break;
    case KVM_SET_REGS: fprintf(file, " (rip 0x%llx)", (unsigned long long)regs->rip); break;
    case KVM_IRQ_LINE: fprintf(file, " (%u %s)", line->irq, line->level ? "rises" : "falls"); break;
    default: break;
    }
}

static void print_io(FILE *file, const struct kvm_run *run)
{
    const uint8_t *data = (const uint8_t *)run + run->io.data_offset;
    uint32_t value = 0;

    fprintf(file, "%s port 0x%x, %u byte%s", run->io.direction == KVM_EXIT_IO_OUT ? "out" : "in",
            run->io.port, run->io.size, run->io.size == 1 ? "" : "s");
    if (run->io.count > 1)
        fprintf(file, ", %u times", run->io.count);
    if (run->io.direction == KVM_EXIT_IO_OUT && run->io.size <= sizeof value) {
        memcpy(&value, data, run->io.size);
        fprintf(file, ": 0x%x", value);
        if (run->io.size == 1 && value >= ' ' && value < 127)
            fprintf(file, " '%c'", (int)value);
    }
}

static void print_mmio(FILE *file, const struct kvm_run *run)
{
    uint64_t value;

    memcpy(&value, run->mmio.data, sizeof value);
    fprintf(file, "%s gpa 0x%llx, %u bytes", run->mmio.is_write ? "store at" : "load from",
            (unsigned long long)run->mmio.phys_addr, run->mmio.len);
    if (run->mmio.is_write && run->mmio.len > 0)
        fprintf(file, ": 0x%" PRIx64,
                run->mmio.len < 8 ? value & ((UINT64_C(1) << run->mmio.len * 8) - 1) : value);
}

/* An exit: why, and where the guest was. */
static void print_exit(const struct explain *explain, int fd, const struct kvm_run *run)
{
    const char *reason = exit_name(run->exit_reason);
    struct kvm_regs regs;
    uint64_t offset = 0;

    if (reason == NULL)
        fprintf(explain->file, "  exit of %d: number %u", fd, run->exit_reason);
    else
        fprintf(explain->file, "  exit of %d: %s", fd, reason);
    if (run->exit_reason == KVM_EXIT_IO) {
        fputs(", ", explain->file);
        print_io(explain->file, run);
    } else if (run->exit_reason == KVM_EXIT_MMIO) {
        fputs(", ", explain->file);
        print_mmio(explain->file, run);
    }
    if (explain->inner->ioctl(explain->inner->owner, fd, KVM_GET_REGS, &regs) >= 0) {
        const char *name = elf_symbols_find(explain->symbols, regs.rip, &offset);

        fprintf(explain->file, "; rip 0x%llx", (unsigned long long)regs.rip);
        if (name != NULL)
            fprintf(explain->file, " in %s+0x%" PRIx64, name, offset);
    }
    fputc('\n', explain->file);
}

static int explain_open(void *owner, const char *path)
{
    struct explain *explain = owner;
    int fd = explain->inner->open(explain->inner->owner, path);

    pthread_mutex_lock(&explain->lock);
    fprintf(explain->file, "open %s", path);
    print_answer(explain, fd);
    add_fd(explain, fd);
    pthread_mutex_unlock(&explain->lock);
    return fd;
}

/* A processor's first KVM_RUN. It comes back with the first exit only. */
static void tell_start(struct explain *explain, int fd)
{
    int index;

    pthread_mutex_lock(&explain->lock);
    index = find_fd(explain, fd);
    if (index >= 0 && !explain->fds[index].started) {
        explain->fds[index].started = true;
        fprintf(explain->file,
                "KVM_RUN on %d, in a thread of its own: the processor is the guest's now\n", fd);
    }
    pthread_mutex_unlock(&explain->lock);
}

/*
 * KVM_RUN: the exit that it came back with, as long as there are not too many. That a signal
 * interrupted it, or that the processor has only just been started, is no exit.
 */
static int explain_run(struct explain *explain, int fd)
{
    int answer, index;

    tell_start(explain, fd);
    answer = explain->inner->ioctl(explain->inner->owner, fd, KVM_RUN, NULL);
    if (answer == -EINTR || answer == -EAGAIN)
        return answer;
    pthread_mutex_lock(&explain->lock);
    index = find_fd(explain, fd);
    if (answer < 0) {
        fprintf(explain->file, "KVM_RUN on %d", fd);
        print_answer(explain, answer);
    } else {
        explain->exits++;
        if (index >= 0 && explain->fds[index].run != NULL &&
            explain->exits_shown < explain->exits_max) {
            explain->exits_shown++;
            print_exit(explain, fd, explain->fds[index].run);
        }
    }
    pthread_mutex_unlock(&explain->lock);
    return answer;
}

static int explain_ioctl(void *owner, int fd, unsigned long request, void *argument)
{
    struct explain *explain = owner;
    const char *name = "ioctl", *meaning = "";
    int answer;

    if (request == KVM_RUN)
        return explain_run(explain, fd);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        if (requests[i].request == request) {
            name = requests[i].name;
            meaning = requests[i].meaning;
        }
    }
    answer = explain->inner->ioctl(explain->inner->owner, fd, request, argument);
    pthread_mutex_lock(&explain->lock);
    if (request == KVM_CREATE_VM || request == KVM_CREATE_VCPU)
        add_fd(explain, answer);
    /* Lines change with nearly every exit. */
    if (request != KVM_IRQ_LINE || explain->exits_shown < explain->exits_max) {
        fprintf(explain->file, "%s: %s", name, meaning);
        if (answer >= 0)
            print_argument(explain->file, request, argument);
        print_answer(explain, answer);
    }
    pthread_mutex_unlock(&explain->lock);
    return answer;
}

static void *explain_map(void *owner, int fd, size_t size, int *error)
{
    struct explain *explain = owner;
    void *memory = explain->inner->map(explain->inner->owner, fd, size, error);
    int index;

    pthread_mutex_lock(&explain->lock);
    index = find_fd(explain, fd);
    if (index >= 0)
        explain->fds[index].run = memory;
    fprintf(explain->file,
            "mmap of %zu bytes: struct kvm_run, in which each exit tells its reason\n", size);
    pthread_mutex_unlock(&explain->lock);
    return memory;
}

static void explain_unmap(void *owner, void *memory, size_t size)
{
    struct explain *explain = owner;

    explain->inner->unmap(explain->inner->owner, memory, size);
}

static void explain_close(void *owner, int fd)
{
    struct explain *explain = owner;

    explain->inner->close(explain->inner->owner, fd);
}

void explain_init(struct explain *explain, const struct kvm_ops *inner, FILE *file,
                  unsigned long exits_max)
{
    *explain = (struct explain){.inner = inner, .file = file, .exits_max = exits_max};
    explain->ops = (struct kvm_ops){
        .open = explain_open,
        .ioctl = explain_ioctl,
        .map = explain_map,
        .unmap = explain_unmap,
        .close = explain_close,
        .owner = explain,
    };
    pthread_mutex_init(&explain->lock, NULL);
}

void explain_fini(struct explain *explain)
{
    if (explain->exits > explain->exits_shown)
        fprintf(explain->file, "  ... and %lu exits more\n", explain->exits - explain->exits_shown);
    pthread_mutex_destroy(&explain->lock);
}
