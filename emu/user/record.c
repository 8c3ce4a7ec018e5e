/* record.c: see record.h. */
#include "emu/user/record.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>

enum {
    REGISTER_A0 = 10,
    REGISTER_A7 = 17,
    NS_PER_TICK = 100, /* of the `time` CSR */
};

/* What a call changes besides a0. */
enum effect {
    EFFECT_UNKNOWN, /* not allowed */
    EFFECT_NONE,    /* nothing in the process */
    EFFECT_MEMORY,  /* the memory that argument `out` points to */
    EFFECT_PROCESS, /* the process itself, by nothing but its arguments: done again */
};

/* Those that are allowed. bytes: how many are written; 0: as many as the answer says. */
static const struct {
    enum effect effect;
    uint8_t out;
    uint16_t bytes;
} effects[USER_SYSCALL_NUMBERS] = {
    [GUEST_brk] = {EFFECT_PROCESS, 0, 0},
    [GUEST_mmap] = {EFFECT_PROCESS, 0, 0},
    [GUEST_munmap] = {EFFECT_PROCESS, 0, 0},
    [GUEST_mprotect] = {EFFECT_PROCESS, 0, 0},
    [GUEST_riscv_flush_icache] = {EFFECT_PROCESS, 0, 0},
    [GUEST_exit] = {EFFECT_PROCESS, 0, 0},
    [GUEST_exit_group] = {EFFECT_PROCESS, 0, 0},
    [GUEST_clock_gettime] = {EFFECT_PROCESS, 0, 0},
    [GUEST_gettimeofday] = {EFFECT_PROCESS, 0, 0},
    [GUEST_read] = {EFFECT_MEMORY, 1, 0},
    [GUEST_pread64] = {EFFECT_MEMORY, 1, 0},
    [GUEST_readlinkat] = {EFFECT_MEMORY, 2, 0},
    [GUEST_getdents64] = {EFFECT_MEMORY, 1, 0},
    [GUEST_getrandom] = {EFFECT_MEMORY, 0, 0},
    [GUEST_getcwd] = {EFFECT_MEMORY, 0, 0},
    [GUEST_sched_getaffinity] = {EFFECT_MEMORY, 2, 0},
    [GUEST_fstat] = {EFFECT_MEMORY, 1, 128},
    [GUEST_newfstatat] = {EFFECT_MEMORY, 2, 128},
    [GUEST_uname] = {EFFECT_MEMORY, 0, 390},
    [GUEST_clock_getres] = {EFFECT_MEMORY, 1, 16},
    [GUEST_prlimit64] = {EFFECT_MEMORY, 3, 16},
    [GUEST_ioctl] = {EFFECT_MEMORY, 2, 36},
    [GUEST_sysinfo] = {EFFECT_MEMORY, 0, 112},
    [GUEST_times] = {EFFECT_MEMORY, 0, 32},
    [GUEST_getrusage] = {EFFECT_MEMORY, 1, 144},
    [GUEST_pipe2] = {EFFECT_MEMORY, 0, 8},
    [GUEST_write] = {EFFECT_NONE, 0, 0},
    [GUEST_writev] = {EFFECT_NONE, 0, 0},
    [GUEST_close] = {EFFECT_NONE, 0, 0},
    [GUEST_lseek] = {EFFECT_NONE, 0, 0},
    [GUEST_openat] = {EFFECT_NONE, 0, 0},
    [GUEST_faccessat] = {EFFECT_NONE, 0, 0},
    [GUEST_fsync] = {EFFECT_NONE, 0, 0},
    [GUEST_nanosleep] = {EFFECT_NONE, 0, 0},
    [GUEST_sched_yield] = {EFFECT_NONE, 0, 0},
    [GUEST_set_tid_address] = {EFFECT_NONE, 0, 0},
    [GUEST_getpid] = {EFFECT_NONE, 0, 0},
    [GUEST_getppid] = {EFFECT_NONE, 0, 0},
    [GUEST_gettid] = {EFFECT_NONE, 0, 0},
    [GUEST_getuid] = {EFFECT_NONE, 0, 0},
    [GUEST_geteuid] = {EFFECT_NONE, 0, 0},
    [GUEST_getgid] = {EFFECT_NONE, 0, 0},
    [GUEST_getegid] = {EFFECT_NONE, 0, 0},
};

/* A call that was made. */
struct call {
    uint64_t instret; /* when: to see that it is asked for again at the same time */
    uint64_t number;
    int64_t answer;
    uint64_t gva;   /* of what was written */
    uint64_t bytes; /* 0: nothing */
    uint8_t *data;  /* owned */
};

struct record {
    struct call *calls; /* owned */
    size_t count, capacity, next;
    record_output *output;
    void *owner;
};

static uint64_t count_time(void *owner)
{
    return ((const struct process *)owner)->hart.instret / NS_PER_TICK;
}

void record_attach(struct process *process, record_output *output, void *owner)
{
    process->record = calloc(1, sizeof *process->record);
    if (process->record == NULL)
        err_die_oom();
    process->record->output = output;
    process->record->owner = owner;
    process->machine.read_time = count_time;
    process->machine.clock_owner = process;
}

void record_free(struct record *record)
{
    if (record == NULL)
        return;
    for (size_t i = 0; i < record->count; i++)
        free(record->calls[i].data);
    free(record->calls);
    free(record);
}

size_t record_next(const struct record *record)
{
    return record->next;
}

void record_rewind(struct record *record, size_t next)
{
    assert(next <= record->count);
    record->next = next;
}

bool record_allows(const struct process *process)
{
    const uint64_t *x = process->hart.x;
    uint64_t number = x[REGISTER_A7];
    enum syscall_way way = syscall_row(number)->way;

    if (way == SYSCALL_NONE || way == SYSCALL_QUIET)
        return true; /* not provided anyway */
    if (number == GUEST_mmap)
        return (x[REGISTER_A0 + 3] & (MAP_ANONYMOUS | MAP_SHARED)) == MAP_ANONYMOUS;
    return effects[number].effect != EFFECT_UNKNOWN;
}

/* What the process writes for people is its owner's to show. False: somewhere else. */
static bool show(struct process *process, uint64_t number, const uint64_t a[SYSCALL_ARGUMENTS],
                 int64_t *answer)
{
    const struct record *record = process->record;
    const struct space *space = &process->program.space;
    struct iovec parts[16] = {{(void *)(uintptr_t)a[1], a[2]}};
    uint64_t count = 1;

    if ((number != GUEST_write && number != GUEST_writev) || a[0] < 1 || a[0] > 2)
        return false;
    *answer = 0;
    if (number == GUEST_writev) {
        count = a[2] < 16 ? a[2] : 16; /* fewer may be written than were asked for */
        if (space_read(space, a[1], parts, count * sizeof *parts) < 0)
            *answer = -EFAULT;
    }
    for (uint64_t i = 0; *answer >= 0 && i < count; i++) {
        uint64_t gva = (uint64_t)(uintptr_t)parts[i].iov_base, bytes = parts[i].iov_len;
        void *text = bytes <= SPACE_SPAN ? malloc(bytes + 1) : NULL;

        if (text == NULL || space_read(space, gva, text, bytes) < 0) {
            *answer = *answer > 0 ? *answer : -EFAULT;
            count = 0;
        } else {
            record->output(record->owner, (int)a[0], text, bytes);
            *answer += (int64_t)bytes;
        }
        free(text);
    }
    return true;
}

/* The instructions' own time. False: another call. */
static bool tell_time(struct process *process, uint64_t number, const uint64_t a[SYSCALL_ARGUMENTS],
                      int64_t *answer)
{
    uint64_t now = process->hart.instret;
    uint64_t time[2] = {now / 1000000000, now % 1000000000};

    if (number != GUEST_clock_gettime && number != GUEST_gettimeofday)
        return false;
    if (number == GUEST_gettimeofday)
        time[1] /= 1000;
    *answer = space_write(&process->program.space, a[number == GUEST_clock_gettime ? 1 : 0], time,
                          sizeof time);
    return true;
}

/* Asks the host, and keeps what it has written. */
static void ask(struct process *process, struct call *call, const uint64_t a[SYSCALL_ARGUMENTS])
{
    const struct space *space = &process->program.space;
    bool in_table = call->number < USER_SYSCALL_NUMBERS;

    if (call->number == GUEST_nanosleep || show(process, call->number, a, &call->answer))
        return;
    if (call->number == GUEST_read && a[0] == 0)
        return; /* the end of it: what is typed is for whoever steps */
    if (call->number == GUEST_close && a[0] <= 2)
        return; /* nor are these the program's to close */
    call->answer = syscall_do(process, call->number, a);
    if (!in_table || effects[call->number].effect != EFFECT_MEMORY || call->answer < 0)
        return;
    call->gva = a[effects[call->number].out];
    call->bytes = effects[call->number].bytes;
    if (call->bytes == 0)
        call->bytes = (uint64_t)call->answer;
    call->data = malloc(call->bytes + 1);
    if (call->data == NULL)
        err_die_oom();
    if (space_read(space, call->gva, call->data, call->bytes) < 0)
        call->bytes = 0; /* such as where a NULL pointer asks for nothing */
}

static struct call *append(struct record *record)
{
    if (record->count == record->capacity) {
        record->capacity = record->capacity == 0 ? 64 : 2 * record->capacity;
        record->calls = realloc(record->calls, record->capacity * sizeof *record->calls);
        if (record->calls == NULL)
            err_die_oom();
    }
    record->next = record->count + 1;
    return &record->calls[record->count++];
}

int64_t record_perform(struct process *process, uint64_t number,
                       const uint64_t a[SYSCALL_ARGUMENTS])
{
    struct record *record = process->record;
    struct call *call;
    int64_t answer;

    if (tell_time(process, number, a, &answer))
        return answer;
    if (number < USER_SYSCALL_NUMBERS && effects[number].effect == EFFECT_PROCESS)
        return syscall_do(process, number, a);
    if (record->next < record->count) {
        call = &record->calls[record->next++];
        assert(call->instret == process->hart.instret && call->number == number);
        if (call->bytes > 0)
            space_write(&process->program.space, call->gva, call->data, call->bytes);
        return call->answer;
    }
    call = append(record);
    *call = (struct call){.instret = process->hart.instret, .number = number};
    ask(process, call, a);
    return call->answer;
}
