/*
 * host_arch.h: the part of the host's facts that every architecture has to tell in its own way.
 * One of host_x86_64.c and host_generic.c is built; which one, mk/sources.mk says.
 */
#ifndef TRIVIUM_LIB_HOST_ARCH_H
#define TRIVIUM_LIB_HOST_ARCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* EM_* of this host's own programs; 0: one that Trivium has no name for. */
unsigned host_arch_machine(void);

/* Is there a hypervisor beneath? `vendor` gets its name for itself, at most 12 characters. */
bool host_arch_hypervisor(char vendor[13]);

/* Has the processor the shifts of BMI2? */
bool host_arch_has_bmi2(void);

/* Registers that a signal handler may change; named as on the one architecture that has them. */
struct host_registers {
    uint64_t *rip, *rax, *r15;
};

/* Those in a signal handler's third argument. False: this architecture has none. */
bool host_arch_registers(void *context, struct host_registers *registers);

/* The registers of a process that is stopped: as the architecture numbers them. */
#define HOST_REGISTERS 16
struct host_state {
    uint64_t pc;
    uint64_t registers[HOST_REGISTERS];
};

/* Those of a child that is traced (ptrace(2)) and has stopped. False: errno says why not. */
bool host_arch_state(pid_t pid, struct host_state *state);

/* A loop executes at least `count` operations and at most 64 more. */
struct host_arch_loops {
    void (*add)(uint64_t count);
    void (*load)(uint64_t count);
    void (*indirect_jump)(uint64_t count);
    void (*float_add)(uint64_t count);
    void (*divide_32)(uint64_t count);
    void (*divide_64_small)(uint64_t count);
    void (*divide_64_large)(uint64_t count);
};

/* NULL: this architecture has none. */
const struct host_arch_loops *host_arch_loops(void);

#endif
