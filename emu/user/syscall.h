/*
 * syscall.h: the border between the guest program and the host kernel.
 *
 * An ecall of the guest arrives here with the call's number in a7 and its arguments in a0..a5. One
 * table (syscall_table.def) says for each number what to do: most calls are handed to the host as
 * they are, with addresses translated; the others have a function of their own in sys_*.c:
 *
 *     sys_file.c sys_memory.c sys_process.c sys_exec.c sys_signal.c sys_system.c
 *
 * An answer is what the kernel would put into a0: a result, or minus an errno. Where an address of
 * the guest's choice is handed on, it is by syscall(2) and not by a function of the C library,
 * which may look at it (or be told that it never is NULL); the kernel answers EFAULT.
 */
#ifndef TRIVIUM_EMU_USER_SYSCALL_H
#define TRIVIUM_EMU_USER_SYSCALL_H

#include "emu/user/process.h"

#define SYSCALL_ARGUMENTS 6

enum syscall_way {
    SYSCALL_NONE, /* not in the table, or not provided */
    SYSCALL_QUIET,
    SYSCALL_PASS,
    SYSCALL_OURS,
};

struct syscall_row {
    const char *name; /* NULL: a number that the table does not know */
    enum syscall_way way;
    const char *kinds; /* a letter for each argument, see syscall_table.def */
    long host_number;  /* PASS */
    int64_t (*run)(struct process *process, const uint64_t a[SYSCALL_ARGUMENTS]); /* OURS */
};

/* Never NULL. */
const struct syscall_row *syscall_row(uint64_t number);

/* Performs the call that the hart's registers ask for, and puts the answer into a0. */
void syscall_perform(struct process *process);

/* Performs that call; the answer is for a0. */
int64_t syscall_do(struct process *process, uint64_t number, const uint64_t a[SYSCALL_ARGUMENTS]);

/* Does on the host what row asks for, with arguments as the row's kinds say. */
int64_t syscall_pass(const struct process *process, const struct syscall_row *row,
                     const uint64_t a[SYSCALL_ARGUMENTS]);

/*
 * Says once, for all processes of the program, that this call is not provided: `what` is " is", or
 * names the part of it that is meant, ": threads are".
 */
void syscall_complain(struct process *process, uint64_t number, const char *what);

/* The numbers by name: GUEST_openat is 56. */
enum guest_syscall {
#define PASS(number, name, kinds) GUEST_##name = number,
#define OURS(number, name, kinds) GUEST_##name = number,
#define QUIET(number, name)       GUEST_##name = number,
#define NONE(number, name)        GUEST_##name = number,
#include "emu/user/syscall_table.def"
#undef PASS
#undef OURS
#undef QUIET
#undef NONE
};

/* The handlers, sys_openat() and so on: one for each row OURS. */
#define PASS(number, name, kinds)
#define OURS(number, name, kinds) \
    int64_t sys_##name(struct process *process, const uint64_t a[SYSCALL_ARGUMENTS]);
#define QUIET(number, name)
#define NONE(number, name)
#include "emu/user/syscall_table.def"
#undef PASS
#undef OURS
#undef QUIET
#undef NONE

#endif
