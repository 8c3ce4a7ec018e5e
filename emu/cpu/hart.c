/* hart.c: names of the causes of a trap. */
#include "emu/cpu/hart.h"

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
    case TRAP_FETCH_PAGE: return "instruction page fault";
    case TRAP_LOAD_PAGE: return "load page fault";
    case TRAP_STORE_PAGE: return "store page fault";
    }
    return "unknown trap";
}
