/*
 * own.c: the device of the seed "trivium", which is that of whoever gives no SEED.
 *
 * Another seed has other numbers, so this answer is of no use to it.
 */
#include "labs/08-vmm/own.h"

#include <stdbool.h>
#include <string.h>

void own_port(struct kvm_run *run, uint32_t *kept)
{
    //@lab 8.9 your own device
    uint8_t *data = (uint8_t *)run + run->io.data_offset;
    bool mine = run->io.port == 0x220 && run->io.size == 2;
    bool out = run->io.direction == KVM_EXIT_IO_OUT;
    uint32_t value = mine ? *kept ^ 0xba : UINT32_MAX;

    if (mine && out)
        memcpy(kept, data, 2);
    if (!out)
        memcpy(data, &value, run->io.size);
    //| (void)run;
    //| (void)kept;
    //| lab_todo("8.9");
    //@end
}
