# A program that does by hand what `syscall` does where KVM emulates ring 0: it leaves its own address in rcx,
# its flags in r11, and jumps to the kernel's entry, which it may not execute. ENTRY is that address, and
# RETURN where it wants to come back to; the test chooses both.
    .globl _start
_start:
    movl    $1, %eax                        # write(1, text, 5)
    movl    $1, %edi
    leaq    text(%rip), %rsi
    movl    $5, %edx
    movabsq $RETURN, %rcx
    cmpq    $0, %rcx
    jne     1f
    leaq    back(%rip), %rcx
1:  movq    $0x3246, %r11                   # IOPL 3, and what a program may have
    movabsq $ENTRY, %rax
    pushq   %rax
    movl    $1, %eax
    ret
back:
    pushfq                                  # exit(IOPL of the flags that we came back with)
    popq    %rdi
    shrl    $12, %edi
    andl    $3, %edi
    movl    $60, %eax
    syscall
text:
    .ascii  "back\n"
