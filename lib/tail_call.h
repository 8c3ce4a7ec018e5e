/*
 * tail_call.h: functions that end in a call of another, and are meant to jump there.
 *
 *     return record->handler(record, hart);
 *
 * A compiler that optimizes makes a jump of that, and the stack does not grow: gcc and clang do,
 * from -O2 on or with -foptimize-sibling-calls, where both functions have the same type and no
 * local variable's address is around. But C does not promise it, and without optimization, or with
 * a sanitizer, it is not done. So who goes from function to function in this manner is compiled
 * with that option, and asks here how long he may do so without returning.
 */
#ifndef TRIVIUM_LIB_TAIL_CALL_H
#define TRIVIUM_LIB_TAIL_CALL_H

/* Frames of some hundred bytes each have to fit on a stack of 8 MiB, with room to spare. */
#if defined __OPTIMIZE__ && !defined __SANITIZE_ADDRESS__
#define TAIL_CALLS_MAX (INT64_C(1) << 40)
#else
#define TAIL_CALLS_MAX INT64_C(4096)
#endif

#endif
