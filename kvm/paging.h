/*
 * paging.h: how the addresses of a guest's programs become the host's, as KVM's module says.
 *
 * Nested: the processor walks through the guest's page tables and, for each step, through those of
 * the host's, so a miss in its TLB is dear and a change of the guest's tables is nobody's business.
 * Shadow: KVM keeps tables of its own that do both steps at once, so a miss is as cheap as
 * anywhere, and each new entry of the guest's tables is an exit. Source: SDM 3C 29.3 (EPT), APM
 * 2 15.25.
 */
#ifndef TRIVIUM_KVM_PAGING_H
#define TRIVIUM_KVM_PAGING_H

enum paging { PAGING_UNKNOWN, PAGING_NESTED, PAGING_SHADOW };

/* Reads kvm_intel/parameters/ept or kvm_amd/parameters/npt below that folder: "/sys/module". */
enum paging paging_read(const char *modules);

/* "nested paging"; NULL: unknown. */
const char *paging_name(enum paging paging);

#endif
