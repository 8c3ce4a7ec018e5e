/*
 * map.h: where the monitor is; for C and for assembly.
 *
 * It is loaded at 0x80200000, and runs at MONITOR_MAP plus that: the GiB of physical memory that it
 * is in is mapped there in each of its guest's address spaces, for S mode alone. The guest cannot
 * have anything of its own there, and that is the one thing that it could notice.
 */
#ifndef TRIVIUM_GUEST_MONITOR_MAP_H
#define TRIVIUM_GUEST_MONITOR_MAP_H

#define MONITOR_MAP 0xffffffc000000000

/* Members of struct guest: main.c holds them against guest.h. */
#define GUEST_PC 256
#define GUEST_SP 264

#endif
