/*
 * map.h: where things are on the board: addresses and interrupt numbers as on QEMU's `virt` board.
 *
 * Guests should not know these numbers: the device tree tells them (tree.h).
 */
#ifndef TRIVIUM_EMU_BOARD_MAP_H
#define TRIVIUM_EMU_BOARD_MAP_H

#include <stdint.h>

/* gpa of the first byte of each */
#define MAP_SYSCON UINT64_C(0x00100000)
#define MAP_CLINT  UINT64_C(0x02000000)
#define MAP_PLIC   UINT64_C(0x0c000000)
#define MAP_UART   UINT64_C(0x10000000)
#define MAP_VIRTIO UINT64_C(0x10001000) /* the first of its slots */
#define MAP_RAM    UINT64_C(0x80000000)

/* Where a kernel stands that is no ELF file: firmware has the 2 MiB below (RISC-V Linux does so).
 */
#define MAP_KERNEL (MAP_RAM + UINT64_C(0x200000))

/* Sources of the PLIC */
enum { MAP_IRQ_VIRTIO = 1, MAP_IRQ_UART = 10 };

#define MAP_TIMEBASE 10000000 /* ticks of `time` in a second */

#endif
