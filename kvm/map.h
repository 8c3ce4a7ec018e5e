/*
 * map.h: where things are in the virtual machine: a PC as far as our kernel looks for one. The
 * kernel is told by its boot arguments (boot.c), so these numbers stand only here.
 *
 *     0             nothing; the loader's tables and notes (boot.c); the trampoline of other
 * processors 0x200000      the kernel
 *     .. memory     the initrd, at the end
 *     0xd0000000    devices
 *     0xfec00000    the I/O APIC, and
 *     0xfee00000    the local APICs, both in the host's kernel
 */
#ifndef TRIVIUM_KVM_MAP_H
#define TRIVIUM_KVM_MAP_H

#include <stdint.h>

#define VM_MEMORY_MIN (UINT64_C(16) << 20)
#define VM_MEMORY_MAX (UINT64_C(3) << 30)
#define VM_CPUS_MAX   64

#define VM_LOADER     UINT64_C(0x10000) /* what the loader leaves for the kernel, */
#define VM_LOADER_END UINT64_C(0x80000) /* up to here */
#define VM_KERNEL     UINT64_C(0x200000)

#define VM_UART_PORT  0x3f8                /* COM1 */
#define VM_VIRTIO     UINT64_C(0xd0000000) /* the first of its slots */
#define VM_SYSCON     UINT64_C(0xd0010000)
#define VM_COPIER     UINT64_C(0xd0011000)
#define VM_IOAPIC     UINT64_C(0xfec00000)

/* What a processor of Intel's needs for itself where the guest does not look: KVM asks for it. */
#define VM_IDENTITY_MAP UINT64_C(0xfffbc000)
#define VM_TSS          UINT64_C(0xfffbd000)

/* Lines of the I/O APIC */
enum { VM_IRQ_UART = 4, VM_IRQ_VIRTIO = 5, VM_LINES = 24 };
/* The first one's vector, if the guest's kernel is ours (guest/kernel/arch/x86_64/processor.h) */
enum { VM_IRQ_VECTOR = 0x30 };

#endif
