/*
 * host_x86_64.c: what CPUID says, and the timed loops in machine code; see host_arch.h.
 *
 * In each loop an operation needs the result of the one before, so its latency is what is seen, and
 * no compiler or processor can leave any out.
 */
#include "lib/host_arch.h"

#include <cpuid.h>
#include <elf.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <ucontext.h>

#define CPUID_FEATURES          1u
#define CPUID_ECX_HYPERVISOR    (1u << 31) /* SDM 2A, CPUID: always 0 on a real processor */
#define CPUID_HYPERVISOR_VENDOR 0x40000000u
#define CPUID_MORE_FEATURES     7u
#define CPUID_EBX_BMI2          (1u << 8)

unsigned host_arch_machine(void)
{
    return EM_X86_64;
}

/* Not by __builtin_cpu_supports(): its constructor asks for everything at each start, and in a
 * virtual machine each CPUID is an exit. */
bool host_arch_has_bmi2(void)
{
    unsigned eax, ebx = 0, ecx, edx;

    return __get_cpuid_count(CPUID_MORE_FEATURES, 0, &eax, &ebx, &ecx, &edx) != 0 &&
           (ebx & CPUID_EBX_BMI2) != 0;
}

bool host_arch_registers(void *context, struct host_registers *registers)
{
    greg_t *general = ((ucontext_t *)context)->uc_mcontext.gregs;

    *registers = (struct host_registers){.rip = (uint64_t *)&general[REG_RIP],
                                         .rax = (uint64_t *)&general[REG_RAX],
                                         .r15 = (uint64_t *)&general[REG_R15]};
    return true;
}

bool host_arch_state(pid_t pid, struct host_state *state)
{
    struct user_regs_struct registers;

    if (ptrace(PTRACE_GETREGS, pid, NULL, &registers) < 0)
        return false;
    *state = (struct host_state){
        .pc = registers.rip,
        .registers = {registers.rax, registers.rcx, registers.rdx, registers.rbx, registers.rsp,
                      registers.rbp, registers.rsi, registers.rdi, registers.r8, registers.r9,
                      registers.r10, registers.r11, registers.r12, registers.r13, registers.r14,
                      registers.r15},
    };
    return true;
}

bool host_arch_hypervisor(char vendor[13])
{
    unsigned eax, ebx, ecx, edx;

    vendor[0] = '\0';
    __cpuid(CPUID_FEATURES, eax, ebx, ecx, edx);
    if ((ecx & CPUID_ECX_HYPERVISOR) == 0)
        return false;
    __cpuid(CPUID_HYPERVISOR_VENDOR, eax, ebx, ecx, edx);
    memcpy(vendor, &ebx, 4);
    memcpy(vendor + 4, &ecx, 4);
    memcpy(vendor + 8, &edx, 4);
    vendor[12] = '\0';
    return true;
}

static void add(uint64_t count)
{
    uint64_t sum = 1;

    __asm__ volatile("1: .rept 64\n\t"
                     "add %[three], %[sum]\n\t"
                     ".endr\n\t"
                     "sub $64, %[count]\n\t"
                     "ja 1b"
                     : [sum] "+r"(sum), [count] "+r"(count)
                     : [three] "r"(UINT64_C(3))
                     : "cc");
}

/* A ring of pointers, in an order that is not that of the addresses. */
static void load(uint64_t count)
{
    void *ring[64], *at = ring;

    for (size_t i = 0; i < 64; i++)
        ring[i] = &ring[(i * 37 + 11) % 64];
    __asm__ volatile("1: .rept 64\n\t"
                     "mov (%[at]), %[at]\n\t"
                     ".endr\n\t"
                     "sub $64, %[count]\n\t"
                     "ja 1b"
                     : [at] "+r"(at), [count] "+r"(count)
                     :
                     : "cc", "memory");
}

static void indirect_jump(uint64_t count)
{
    __asm__ volatile("1: .rept 16\n\t"
                     "lea 2f(%%rip), %%rcx\n\t"
                     "jmp *%%rcx\n\t"
                     "nop\n"
                     "2:\n\t"
                     ".endr\n\t"
                     "sub $16, %[count]\n\t"
                     "ja 1b"
                     : [count] "+r"(count)
                     :
                     : "cc", "rcx");
}

static void float_add(uint64_t count)
{
    double sum = 1;

    __asm__ volatile("1: .rept 64\n\t"
                     "addsd %[small], %[sum]\n\t"
                     ".endr\n\t"
                     "sub $64, %[count]\n\t"
                     "ja 1b"
                     : [sum] "+x"(sum), [count] "+r"(count)
                     : [small] "x"(0.001)
                     : "cc");
}

static void divide_32(uint64_t count)
{
    uint32_t quotient = 0, rest;

    __asm__ volatile("1: .rept 16\n\t"
                     "and $0, %%eax\n\t" /* the dividend waits for the quotient before */
                     "add %[dividend], %%eax\n\t"
                     "xor %%edx, %%edx\n\t"
                     "divl %[divisor]\n\t"
                     ".endr\n\t"
                     "sub $16, %[count]\n\t"
                     "ja 1b"
                     : "+a"(quotient), "=&d"(rest), [count] "+r"(count)
                     : [dividend] "r"(UINT32_C(1000003)), [divisor] "r"(UINT32_C(17))
                     : "cc");
}

static void divide_64(uint64_t count, uint64_t dividend, uint64_t divisor)
{
    uint64_t quotient = 0, rest;

    __asm__ volatile("1: .rept 16\n\t"
                     "and $0, %%rax\n\t"
                     "add %[dividend], %%rax\n\t"
                     "xor %%edx, %%edx\n\t"
                     "divq %[divisor]\n\t"
                     ".endr\n\t"
                     "sub $16, %[count]\n\t"
                     "ja 1b"
                     : "+a"(quotient), "=&d"(rest), [count] "+r"(count)
                     : [dividend] "r"(dividend), [divisor] "r"(divisor)
                     : "cc");
}

static void divide_64_small(uint64_t count)
{
    divide_64(count, 1000003, 17);
}

static void divide_64_large(uint64_t count)
{
    divide_64(count, UINT64_C(0xfedcba9876543210), 3);
}

const struct host_arch_loops *host_arch_loops(void)
{
    static const struct host_arch_loops loops = {
        .add = add,
        .load = load,
        .indirect_jump = indirect_jump,
        .float_add = float_add,
        .divide_32 = divide_32,
        .divide_64_small = divide_64_small,
        .divide_64_large = divide_64_large,
    };

    return &loops;
}
