/*
 * cover_exit.c: makes _exit() write down what was covered. `make cover` links it in.
 *
 * gcov writes its counters at exit(). Every emulated process ends by _exit(), lest it flush what
 * belongs to its parent, so without this nothing of emu/user would seem to be reached. A process
 * that is killed still tells nothing.
 */

/* NOLINTBEGIN(bugprone-reserved-identifier): the names are the linker's (--wrap) and gcov's. */
void __gcov_dump(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);

_Noreturn void __wrap__exit(int status)
{
    __gcov_dump();
    __real__exit(status);
}
/* NOLINTEND(bugprone-reserved-identifier) */
