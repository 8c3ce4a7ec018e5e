/*
 * autopsy.h: what a dead guest leaves: its registers, where its addresses lead, the instruction.
 *
 * A processor that faults while it delivers a fault, and then again, gives up: a triple fault. The
 * reason is in what it had: an address that no table maps, a stack that is not there. So the tables
 * are walked as the processor walks them, and the level that fails is named.
 *
 * The guest's memory may hold anything; a walk reads four entries at most, all of them in RAM.
 * Source: SDM 3A, 4.5 (page walks), 6.15 (double fault).
 */
#ifndef TRIVIUM_KVM_AUTOPSY_H
#define TRIVIUM_KVM_AUTOPSY_H

#include <linux/kvm.h>
#include <stdio.h>

#include "dev/dma.h"
#include "kvm/vm.h"
#include "lib/elf.h"

/* What is looked at. All is borrowed. */
struct autopsy {
    struct kvm_regs regs;
    struct kvm_sregs sregs;
    const struct dma *dma;
    const struct elf_symbols *symbols; /* of the guest's kernel, or NULL */
};

/* Reads the processor's state. -1: KVM does not tell. */
int autopsy_take(struct autopsy *autopsy, const struct vcpu *vcpu, struct err *err);

/* Where an address leads. */
struct walk_step {
    const char *table; /* "PML4E", "PDPTE", "PDE", "PTE" */
    uint64_t gpa;      /* of the entry */
    uint64_t entry;
};

struct autopsy_walk {
    unsigned count;
    struct walk_step steps[4];
    bool mapped;
    uint64_t gpa;        /* if mapped */
    bool write, execute; /* by all entries, if mapped */
    bool user;
    char failure[96]; /* why it is not mapped */
};

struct autopsy_walk autopsy_walk(const struct autopsy *autopsy, uint64_t gva);

/*
 * Is this the state after a reset? AMD's processors leave nothing of a guest that shuts down, and
 * KVM puts the virtual processor into that state.
 */
bool autopsy_is_reset(const struct autopsy *autopsy);

/* All of it, for people. */
void autopsy_print(FILE *file, const struct autopsy *autopsy);

#endif
