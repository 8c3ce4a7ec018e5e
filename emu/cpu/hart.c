/* hart.c: reset, and the names of traps, interrupts and modes; see hart.h. */
#include "emu/cpu/hart.h"

#include "emu/cpu/csr.h"

void hart_reset(struct hart *hart, uint64_t mhartid, uint64_t pc)
{
    *hart = (struct hart){
        .pc = pc,
        .mode = MODE_M,
        .mstatus = STATUS_UXL_64 | STATUS_SXL_64,
        .menvcfg = ENVCFG_ADUE,
        .mhartid = mhartid,
    };
}

const char *trap_name(enum trap_cause cause)
{
    switch (cause) {
    case TRAP_FETCH_MISALIGNED: return "misaligned instruction address";
    case TRAP_FETCH_ACCESS: return "instruction access fault";
    case TRAP_ILLEGAL: return "illegal instruction";
    case TRAP_BREAKPOINT: return "breakpoint";
    case TRAP_LOAD_MISALIGNED: return "misaligned load";
    case TRAP_LOAD_ACCESS: return "load access fault";
    case TRAP_STORE_MISALIGNED: return "misaligned store";
    case TRAP_STORE_ACCESS: return "store access fault";
    case TRAP_ECALL_U: return "system call";
    case TRAP_ECALL_S: return "call from S mode";
    case TRAP_ECALL_M: return "call from M mode";
    case TRAP_FETCH_PAGE: return "instruction page fault";
    case TRAP_LOAD_PAGE: return "load page fault";
    case TRAP_STORE_PAGE: return "store page fault";
    }
    return "unknown trap";
}

const char *interrupt_name(enum interrupt interrupt)
{
    switch (interrupt) {
    case INTERRUPT_NONE: return "no interrupt";
    case INTERRUPT_S_SOFTWARE: return "S-mode software interrupt";
    case INTERRUPT_M_SOFTWARE: return "M-mode software interrupt";
    case INTERRUPT_S_TIMER: return "S-mode timer interrupt";
    case INTERRUPT_M_TIMER: return "M-mode timer interrupt";
    case INTERRUPT_S_EXTERNAL: return "S-mode external interrupt";
    case INTERRUPT_M_EXTERNAL: return "M-mode external interrupt";
    }
    return "unknown interrupt";
}

char mode_letter(enum mode mode)
{
    switch (mode) {
    case MODE_U: return 'U';
    case MODE_S: return 'S';
    case MODE_M: return 'M';
    }
    return '?';
}
