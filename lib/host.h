/*
 * host.h: facts about the machine that Trivium runs on, each read or measured, none guessed.
 *
 * It says what is so, not whether that is good: cli/doctor.c judges. What only one architecture can
 * tell (CPUID, timed loops of machine code) stands behind host_arch.h.
 */
#ifndef TRIVIUM_LIB_HOST_H
#define TRIVIUM_LIB_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

#define HOST_TEXT 128

/* What a control group allows. 0: no limit. */
struct host_limits {
    double cpus;     /* CPU time a second: 1.5 is one and a half CPUs */
    uint64_t memory; /* bytes */
};

/*
 * Timed loops, in nanoseconds an operation; each operation needs the result of the one before.
 * An emulator is seen by what it cannot hide: its additions cost what ours cost, but an indirect
 * jump or a floating-point addition costs many times the host's.
 */
struct host_speed {
    bool measured; /* false: there are no loops for this architecture */
    double add;
    double load;          /* from the first-level cache */
    double indirect_jump; /* always to the same place, so predicted */
    double float_add;
    double divide_32;       /* 32-bit division of a small number */
    double divide_64_small; /* 64-bit division of the same small number */
    double divide_64_large; /* 64-bit division of a large number */
};

struct host {
    char cpu_model[HOST_TEXT];
    unsigned cpus_online;   /* of the machine */
    unsigned cpus_affinity; /* that this process may use */
    struct host_limits limits;
    uint64_t memory; /* bytes, of the machine */

    char kernel_name[HOST_TEXT]; /* "Linux" */
    char kernel_release[HOST_TEXT];
    char machine[HOST_TEXT]; /* as uname -m */
    char os[HOST_TEXT];      /* "Debian GNU/Linux 12 (bookworm)" */

    bool hypervisor;                   /* a hypervisor says that it is there */
    char hypervisor_vendor[HOST_TEXT]; /* "KVMKVMKVM"; empty: unknown */
    char product[HOST_TEXT];           /* the firmware's name for the machine; empty: unknown */
    char container[HOST_TEXT];         /* "docker"; empty: none is seen */
    bool wsl;                          /* Windows Subsystem for Linux */

    char clock_source[HOST_TEXT];
    double clock_read; /* nanoseconds that reading the clock takes */

    uint64_t address_space; /* bytes that ulimit -v allows; 0: no limit */
    int overcommit;         /* vm.overcommit_memory: 0, 1, 2; -1 unknown */
    int randomize;          /* kernel.randomize_va_space: 0, 1, 2; -1 unknown */

    struct host_speed speed;
};

/*
 * Reads everything, and measures for a few milliseconds. What cannot be read stays empty or 0.
 * `root` stands before every path that is read: "" for the real host.
 */
void host_probe(struct host *host, const char *root);

/* The limits alone: of both versions of control groups, from ours up to the top. */
struct host_limits host_cgroup_limits(const char *root);

/* Whether an address space of `bytes` can be reserved, found out by doing it. */
int host_can_reserve(uint64_t bytes, struct err *err);

/* Our control group in one hierarchy. */
struct host_cgroup {
    char folder[8192];
    size_t top_length; /* of the path of the hierarchy's mount point, with which `folder` begins */
};

/* Of the hierarchy with that controller (version 1), or with NULL of version 2. False: none. */
bool host_cgroup_find(const char *root, const char *controller, struct host_cgroup *found);

/* EM_* of this host's own programs. */
unsigned host_machine(void);

/* The first line, without its end, of the file ROOT/PATH; false: there is none. */
bool host_read_line(const char *root, const char *path, char *line, int size);

#endif
