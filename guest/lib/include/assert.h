/* assert: stop the program when it contradicts itself. Always on. */
#ifndef TRIVIUM_GUEST_LIB_ASSERT_H
#define TRIVIUM_GUEST_LIB_ASSERT_H

/* Prints where and what, and aborts the program (SIGABRT). */
_Noreturn void assert_failed(const char *condition, const char *file, int line);

#define assert(condition) ((condition) ? (void)0 : assert_failed(#condition, __FILE__, __LINE__))

#endif
