/* syscall.c: from an ecall to the table's row and back; see syscall.h. */
#include "emu/user/syscall.h"

#include "emu/user/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The registers of a system call (RISC-V psABI, Linux). */
enum {
    REGISTER_A0 = 10,
    REGISTER_A7 = 17,
};

static const struct syscall_row rows[USER_SYSCALL_NUMBERS] = {
#define PASS(number, name, kinds) [number] = {#name, SYSCALL_PASS, kinds, SYS_##name, NULL},
#define OURS(number, name, kinds) [number] = {#name, SYSCALL_OURS, kinds, -1, sys_##name},
#define QUIET(number, name)       [number] = {#name, SYSCALL_QUIET, "", -1, NULL},
#define NONE(number, name)        [number] = {#name, SYSCALL_NONE, "", -1, NULL},
#include "emu/user/syscall_table.def"
#undef PASS
#undef OURS
#undef QUIET
#undef NONE
};

static const struct syscall_row unknown_row = {.kinds = "", .host_number = -1};

const struct syscall_row *syscall_row(uint64_t number)
{
    return number < USER_SYSCALL_NUMBERS ? &rows[number] : &unknown_row;
}

const char *user_syscall_name(uint64_t number)
{
    return syscall_row(number)->name;
}

int64_t syscall_pass(const struct process *process, const struct syscall_row *row,
                     const uint64_t a[SYSCALL_ARGUMENTS])
{
    const struct space *space = &process->program.space;
    uint64_t host[SYSCALL_ARGUMENTS] = {0};
    long result;

    for (unsigned i = 0; row->kinds[i] != '\0'; i++) {
        switch (row->kinds[i]) {
        case 's':
        case 'p': host[i] = (uintptr_t)space_pointer(space, a[i]); break;
        case 'b': host[i] = (uintptr_t)space_buffer(space, a[i], a[i + 1]); break;
        default: host[i] = a[i]; break;
        }
    }
    result = syscall(row->host_number, host[0], host[1], host[2], host[3], host[4], host[5]);
    return result == -1 ? -errno : result;
}

/* Sets bit `number` and tells whether it was clear, atomically: other processes look at it too. */
static bool first_time(uint64_t *bits, uint64_t number)
{
    uint64_t bit = UINT64_C(1) << (number % 64);

    return (__atomic_fetch_or(&bits[number / 64], bit, __ATOMIC_RELAXED) & bit) == 0;
}

void syscall_complain(struct process *process, uint64_t number, const char *what)
{
    uint64_t *bits = process->totals != NULL ? process->totals->complained : process->complained;
    const char *name = user_syscall_name(number);

    /* Numbers beyond the table share the last bit: whoever makes them up is told once. */
    if (!first_time(bits, number < USER_SYSCALL_NUMBERS ? number : USER_SYSCALL_NUMBERS - 1))
        return;
    dprintf(STDERR_FILENO,
            "trivium: system call %" PRIu64 " (%s)%s not provided in --user mode; %s got ENOSYS\n",
            number, name != NULL ? name : "unknown", what, process_name(process));
}

int64_t syscall_do(struct process *process, uint64_t number, const uint64_t a[SYSCALL_ARGUMENTS])
{
    const struct syscall_row *row = syscall_row(number);

    switch (row->way) {
    case SYSCALL_PASS: return syscall_pass(process, row, a);
    case SYSCALL_OURS: return row->run(process, a);
    case SYSCALL_QUIET: return -ENOSYS;
    case SYSCALL_NONE: break;
    }
    syscall_complain(process, number, " is");
    return -ENOSYS;
}

void syscall_perform(struct process *process)
{
    struct hart *hart = &process->hart;
    uint64_t number = hart->x[REGISTER_A7];
    uint64_t a[SYSCALL_ARGUMENTS];

    memcpy(a, &hart->x[REGISTER_A0], sizeof a);
    if (process->totals != NULL && number < USER_SYSCALL_NUMBERS)
        __atomic_fetch_add(&process->totals->syscalls[number], 1, __ATOMIC_RELAXED);
    hart->x[REGISTER_A0] = (uint64_t)(process->record != NULL ? record_perform(process, number, a)
                                                              : syscall_do(process, number, a));
    if (events_want(&process->machine.events, EVENT_SYSCALL))
        events_send(&process->machine.events,
                    &(struct event){.kind = EVENT_SYSCALL,
                                    .hart = hart,
                                    .syscall = {number, hart->x[REGISTER_A0], a[0]}});
}
