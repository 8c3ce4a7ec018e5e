/*
 * boot.h: what a kernel finds when its first processor starts: itself, an initrd, its arguments,
 * and a note of where they are, as the PVH boot protocol wants it; and the registers of long mode.
 *
 * Source: Xen, docs/misc/pvh.pandoc; SDM 3A, chapters 2 to 4.
 */
#ifndef TRIVIUM_KVM_BOOT_H
#define TRIVIUM_KVM_BOOT_H

#include "kvm/vm.h"

struct boot_config {
    const char *kernel;   /* path of an ELF file */
    const char *initrd;   /* path, or NULL */
    const char *bootargs; /* not NULL */
};

/* Loads all of it into the machine's memory. *entry, *note: gpas for boot_enter(). */
int boot_load(struct vm *vm, const struct boot_config *config, uint64_t *entry, uint64_t *note,
              struct err *err);

/* Makes the processor ready to execute the kernel's first instruction, in long mode and ring 0. */
int boot_enter(struct vcpu *vcpu, uint64_t entry, uint64_t note, struct err *err);

#endif
