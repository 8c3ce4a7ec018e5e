# The kernel's page tables. They are constants: nobody has to make them at the start.
#
#   boot_root  entry 0    -> identity_1g -> identity_2m     the first 8 MiB at their own address, for the
#                                                           few instructions before and after paging
#              entry 1    -> map_1g -> map_2m               4 GiB at KERNEL_MAP
#              entry 2    -> image_1g -> image_2m           the kernel at KERNEL_IMAGE
#
# Programs' top tables share the entries 1 and 2 (processor.c), but not entry 0. No page may be written
# and executed. Whether ring 3 may touch the kernel's memory is decided in those two entries alone, as all
# below them allow it: it may not, but in ring3_root, which is for a kernel that runs there itself
# (ring3.S). Source: SDM 3A, 4.5.
#include "guest/kernel/arch/x86_64/map.h"

#define P       1
#define W       2
#define U       4                           /* ring 3, too */
#define UNCACHED 0x18                       /* PCD PWT: devices */
#define AD      0x60
#define LARGE   0x80                        /* a page of 2 MiB */
#define XD      (1 << 63)
#define GPA(symbol) ((symbol) - KERNEL_IMAGE)

#define CODE(gpa)  .8byte (gpa) + P + U + AD + LARGE
#define CONST(gpa) .8byte ((gpa) + P + U + AD + LARGE) | XD
#define DATA(gpa)  .8byte ((gpa) + P + W + U + AD + LARGE) | XD

    .section .data
    .balign 4096
    .globl boot_root
boot_root:
    .8byte  GPA(identity_1g) + P + W
    .8byte  GPA(map_1g) + P + W
    .8byte  GPA(image_1g) + P + W
    .fill   509, 8, 0

    .globl ring3_root
ring3_root:
    .8byte  0
    .8byte  GPA(map_1g) + P + W + U
    .8byte  GPA(image_1g) + P + W + U
    .fill   509, 8, 0

identity_1g:
    .8byte  GPA(identity_2m) + P + W
    .fill   511, 8, 0
identity_2m:
    CODE(0)                                 # the trampoline is here
    CODE(KERNEL_TEXT)
    CONST(KERNEL_RODATA)
    DATA(KERNEL_DATA)
    .fill   508, 8, 0

image_1g:
    .8byte  GPA(image_2m) + P + W + U
    .fill   511, 8, 0
image_2m:
    .8byte  0
    CODE(KERNEL_TEXT)
    CONST(KERNEL_RODATA)
    DATA(KERNEL_DATA)
    .fill   508, 8, 0

map_1g:
    .8byte  GPA(map_2m) + P + W + U
    .8byte  GPA(map_2m + 0x1000) + P + W + U
    .8byte  GPA(map_2m + 0x2000) + P + W + U
    .8byte  GPA(map_2m + 0x3000) + P + W + U
    .fill   508, 8, 0

# The first three GiB are memory, the fourth has the devices.
map_2m:
    DATA(0)
    CONST(KERNEL_TEXT)
    CONST(KERNEL_RODATA)
    .set    gpa, KERNEL_DATA
    .rept   3 * 512 - 3
    DATA(gpa)
    .set    gpa, gpa + 0x200000
    .endr
    .rept   512
    DATA(gpa + UNCACHED)
    .set    gpa, gpa + 0x200000
    .endr
    .section .note.GNU-stack, "", @progbits
