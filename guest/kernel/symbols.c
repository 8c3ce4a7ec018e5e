/* Which function is at an address. */
#include "guest/kernel/symbols.h"

#include <stddef.h>

const char *symbol_find(uint64_t address, uint64_t *offset)
{
    if (address < symbols[0].address)
        return NULL;
    const struct symbol *symbol = symbols;
    while (symbol->name && address >= symbol[1].address)
        symbol++;
    *offset = address - symbol->address;
    return symbol->name;
}
