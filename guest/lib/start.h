/* What start.c keeps for the rest of the library. Internal. */
#ifndef TRIVIUM_GUEST_LIB_START_H
#define TRIVIUM_GUEST_LIB_START_H

/* C's first function, called by crt0 with the initial stack pointer. */
_Noreturn void guest_start(long *stack);

/* argv[0] without its folders, for messages of the library itself. */
const char *start_program_name(void);

struct shared_page;

/* The page that our kernel shows (shared_page.h); NULL: another kernel. */
extern const struct shared_page *start_shared_page;

/* Where its code for system calls is; NULL: the ISA's own instruction does it. */
extern const void *start_system_entry;

#endif
