/*
 * harden.h: what a container's processes give up before the program's first instruction.
 *
 *     rights     all five sets of capabilities, reduced to a short list    capabilities(7)
 *     growing    execve() of a set-user-id file adds none (no_new_privs)   prctl(2)
 *     calls      a filter of system calls                                  calls.def, seccomp(2)
 *     limits     lower ones for files, cores, locked memory; never higher  setrlimit(2)
 */
#ifndef TRIVIUM_CTR_HARDEN_H
#define TRIVIUM_CTR_HARDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctr/step.h"
#include "lib/err.h"

/* In the order in which they have to be done. */
int harden_limits(struct steps *steps, struct err *err);
int harden_rights(struct steps *steps, struct err *err);
int harden_calls(struct steps *steps, struct err *err);

/* The filters, for tests: calls (0) and their arguments (1). */
struct sock_filter;
const struct sock_filter *harden_filter(int which, size_t *count);

/* What the kernel says about this process: /proc/self/status. */
struct hardening {
    uint64_t effective, bounding; /* sets of capabilities */
    bool no_new_privs;
    int filters; /* of system calls; 0: none */
};

void harden_read(struct hardening *hardening);

/* The same of another; `who`: its number, or "self". */
void harden_read_of(const char *who, struct hardening *hardening);

/* "chown kill ...", the names of a set; "all" if it is. */
void harden_names(char *text, size_t size, uint64_t set);

#endif
