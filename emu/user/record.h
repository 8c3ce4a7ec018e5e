/*
 * record.h: what the host's kernel has answered a process, kept so that its past can be lived
 * again.
 *
 * A process alone is determined: what is not is what its system calls find. So the first time that
 * a call is made the host answers, and the answer is kept, with what it wrote into the guest's
 * memory. Whoever has set the process back (save.h) runs it on, and gets the same answers from
 * here until it comes to where it had been; the host is not asked again, and nothing is done twice.
 *
 *     calls   |  answered from here  |  next = count: answered by the host, and appended
 *             0                    next
 *
 * Some calls change the process itself (brk, mmap): they are done again. Time is no answer of the
 * host's: it is the count of instructions, a nanosecond each. Descriptors 0 to 2 stay the owner's:
 * what is written to 1 and 2 is told to him, reading 0 finds its end, closing them does nothing.
 * Calls of which it is not known what they change are not allowed: fork, exec, signals, mapped
 * files.
 */
#ifndef TRIVIUM_EMU_USER_RECORD_H
#define TRIVIUM_EMU_USER_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "emu/user/syscall.h"

struct record;

/* Told what the process writes to descriptor 1 or 2, once. */
typedef void record_output(void *owner, int fd, const void *text, size_t bytes);

/* From now on the process' calls are recorded; it owns the record. */
void record_attach(struct process *process, record_output *output, void *owner);
void record_free(struct record *record);

/* May the call that hart.pc is at be made? */
bool record_allows(const struct process *process);

/* Performs it, or answers as it did. */
int64_t record_perform(struct process *process, uint64_t number,
                       const uint64_t a[SYSCALL_ARGUMENTS]);

/* Calls made, up to where the process is; to be set back when the process is. */
size_t record_next(const struct record *record);
void record_rewind(struct record *record, size_t next);

#endif
