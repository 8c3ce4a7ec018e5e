/* report.c: the line that tells where and why a guest program died; see report.h. */
#include "emu/user/report.h"

#include "emu/isa/decode.h"
#include "emu/isa/disasm.h"
#include "lib/elf.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int report_signal(enum trap_cause cause)
{
    switch (cause) {
    case TRAP_ILLEGAL: return SIGILL;
    case TRAP_BREAKPOINT: return SIGTRAP;
    case TRAP_FETCH_MISALIGNED:
    case TRAP_LOAD_MISALIGNED:
    case TRAP_STORE_MISALIGNED:
    case TRAP_FETCH_ACCESS:
    case TRAP_LOAD_ACCESS:
    case TRAP_STORE_ACCESS: return SIGBUS;
    case TRAP_FETCH_PAGE:
    case TRAP_LOAD_PAGE:
    case TRAP_STORE_PAGE:
    case TRAP_ECALL_U:
    case TRAP_ECALL_S:
    case TRAP_ECALL_M: break;
    }
    return SIGSEGV;
}

/* In user mode, memory that may be accessed but is not there has one cause (fault.h). */
static const char *describe_trap(const struct trap *trap)
{
    if (trap->cause == TRAP_LOAD_ACCESS)
        return "access beyond the end of a mapped file";
    return trap_name(trap->cause);
}

/* " at 0x1234" for traps that have an address other than pc. */
static void describe_address(const struct trap *trap, char *text, size_t size)
{
    text[0] = '\0';
    if (trap->cause != TRAP_ILLEGAL && trap->cause != TRAP_BREAKPOINT)
        snprintf(text, size, " at 0x%" PRIx64, trap->value);
}

/* " <main+0x28>", or nothing: the file is read again, and may have changed or gone. */
static void describe_place(const struct process *process, char *text, size_t size)
{
    struct elf_image image;
    struct elf_symbols *symbols;
    const char *name;
    uint64_t offset;
    struct err ignored;

    text[0] = '\0';
    if (elf_open(&image, process->program.path, &ignored) == -1)
        return;
    symbols = elf_symbols_new(&image);
    name = elf_symbols_find(symbols, process->hart.pc, &offset);
    if (name != NULL)
        snprintf(text, size, " <%s+0x%" PRIx64 ">", name, offset);
    elf_symbols_free(symbols);
    elf_close(&image);
}

/* ": ld a0, 0(a5)", or nothing when there is no instruction to be read at pc. */
static void describe_instruction(const struct process *process, char *text, size_t size)
{
    char assembly[64];
    struct insn insn;
    uint64_t fault;
    uint32_t word;

    text[0] = '\0';
    if (!mem_fetch(&process->machine.mem, process->hart.pc, &word, &fault))
        return;
    isa_decode(word, &insn); /* an illegal word has a text, too */
    isa_disasm_abi(&insn, process->hart.pc, assembly, sizeof assembly);
    snprintf(text, size, ": %s", assembly);
}

void report_fatal_trap(const struct process *process)
{
    const struct hart *hart = &process->hart;
    char address[32], place[160], instruction[80];

    describe_address(&hart->trap, address, sizeof address);
    describe_place(process, place, sizeof place);
    describe_instruction(process, instruction, sizeof instruction);
    dprintf(STDERR_FILENO, "trivium: %s (process %d): %s%s, pc 0x%" PRIx64 "%s%s\n",
            process_name(process), (int)getpid(), describe_trap(&hart->trap), address, hart->pc,
            place, instruction);
}
