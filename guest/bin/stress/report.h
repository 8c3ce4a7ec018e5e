/* What the process of a test tells the one that started it, besides its status. Between main.c and
 * check.c only.
 */
#ifndef TRIVIUM_GUEST_BIN_STRESS_REPORT_H
#define TRIVIUM_GUEST_BIN_STRESS_REPORT_H

/* The descriptor of the pipe to the starting process, in every test. */
enum { REPORT_FD = 3 };

/* Written at once, so that it arrives whole. */
struct report {
    char reason[100]; /* why the test was skipped */
};

#endif
