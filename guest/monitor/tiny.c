/*
 * tiny.c: the monitor's guest: a kernel of one page, with one program, that tells what happens to
 * it.
 *
 * It runs bare, with the processor as it is, and under the monitor; what it prints, its trace of
 * events, must be the same (Popek and Goldberg's *equivalence*). So it does all that a kernel does
 * to a processor: CSRs, traps of its own and of a program, an address space, a timer, code that
 * changes. And it uses the planted register (CSR 0x800, `trivium run --plant`), as kernels for x86
 * used pushf and popf: to see and switch whether interrupts are enabled. There lies the trap.
 *
 *     trivium run --on interp --plant --kernel build/guest/rv64/tiny
 *
 * Times are not told: they are never the same.
 */
#include "guest/monitor/tiny.h"

/* Fields of sstatus (PLANTED has ENABLED where that has it), and of entries of page tables. */
#define ENABLED  UINT64_C(2)
#define SPP      UINT64_C(0x100)
#define SPIE     UINT64_C(0x20)
#define SUM      UINT64_C(0x40000)
#define LEAF     UINT64_C(0xc1) /* D A V; rights come to it */

#define USER_GVA UINT64_C(0x10000000)
#define NOWHERE  (UINT64_C(1) << 45)
#define TICK     UINT64_C(20000) /* of 10 MHz */

enum { CALL_SAY = 1, CALL_WAIT = 2, CALL_TICKS = 3, CALL_EXIT = 4 };

extern uint8_t user_page[], text_start[], text_end[], changing[];
void kernel_change(void); /* `changing`, as a function */

static uint64_t root[512] __attribute__((aligned(4096)));
static uint64_t middle[512] __attribute__((aligned(4096)));
static uint64_t last[512] __attribute__((aligned(4096)));
static volatile uint64_t ticks;

/* pushf and popf, as it were. */
static uint64_t flags_get(void)
{
    return csr_get(PLANTED);
}

static void flags_put(uint64_t flags)
{
    csr_put(PLANTED, flags);
}

static void tell_flags(const char *where)
{
    uint64_t flags = flags_get();

    print(where, NULL);
    print(": mode %, interrupts %\n", NUMBERS(flags >> 8, flags >> 1 & 1));
}

static void arm(void)
{
    sbi(SBI_TIMER, csr_get(TIME) + TICK);
}

static void tick(void)
{
    ticks++;
    print("timer: tick %\n", NUMBERS(ticks));
    if (ticks % 3 != 0)
        arm();
    else
        sbi(SBI_TIMER, UINT64_MAX);
}

static void call(struct frame *frame)
{
    frame->pc += 4;
    switch (frame->x[A7]) {
    case CALL_SAY: print("program: says %\n", NUMBERS(frame->x[A0])); break;
    case CALL_WAIT: arm(); break;
    case CALL_TICKS: frame->x[A0] = ticks; break;
    case CALL_EXIT:
        print("program: ends with %\n", NUMBERS(frame->x[A0]));
        frame->status |= SPP | SPIE; /* and the kernel goes on, on a fresh stack */
        frame->pc = (uint64_t)kernel_change;
        frame->x[SP] = (uint64_t)kernel_stack_end;
        break;
    default: print("program: no call %\n", NUMBERS(frame->x[A7]));
    }
}

void kernel_trap(struct frame *frame)
{
    uint64_t cause = csr_get(SCAUSE), value = csr_get(STVAL);

    if (cause >> 63 != 0) {
        tick();
        return;
    }
    if (cause == 8) {
        call(frame);
        return;
    }
    print("trap: cause % from mode %, pc %, stval %\n",
          NUMBERS(cause, frame->status >> 8 & 1, frame->pc, cause == 3 ? 0 : value));
    tell_flags("  in the handler");
    if (cause == 12) /* nothing is where it jumped: back to the caller */
        frame->pc = frame->x[1];
    else
        frame->pc += 4;
}

/* CSRs keep what can be kept, and nothing else. */
static void registers(void)
{
    csr_put(SSCRATCH, UINT64_C(0x123456789abcdef0));
    csr_set(SSCRATCH, 15);
    print("sscratch %\n", NUMBERS(csr_get(SSCRATCH)));
    csr_put(SSCRATCH, 0);
    csr_put(SEPC, UINT64_MAX);
    print("sepc % scause %\n", NUMBERS(csr_get(SEPC) & 7, csr_get(SCAUSE)));
    csr_put(SIE, UINT64_MAX);
    print("sie %\n", NUMBERS(csr_get(SIE) & 0x222));
    csr_put(SIE, 0x20);
    csr_set(SSTATUS, SUM);
    print("sstatus.SUM %\n", NUMBERS(csr_get(SSTATUS) >> 18 & 1));
    csr_clear(SSTATUS, SUM);
    print("sstatus.SUM %\n", NUMBERS(csr_get(SSTATUS) >> 18 & 1));
}

/* What is illegal for it bare is illegal for it here. */
static void mistakes(void)
{
    __asm__ volatile("csrr t0, mhartid" ::: "t0");
    __asm__ volatile("csrw cycle, zero");
    __asm__ volatile("ebreak");
    __asm__ volatile("ld t0, 0(%0)" ::"r"(NOWHERE) : "t0");
    __asm__ volatile("sd zero, 0(%0)" ::"r"(NOWHERE));
    __asm__ volatile(".word 0xffffffff");
}

/* Reads and switches the interrupts by the planted register, as a spin lock would. */
static void interrupts(void)
{
    uint64_t before;

    tell_flags("at first");
    flags_put(ENABLED);
    tell_flags("enabled");
    print("sstatus.SIE %\n", NUMBERS(csr_get(SSTATUS) >> 1 & 1));
    before = flags_get();
    flags_put(0);
    tell_flags("in the lock");
    arm();
    while ((csr_get(SIP) & 0x20) == 0) /* it is due, but must not come */
        __asm__ volatile("wfi");
    print("out of the lock\n", NULL);
    flags_put(before);
    for (unsigned i = 0; ticks < 3 && i < 100; i++)
        __asm__ volatile("wfi");
    if (ticks < 3)
        print("the timer did not come\n", NULL);
    flags_put(0);
}

static void address_space(void)
{
    root[2] = UINT64_C(0x80000000) >> 2 | LEAF | 0xe;
    root[0] = (uint64_t)middle >> 2 | 1;
    middle[USER_GVA >> 21 & 511] = (uint64_t)last >> 2 | 1;
    last[0] = (uint64_t)user_page >> 2 | LEAF | 0x1a; /* U X R */
    csr_put(SATP, UINT64_C(8) << 60 | (uint64_t)root >> 12);
    __asm__ volatile("sfence.vma" ::: "memory");
    print("paging: satp %\n", NUMBERS(csr_get(SATP) >> 60));
    __asm__ volatile("ld t0, 0(%0)" ::"r"(UINT64_C(0x40000000)) : "t0");
    __asm__ volatile("sd zero, 0(%0)" ::"r"(UINT64_C(0x40000000)));
    __asm__ volatile("ld t0, 0(%0)" ::"r"(USER_GVA) : "t0"); /* no SUM */
    __asm__ volatile("jalr %0" ::"r"(UINT64_C(0x40000000)) : "ra");
    csr_set(SSTATUS, SUM);
    print("the program's first word is %\n", NUMBERS(*(volatile uint32_t *)USER_GVA));
    csr_clear(SSTATUS, SUM);
}

/* Its own code, as data: what is read is what was written, whatever is executed. */
static void own_code(void)
{
    uint64_t planted = 0, sum = 0;

    for (const uint8_t *at = text_start; at < text_end; at += 4) {
        uint32_t word = *(const volatile uint32_t *)(const void *)at;

        planted += word >> 20 == PLANTED && (word & 127) == 0x73;
        sum = sum * 31 + word;
    }
    print("my code has % planted instructions, and the sum %\n", NUMBERS(planted, sum));
}

/* After the program: changes the instruction at `changing`, from li a0, 1 to csrr a0, 0x800. */
void kernel_change(void)
{
    uint64_t got;

    __asm__ volatile("la ra, 1f; j changing; 1: mv %0, a0" : "=r"(got)::"ra", "a0");
    print("changing code: first %\n", NUMBERS(got));
    *(volatile uint32_t *)(void *)changing = 0x80002573;
    __asm__ volatile("fence.i" ::: "memory");
    __asm__ volatile("la ra, 1f; j changing; 1: mv %0, a0" : "=r"(got)::"ra", "a0");
    print("changing code: then %\n", NUMBERS(got));
    own_code();
    flags_put(0);
    csr_put(SATP, 0);
    print("the end\n", NULL);
    sbi(SBI_RESET, 0);
    for (;;)
        ;
}

void kernel_main(void)
{
    struct frame program = {.pc = USER_GVA, .status = SPIE};

    print("tiny: hello\n", NULL);
    registers();
    mistakes();
    interrupts();
    own_code();
    address_space();
    csr_put(SCOUNTEREN, 2);
    ticks = 0;
    frame_go(&program);
}

__asm__(".text\n"
        ".balign 4\n"
        "changing: li a0, 1\n"
        "    ret\n"
        /* The program. It has no stack, and only its page. */
        "    .section .user, \"ax\"\n"
        "user_start:\n"
        "    li a7, 1\n"
        "    li a0, 0x42\n"
        "    ecall\n"
        "    csrr a0, 0x800\n" /* which mode am I in? */
        "    ecall\n"
        "    csrw 0x800, zero\n" /* interrupts off? not by me */
        "    csrr a0, 0x800\n"
        "    ecall\n"
        "    csrr a0, sstatus\n" /* illegal, as is all of this: */
        "    wfi\n"
        "    sret\n"
        "    sfence.vma\n"
        "    lui t0, 0x40100\n"
        "    slli t0, t0, 1\n"
        "    ld a0, 0(t0)\n" /* the kernel's code */
        "    sd zero, 0(t0)\n"
        "    ebreak\n"
        "    rdtime t0\n"  /* allowed */
        "    rdcycle t0\n" /* not */
        "    auipc t0, 0\n"
        "    sd zero, 0(t0)\n" /* its page is not to be written */
        "    li a7, 9\n"
        "    ecall\n"
        "    li a7, 2\n"
        "    ecall\n"
        "    li s0, 3\n"
        "1:  li a7, 3\n"
        "    ecall\n"
        "    bne a0, s0, 1b\n"
        "    li a7, 4\n"
        "    li a0, 7\n"
        "    ecall\n"
        "    .text\n");
