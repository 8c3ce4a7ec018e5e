/* The page that our kernel shows to every program, and what both sides compute from it: the time
 * without a system call, and on some machines a quicker way into the kernel. Linux has its vDSO for
 * that; it is found there by AT_SYSINFO_EHDR, and this page by an entry of the auxiliary vector
 * that Linux has not.
 *
 *   offset 0     struct shared_page
 *          64    code, if AT_SYSINFO says so: to be called with registers as for the ISA's own
 *                instruction; it returns as after that
 */
#ifndef TRIVIUM_GUEST_LIB_SHARED_PAGE_H
#define TRIVIUM_GUEST_LIB_SHARED_PAGE_H

#include <stdint.h>

#define AT_SYSINFO             32
#define AT_TRIVIUM_SHARED_PAGE 0x74726976 /* "triv" */

enum { SHARED_PAGE_CODE = 64 };

struct shared_page {
    uint64_t multiplier; /* nanoseconds in a tick of the clock, times 2^32 */
};

__extension__ typedef unsigned __int128 uint128;

/* What the multiplier is for that many ticks in a second. */
static inline uint64_t shared_page_multiplier(uint64_t ticks_per_second)
{
    return (UINT64_C(1000000000) << 32) / ticks_per_second;
}

/* Nanoseconds since the clock began. Never goes back, as ticks do not. */
static inline uint64_t shared_page_ns(uint64_t ticks, uint64_t multiplier)
{
    return (uint64_t)((uint128)ticks * multiplier >> 32);
}

#endif
