/* What the hostile guests of this folder share. Each is a kernel of a few instructions: entered in long
 * mode and ring 0, at its own address, with the loader's tables, no stack and no interrupt descriptor
 * table (kvm/boot.h). For assembly. */
#define COM1    0x3f8
#define SYSCON  0xd0010000
#define VIRTIO  0xd0000000
#define NOWHERE 0xd0700000

/* The loader maps the first GiB only; two more entries of its PDPT map gpa 3 GiB to 4 GiB, with pages of
 * 1 GiB, which every processor that KVM runs on has. */
.macro map_devices
    movl    $0x12000, %eax                  /* VM_LOADER + PDPT */
    movq    $0xc0000083, %rcx
    movq    %rcx, 24(%rax)
    movq    %cr3, %rax
    movq    %rax, %cr3
.endm

.macro power_off status
    movl    $SYSCON, %eax
    movl    $(\status << 16 | 0x3333), (%rax)
1:  hlt
    jmp     1b
.endm

/* A letter, to show how far it came. */
.macro say letter
    movw    $COM1, %dx
    movb    $\letter, %al
    outb    %al, %dx
.endm
