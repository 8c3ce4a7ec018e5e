/* printf conversions for the fixed-width types; both ISAs are LP64, so 64 bits are a long. */
#ifndef TRIVIUM_GUEST_LIB_INTTYPES_H
#define TRIVIUM_GUEST_LIB_INTTYPES_H

#include <stdint.h>

#define PRId32 "d"
#define PRIu32 "u"
#define PRIx32 "x"
#define PRId64 "ld"
#define PRIu64 "lu"
#define PRIx64 "lx"

#endif
