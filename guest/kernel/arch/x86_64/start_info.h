/* What a loader tells a kernel that it enters by the PVH boot protocol: struct hvm_start_info.
 * Source: Xen, xen/include/public/arch-x86/hvm/start_info.h. */
#ifndef TRIVIUM_GUEST_KERNEL_ARCH_X86_64_START_INFO_H
#define TRIVIUM_GUEST_KERNEL_ARCH_X86_64_START_INFO_H

#include <stdint.h>

enum { START_INFO_MAGIC = 0x336ec578, MEMORY_MAP_RAM = 1 };

/* All addresses are gpas. */
struct start_info {
    uint32_t magic;
    uint32_t version; /* 1: the memory map is there */
    uint32_t flags;
    uint32_t module_count;
    uint64_t modules;
    uint64_t command_line; /* text, ended by a NUL; 0: there is none */
    uint64_t acpi_root;
    uint64_t memory_map;
    uint32_t memory_map_count;
    uint32_t reserved;
};

/* The first module is the initrd. */
struct start_module {
    uint64_t gpa;
    uint64_t size;
    uint64_t command_line;
    uint64_t reserved;
};

struct memory_map_entry {
    uint64_t gpa;
    uint64_t size;
    uint32_t type;
    uint32_t reserved;
};

#endif
