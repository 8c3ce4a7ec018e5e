/* explain.c: telling KVM's requests and exits; see explain.h. */
#include "kvm/explain.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <string.h>

#include "kvm/tell.h"

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

/* An exit: why, and where the guest was. */
static void print_exit(const struct explain *explain, int fd, const struct kvm_run *run)
{
    struct exit_fact fact;
    struct kvm_regs regs;
    uint64_t offset = 0;

    exit_fact_take(&fact, run);
    fprintf(explain->file, "  exit of %d: ", fd);
    exit_fact_print(explain->file, &fact);
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
    const struct request_name *name = request_find(request);
    int answer;

    if (request == KVM_RUN)
        return explain_run(explain, fd);
    answer = explain->inner->ioctl(explain->inner->owner, fd, request, argument);
    pthread_mutex_lock(&explain->lock);
    if (request == KVM_CREATE_VM || request == KVM_CREATE_VCPU)
        add_fd(explain, answer);
    /* Lines change with nearly every exit. */
    if (request != KVM_IRQ_LINE || explain->exits_shown < explain->exits_max) {
        fprintf(explain->file, "%s: %s", name->name, name->meaning);
        if (answer >= 0)
            request_print_argument(explain->file, request, argument);
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
