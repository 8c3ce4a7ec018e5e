/*
 * unit_main.h: runs a Check suite and prints its result as TAP on standard output.
 *
 * Every unit test program ends with `int main(void) { return unit_main(suite()); }`. Each Check
 * test is one line; its name (the function's, underscores as spaces) is the sentence that is shown.
 */
#ifndef TRIVIUM_TESTS_UNIT_UNIT_MAIN_H
#define TRIVIUM_TESTS_UNIT_UNIT_MAIN_H

#include <check.h>

/* Takes the suite over. Returns what main() should: 0 when no test failed. */
int unit_main(Suite *suite);

#endif
