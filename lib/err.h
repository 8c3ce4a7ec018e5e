/*
 * err.h: how a failure travels from the place that saw it to the user.
 *
 * The protocol, for every function that can fail because of the host or of its input:
 *   - it returns -1 (or NULL) and has filled the `struct err` it was given;
 *   - callers add what *they* were doing with err_wrap() and pass it up;
 *   - main prints it once, with err_print().
 *
 * Three kinds of trouble, three answers. A bug of ours: assert(). A guest's mistake: a trap of the
 * guest or a named reason, never an err. The host or the user's input: an err.
 * Out of memory while starting up is not worth a path of its own: err_die_oom().
 */
#ifndef TRIVIUM_LIB_ERR_H
#define TRIVIUM_LIB_ERR_H

#include <stddef.h>
#include <stdio.h>

struct err {
    int code;       /* the host's errno, 0 when no host call was involved */
    char text[768]; /* what was tried and what was said, one line, no newline */
    char hint[512]; /* what the user can do about it; empty when we do not know */
};

/* Each returns -1, so that `return err_set(...)` reads well. */

/* A failure that the host did not report: bad input, an impossible request. */
int err_set(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A host call failed with `errnum`: the text becomes "FORMAT: strerror(errnum)". */
int err_sys(struct err *err, int errnum, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Put the caller's own "FORMAT: " before what is already there. */
int err_wrap(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Say what the user can do. Keeps an earlier hint: the place nearest the cause knows best. */
int err_hint(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "trivium: TEXT" and, when there is one, "  try: HINT", to `out`. */
void err_print(const struct err *err, FILE *out);

/* Out of memory at start: say so and exit with status 125. */
_Noreturn void err_die_oom(void);

#endif
