# The first instructions of the kernel, on every processor.
#
#   pvh_start         32-bit protected mode, no paging: loaders that go by the PVH note, as QEMU does
#   _start            long mode, with the loader's own page tables: our virtual machine monitor
#   trampoline        real mode: another processor, woken by an interprocessor interrupt
#
# All three meet in long_mode, with the kernel's page tables, and go on at the kernel's own addresses.
# What they know: rbx, the gpa of struct start_info (start_info.h) on the first processor; for another
# one, 0, and its page is in secondary_cpu. The kernel is linked for KERNEL_IMAGE + gpa; until the jump
# there only gpas are right. Source: Xen, docs/misc/pvh.pandoc; SDM 3A, 10.8.5 (how to enter long mode).
# Read next: tables.S, boot.c (kernel_boot)
#include "guest/kernel/arch/x86_64/map.h"
#include "guest/kernel/arch/x86_64/segments.h"

#define GPA(symbol) ((symbol) - KERNEL_IMAGE)

# Turns paging and long mode on, in 32-bit mode. Clobbers eax, ecx, edx.
.macro  long_mode_on
    movl    $CR4_VALUE, %eax
    movl    %eax, %cr4
    movl    $GPA(boot_root), %eax
    movl    %eax, %cr3
    movl    $MSR_EFER, %ecx
    movl    $(EFER_SCE | EFER_LME | EFER_NXE), %eax
    xorl    %edx, %edx
    wrmsr
    movl    $CR0_VALUE, %eax
    movl    %eax, %cr0
.endm

    .section .text.start, "ax"
    .code32
    .globl pvh_start
pvh_start:
    cli
    cld
    long_mode_on
    lgdt    GPA(gdt_low)
    ljmp    $KERNEL_CS, $GPA(long_mode)

# real mode -> protected mode -> long mode, copied to TRAMPOLINE
    .code16
    .globl trampoline
trampoline:
    cli
    xorl    %eax, %eax
    movw    %ax, %ds
    lgdtl   TRAMPOLINE + (trampoline_gdt - trampoline)
    movl    $1, %eax
    movl    %eax, %cr0
    ljmpl   $0x18, $(TRAMPOLINE + (trampoline_32 - trampoline))
    .code32
trampoline_32:
    movw    $KERNEL_SS, %ax
    movw    %ax, %ds
    long_mode_on
    xorl    %ebx, %ebx
    ljmp    $KERNEL_CS, $GPA(long_mode)
    .balign 4
trampoline_gdt:
    .2byte  gdt_end - gdt - 1
    .4byte  GPA(gdt)
    .globl trampoline_end
trampoline_end:

    .code64
    .globl _start
_start:
    cli
    cld
    movl    $MSR_EFER, %ecx             # the loader has long mode on, but perhaps not NXE
    movl    $(EFER_SCE | EFER_LME | EFER_NXE), %eax
    xorl    %edx, %edx
    wrmsr
    movl    $CR4_VALUE, %eax
    movq    %rax, %cr4
    movl    $CR0_VALUE, %eax
    movq    %rax, %cr0
    movl    $GPA(boot_root), %eax
    movq    %rax, %cr3
    lgdt    GPA(gdt_low)
    # A far return is the only way to a new CS in long mode. It needs a stack: the boot processor's.
    movl    $GPA(boot_cpu_page) + 4096, %esp
    pushq   $KERNEL_CS
    pushq   $GPA(long_mode)
    lretq

long_mode:
    movabsq $1f, %rax
    jmp     *%rax
1:  lgdt    gdt_high(%rip)
    movl    $KERNEL_SS, %eax
    movl    %eax, %ss
    xorl    %eax, %eax
    movl    %eax, %ds
    movl    %eax, %es
    movl    %eax, %fs
    movl    %eax, %gs
    xorl    %ebp, %ebp                  # no caller: panic stops here
    testl   %ebx, %ebx
    jz      2f
    leaq    boot_cpu_page(%rip), %rdi
    leaq    4096(%rdi), %rsp
    movq    %rbx, %rsi
    call    kernel_boot                 # (cpu, gpa of start_info)
2:  movq    secondary_cpu(%rip), %rdi
    leaq    4096(%rdi), %rsp
    call    secondary_boot              # (cpu)

# Until the processor has its own (processor.c), in which the same selectors mean the same.
    .section .rodata
    .balign 8
gdt:
    .8byte  0
    .8byte  0x00af9b000000ffff          # KERNEL_CS: 64-bit code, ring 0
    .8byte  0x00cf93000000ffff          # KERNEL_SS: data
    .8byte  0x00cf9b000000ffff          # 0x18: 32-bit code, for the trampoline
gdt_end:
gdt_low:
    .2byte  gdt_end - gdt - 1
    .8byte  GPA(gdt)
gdt_high:
    .2byte  gdt_end - gdt - 1
    .8byte  gdt

# The note by which a loader knows where to enter: XEN_ELFNOTE_PHYS32_ENTRY.
    .section .note.pvh, "a", @note
    .balign 4
    .4byte  4, 8, 18
    .asciz  "Xen"
    .8byte  GPA(pvh_start)
    .section .note.GNU-stack, "", @progbits
