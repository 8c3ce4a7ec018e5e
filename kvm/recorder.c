/* recorder.c: keeping KVM's requests and exits; see recorder.h. */
#include "kvm/recorder.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "lib/err.h"

enum { PAGE = 4096 };

static uint64_t host_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Where the moment of that number stands, or stood. */
static size_t place_of(uint64_t number)
{
    return number < LOG_HEAD ? (size_t)number
                             : LOG_HEAD + (size_t)((number - LOG_HEAD) % (LOG_TAIL + 1));
}

size_t log_kept(const struct exit_log *log)
{
    return log->total < LOG_HEAD + LOG_TAIL ? (size_t)log->total : LOG_HEAD + LOG_TAIL;
}

uint64_t log_dropped(const struct exit_log *log)
{
    return log->total - log_kept(log);
}

const struct moment *log_at(const struct exit_log *log, size_t index)
{
    return &log->moments[place_of(index < LOG_HEAD ? index : index + log_dropped(log))];
}

unsigned log_reason(uint32_t reason)
{
    return exit_name(reason) != NULL ? reason : EXIT_REASONS_MAX - 1;
}

/* With the lock held. It is the caller's to fill, and to publish(). */
static struct moment *add(struct recorder *recorder, enum moment_kind kind, uint64_t ns)
{
    struct exit_log *log = recorder->log;
    struct moment *moment = &log->moments[place_of(log->total)];

    memset(moment, 0, sizeof *moment);
    moment->number = log->total;
    moment->ns = ns - recorder->start;
    moment->kind = kind;
    return moment;
}

/* What add() answered is complete, and counts. This comes behind all else: the process may be
 * killed at any time, and its log is read then. */
static void publish(struct exit_log *log)
{
    __atomic_store_n(&log->total, log->total + 1, __ATOMIC_RELEASE);
}

/* The moment of that number; NULL: it has been dropped. */
static struct moment *find(struct exit_log *log, uint64_t number)
{
    struct moment *moment = &log->moments[place_of(number)];

    return moment->number == number ? moment : NULL;
}

static struct recorded_cpu *find_cpu(struct recorder *recorder, int fd)
{
    for (unsigned i = 0; i < recorder->cpu_count; i++) {
        if (recorder->cpus[i].fd == fd)
            return &recorder->cpus[i];
    }
    return NULL;
}

/* The code around rip, as far as its page goes. The processor knows where that page is. */
static void read_code(const struct recorder *recorder, int fd, struct moment *moment)
{
    uint64_t rip = moment->regs.rip, in_page = rip % PAGE;
    uint64_t before = in_page < LOG_CODE_BEFORE ? in_page : LOG_CODE_BEFORE;
    uint64_t bytes = LOG_CODE - LOG_CODE_BEFORE;
    struct kvm_translation translation = {.linear_address = rip - before};

    if (bytes > PAGE - in_page)
        bytes = PAGE - in_page;
    bytes += before;
    if (recorder->ram == NULL ||
        recorder->inner->ioctl(recorder->inner->owner, fd, KVM_TRANSLATE, &translation) < 0)
        return;
    if (translation.valid == 0 || translation.physical_address > recorder->ram_size ||
        bytes > recorder->ram_size - translation.physical_address)
        return;
    memcpy(moment->code, recorder->ram + translation.physical_address, bytes);
    moment->before = (uint8_t)before;
    moment->bytes = (uint8_t)bytes;
}

/* The guest is about to run on: what its last exit was answered, and took. */
static void resume(struct recorder *recorder, struct recorded_cpu *cpu, uint64_t now)
{
    struct exit_log *log = recorder->log;
    struct moment *moment = find(log, cpu->moment);
    uint64_t host_ns = now - cpu->handled;

    cpu->pending = false;
    log->reasons[log_reason(cpu->run->exit_reason)].host_ns += host_ns;
    if (moment == NULL)
        return;
    moment->host_ns = host_ns;
    moment->resumed = true;
    exit_fact_answer(&moment->fact, cpu->run);
    if (recorder->sent != NULL)
        moment->sent = __atomic_load_n(recorder->sent, __ATOMIC_RELAXED);
}

/* Before KVM_RUN. Answers when the guest begins to run. */
static uint64_t enter(struct recorder *recorder, int fd)
{
    struct recorded_cpu *cpu;
    uint64_t now = recorder->clock();

    pthread_mutex_lock(&recorder->lock);
    cpu = find_cpu(recorder, fd);
    if (cpu != NULL && cpu->pending && cpu->run != NULL)
        resume(recorder, cpu, now);
    if (cpu != NULL && !cpu->started) {
        cpu->started = true;
        add(recorder, MOMENT_START, now)->cpu = cpu->number;
        publish(recorder->log);
    }
    pthread_mutex_unlock(&recorder->lock);
    return recorder->clock();
}

/* An exit, which came at `out` after `guest_ns` in the guest. */
static void note_exit(struct recorder *recorder, struct recorded_cpu *cpu, uint64_t guest_ns,
                      uint64_t out)
{
    struct exit_log *log = recorder->log;
    struct moment *moment = add(recorder, MOMENT_EXIT, out);
    struct moment_count *count;

    moment->cpu = cpu->number;
    moment->exit = ++log->exits;
    moment->guest_ns = guest_ns;
    moment->sent = UINT64_MAX;
    exit_fact_take(&moment->fact, cpu->run);
    count = &log->reasons[log_reason(moment->fact.reason)];
    count->count++;
    count->guest_ns += guest_ns;
    moment->has_regs =
        recorder->inner->ioctl(recorder->inner->owner, cpu->fd, KVM_GET_REGS, &moment->regs) >= 0;
    if (moment->has_regs)
        read_code(recorder, cpu->fd, moment);
    cpu->pending = true;
    cpu->moment = moment->number;
    publish(log);
}

/* That a signal interrupted KVM_RUN, or that the processor waits to be started, is no exit. */
static int record_run(struct recorder *recorder, int fd)
{
    uint64_t in = enter(recorder, fd), out;
    int answer = recorder->inner->ioctl(recorder->inner->owner, fd, KVM_RUN, NULL);
    struct recorded_cpu *cpu;

    out = recorder->clock();
    pthread_mutex_lock(&recorder->lock);
    cpu = find_cpu(recorder, fd);
    if (answer == -EINTR || answer == -EAGAIN) {
        recorder->log->interrupted++;
    } else if (answer < 0) {
        struct moment *moment = add(recorder, MOMENT_REQUEST, out);

        moment->request = KVM_RUN;
        moment->answer = answer;
        publish(recorder->log);
    } else if (cpu != NULL && cpu->run != NULL) {
        note_exit(recorder, cpu, out - in, out);
        cpu->handled = recorder->clock();
        recorder->log->own_ns += cpu->handled - out;
    }
    pthread_mutex_unlock(&recorder->lock);
    return answer;
}

/* What a request was given, as text. */
static void take_argument(struct moment *moment, unsigned long request, const void *argument)
{
    FILE *file = fmemopen(moment->text, sizeof moment->text, "w");

    if (file == NULL)
        err_die_oom();
    request_print_argument(file, request, argument);
    fclose(file);
    moment->text[sizeof moment->text - 1] = '\0';
}

static void take_memory(struct recorder *recorder, const struct kvm_userspace_memory_region *region)
{
    if (region->guest_phys_addr != 0)
        return;
    recorder->ram = (const uint8_t *)(uintptr_t)region->userspace_addr;
    recorder->ram_size = region->memory_size;
}

static int record_ioctl(void *owner, int fd, unsigned long request, void *argument)
{
    struct recorder *recorder = owner;
    struct moment *moment;
    int answer;

    if (request == KVM_RUN)
        return record_run(recorder, fd);
    answer = recorder->inner->ioctl(recorder->inner->owner, fd, request, argument);
    pthread_mutex_lock(&recorder->lock);
    moment = add(recorder, MOMENT_REQUEST, recorder->clock());
    moment->request = request;
    moment->answer = answer;
    if (answer >= 0)
        take_argument(moment, request, argument);
    if (answer >= 0 && request == KVM_SET_USER_MEMORY_REGION)
        take_memory(recorder, argument);
    if (answer >= 0 && request == KVM_CREATE_VCPU && recorder->cpu_count < VM_CPUS_MAX)
        recorder->cpus[recorder->cpu_count++] =
            (struct recorded_cpu){.fd = answer, .number = (uint32_t)(uintptr_t)argument};
    publish(recorder->log);
    pthread_mutex_unlock(&recorder->lock);
    return answer;
}

static int record_open(void *owner, const char *path)
{
    struct recorder *recorder = owner;
    int answer = recorder->inner->open(recorder->inner->owner, path);
    struct moment *moment;

    pthread_mutex_lock(&recorder->lock);
    moment = add(recorder, MOMENT_REQUEST, recorder->clock());
    moment->answer = answer;
    snprintf(moment->text, sizeof moment->text, " %s", path);
    publish(recorder->log);
    pthread_mutex_unlock(&recorder->lock);
    return answer;
}

static void *record_map(void *owner, int fd, size_t size, int *error)
{
    struct recorder *recorder = owner;
    void *memory = recorder->inner->map(recorder->inner->owner, fd, size, error);
    struct recorded_cpu *cpu;

    pthread_mutex_lock(&recorder->lock);
    cpu = find_cpu(recorder, fd);
    if (cpu != NULL)
        cpu->run = memory;
    pthread_mutex_unlock(&recorder->lock);
    return memory;
}

static void record_unmap(void *owner, void *memory, size_t size)
{
    struct recorder *recorder = owner;

    recorder->inner->unmap(recorder->inner->owner, memory, size);
}

static void record_close(void *owner, int fd)
{
    struct recorder *recorder = owner;

    recorder->inner->close(recorder->inner->owner, fd);
}

void recorder_init(struct recorder *recorder, const struct kvm_ops *inner, struct exit_log *log,
                   uint64_t (*clock)(void))
{
    *recorder =
        (struct recorder){.inner = inner, .log = log, .clock = clock != NULL ? clock : host_clock};
    recorder->ops = (struct kvm_ops){
        .open = record_open,
        .ioctl = record_ioctl,
        .map = record_map,
        .unmap = record_unmap,
        .close = record_close,
        .owner = recorder,
    };
    recorder->start = recorder->clock();
    pthread_mutex_init(&recorder->lock, NULL);
}

void recorder_fini(struct recorder *recorder)
{
    pthread_mutex_destroy(&recorder->lock);
}
