/*
 * check.h: in the place of Check's, for tests/unit/kvm_host.h in a grader: what must hold there
 * holds, or the grader crashes. So a student need not have that package.
 */
#ifndef TRIVIUM_LABS_08_VMM_STUB_CHECK_H
#define TRIVIUM_LABS_08_VMM_STUB_CHECK_H

#include <assert.h>

#define ck_assert(condition)     assert(condition)
#define ck_assert_int_ge(a, b)   assert((a) >= (b))
#define ck_assert_int_eq(a, b)   assert((a) == (b))
#define ck_assert_msg(what, ...) assert(what)

#endif
