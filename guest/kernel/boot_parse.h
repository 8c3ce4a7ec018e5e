/* For the architecture while it boots: fills in what boot.h then shows to everybody. */
#ifndef TRIVIUM_GUEST_KERNEL_BOOT_PARSE_H
#define TRIVIUM_GUEST_KERNEL_BOOT_PARSE_H

#include "guest/kernel/boot.h"

/* What is to be filled in; all zeros at first. */
struct boot *boot_fill(void);

/* Fills in the words. Panics if there are too many. */
void boot_parse(const char *arguments);

#endif
