/* Numbers in boot arguments: what this architecture has in place of a device tree.
 *
 *   cpus=N                   processors, with the numbers 0 .. N - 1 as their local APICs'
 *   ring=0, ring=3           where the kernel runs (ring3.c): the first word of all, or it is
 *                            found out
 *   pic=none                 there are no interrupt controllers but the APICs
 *   tsc_hz=N lapic_hz=N      how fast the time stamp counter and the local APIC's timer count;
 *                            without them they are measured (apic.c)
 *   entry=syscall|int3       how programs make system calls (entry.c); without it that is found out
 *   uart=ADDRESS,LINE        a 16550, at a port if that is below 0x10000; without it COM1
 *   virtio0=ADDRESS,LINE     virtio-mmio transports, up to virtio7
 *   copier=ADDRESS           the device that copies pages (batch.h)
 *   power=ADDRESS            the power-off device (boot.c); power=PORT,VALUE: writing that 16-bit
 * value to the port ends the machine, without a status
 */
#ifndef TRIVIUM_GUEST_KERNEL_ARCH_X86_64_WORDS_H
#define TRIVIUM_GUEST_KERNEL_ARCH_X86_64_WORDS_H

#include "guest/kernel/kernel.h"

/* Reads the numbers, separated by commas, behind `name` ("uart="): decimal or 0x. Returns how many
 * there were, at most count; 0 if there is no such word. Panics on what is no number. */
size_t words_numbers(const char *name, uint64_t *numbers, size_t count);

#endif
