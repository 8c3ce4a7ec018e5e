/* What start.c keeps for the rest of the library. Internal. */
#ifndef TRIVIUM_GUEST_LIB_START_H
#define TRIVIUM_GUEST_LIB_START_H

/* C's first function, called by crt0 with the initial stack pointer. */
_Noreturn void guest_start(long *stack);

/* argv[0] without its folders, for messages of the library itself. */
const char *start_program_name(void);

#endif
