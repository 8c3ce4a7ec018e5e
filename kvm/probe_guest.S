# The guest of probe.c: a few instructions that end in `out`, each to a port of its own. It runs wherever
# it is put, at its own address. Nothing here is executed on the host.

    .section .rodata
    .globl probe_guest, probe_guest_end
    .globl probe_loop_ring0, probe_loop_ring3, probe_exits, probe_syscall, probe_int
    .globl probe_on_syscall, probe_on_int, probe_on_breakpoint, probe_on_fault
probe_guest:

# rdi: how many turns, of two instructions
probe_loop_ring0:
    decq    %rdi
    jnz     probe_loop_ring0
    outb    %al, $0xf0
probe_loop_ring3:
    decq    %rdi
    jnz     probe_loop_ring3
    int3                                # the one trap that is the same everywhere

probe_exits:
    outb    %al, $0xf0
    jmp     probe_exits

probe_syscall:
    syscall
    int3
probe_int:
    int     $0x80
    int3

# Where those lead to, in ring 0. What is forbidden in ring 3 ends at probe_on_fault.
probe_on_syscall:
    outb    %al, $0xf1
probe_on_int:
    outb    %al, $0xf2
probe_on_breakpoint:
    outb    %al, $0xf0
probe_on_fault:
    outb    %al, $0xf3
1:  jmp     1b
probe_guest_end:
    .section .note.GNU-stack, "", @progbits
