/*
 * names.h: namespaces: what of the host a container does not see, because names mean something
 * else in it.
 *
 * One row for each sort of name. Each can be switched off, and the container then shares it with
 * the host: so it can be seen what each is for. The namespace of clocks is made only on request: it
 * would change the path of the clock that is being compared.
 *
 * Source: namespaces(7). Read next: ids.h (what the user namespace needs).
 */
#ifndef TRIVIUM_CTR_NAMES_H
#define TRIVIUM_CTR_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctr/step.h"
#include "lib/err.h"

enum ctr_name {
    NAME_USER,
    NAME_MOUNT,
    NAME_PID,
    NAME_NET,
    NAME_UTS,
    NAME_IPC,
    NAME_CGROUP,
    NAME_TIME,
    NAME_COUNT,
};

struct name_row {
    const char *name; /* as on the command line */
    const char *link; /* in /proc/self/ns */
    const char *constant;
    uint64_t flag; /* of clone(2) */
    const char *what;
};

extern const struct name_row name_rows[NAME_COUNT];

static inline bool names_has(unsigned set, enum ctr_name name)
{
    return (set & (1u << name)) != 0;
}

/* The number of the name called `name`; NAME_COUNT: there is none. */
enum ctr_name names_find(const char *name, size_t length);

/* The flags for clone3 of the set's namespaces; those of groups and clocks come later. */
uint64_t names_flags(unsigned set);

/* "CLONE_NEWUSER|CLONE_NEWNS|...", of the same. */
void names_text(char *text, size_t size, unsigned set);

/* The numbers that the kernel knows this process's namespaces by; 0: not to be had. */
void names_read(uint64_t numbers[NAME_COUNT]);

/* The same of another; `who`: its number, or "self". */
void names_read_of(const char *who, uint64_t numbers[NAME_COUNT]);

/* Adds to err what can be the reason that the host refused a namespace, and what helps. Returns -1.
 */
int names_refused(struct err *err);

/* In the new namespaces, by their first process. */
int names_cgroup(struct steps *steps, struct err *err);
int names_host(struct steps *steps, const char *hostname, struct err *err);
int names_loopback(struct steps *steps, struct err *err);
int names_keyring(struct steps *steps, struct err *err);

/* The same; the children's clocks are `offset` seconds ahead. It comes before ids_become_root():
 * after a change of ids the kernel gives /proc/self to the host's root. */
int names_clocks(struct steps *steps, int64_t offset, struct err *err);

#endif
