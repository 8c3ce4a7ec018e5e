/* The ELF machine number of this ISA's programs. */
#ifndef TRIVIUM_GUEST_KERNEL_MACHINE_ELF_H
#define TRIVIUM_GUEST_KERNEL_MACHINE_ELF_H

enum { ELF_MACHINE = 62 }; /* EM_X86_64 */

#endif
