/* order.c: see order.h. */
#include "emu/lockstep/order.h"

#include <inttypes.h>

void order_connect(struct order *order, unsigned side, struct machine *machine)
{
    machine->stores = &order->logs[side];
    order->bases[side] = machine_is_board(machine) ? (uint64_t)(uintptr_t)machine->phys.ram : 0;
}

void order_begin(struct order *order)
{
    order->logs[0].count = order->logs[1].count = 0;
}

/* The store of that number; NULL: there were not so many, or it was overwritten by too many. */
static const struct logged_store *store_at(const struct order *order, unsigned side,
                                           uint64_t number)
{
    const struct store_log *log = &order->logs[side];

    return number < log->count && log->count - number <= STORES_MAX
               ? &log->entries[number % STORES_MAX]
               : NULL;
}

bool order_is_same(const struct order *order, uint64_t *number)
{
    const struct logged_store *a, *b;

    for (*number = 0;; (*number)++) {
        a = store_at(order, 0, *number);
        b = store_at(order, 1, *number);
        if (a == NULL || b == NULL)
            return a == b && order->logs[0].count == order->logs[1].count;
        if (a->at - order->bases[0] != b->at - order->bases[1] || a->value != b->value ||
            a->width != b->width)
            return false;
    }
}

void order_print(FILE *file, const struct order *order, unsigned side, uint64_t number)
{
    const struct logged_store *store = store_at(order, side, number);

    if (store == NULL)
        fputs("none", file);
    else
        fprintf(file, "%" PRIu64 " bytes at memory + 0x%" PRIx64 ": 0x%" PRIx64, store->width / 8,
                store->at - order->bases[side], store->value);
}
