/* The kernel's own functions by address, for panic. */
#ifndef TRIVIUM_GUEST_KERNEL_SYMBOLS_H
#define TRIVIUM_GUEST_KERNEL_SYMBOLS_H

#include <stdint.h>

/* The table that guest/kernel/symbols.sh makes from the linked kernel: in order of address, the
 * last one without a name. */
struct symbol {
    uint64_t address;
    const char *name;
};
extern const struct symbol symbols[];

/* The name of the function that the address is in, or NULL; *offset: how far. */
const char *symbol_find(uint64_t address, uint64_t *offset);

#endif
