/* Segment selectors and model-specific registers, for C and assembly.
 *
 * syscall and sysret leave no choice of order: syscall loads CS and SS with STAR[47:32] and that
 * plus 8; sysret with STAR[63:48] plus 16 and plus 8. Source: SDM 2B, SYSCALL and SYSRET; SDM
 * 3A 5.8.8.
 */
#ifndef TRIVIUM_GUEST_KERNEL_ARCH_X86_64_SEGMENTS_H
#define TRIVIUM_GUEST_KERNEL_ARCH_X86_64_SEGMENTS_H

#define KERNEL_CS     0x08
#define KERNEL_SS     0x10
#define SYSRET_BASE   0x18 /* a descriptor for 32-bit programs would be here */
#define USER_SS       0x23 /* SYSRET_BASE + 8, ring 3 */
#define USER_CS       0x2b /* SYSRET_BASE + 16, ring 3 */
#define TSS_SELECTOR  0x30 /* two entries */

#define MSR_APIC_BASE 0x1b
#define MSR_EFER      0xc0000080
#define MSR_STAR      0xc0000081
#define MSR_LSTAR     0xc0000082
#define MSR_SFMASK    0xc0000084
#define MSR_GS_BASE   0xc0000101
#define MSR_KERNEL_GS 0xc0000102

#define EFER_SCE      1
#define EFER_LME      (1 << 8)
#define EFER_NXE      (1 << 11)

#define CR4_FSGSBASE  (1 << 16)

/* PE MP ET NE WP PG; PAE PGE OSFXSR OSXMMEXCPT */
#define CR0_VALUE 0x80010033
#define CR4_VALUE 0x6a0

/* struct processor (processor.h) as assembly sees it, relative to gs while in the kernel. */
#define PROCESSOR_SELF    640
#define PROCESSOR_STACK   648
#define PROCESSOR_USER_SP 656
#define PROCESSOR_RSP0    676 /* in the TSS */

/* The same for a kernel in ring 3 (ring3.S). */
#define RING3_IO_MAP           998 /* in its TSS */
#define RING3_STACK_END        1600
#define RING3_ENTER_TRAP       1640
#define RING3_LEAVE            1680
#define RING3_ROOT             1856
#define RING3_FAULT            1864
#define RING3_IO_MAP_OF_KERNEL 104 /* where the map of all ports starts in that TSS */

/* struct trap_frame (machine/frame.h) as assembly sees it. */
#define FRAME_RAX    80
#define FRAME_VECTOR 120
#define FRAME_ERROR  128
#define FRAME_RIP    136
#define FRAME_CS     144
#define FRAME_RFLAGS 152
#define FRAME_RSP    160
#define FRAME_SIZE   176

/* What stands in a frame's place for the vector after `syscall`. */
#define VECTOR_SYSCALL 256

#endif
