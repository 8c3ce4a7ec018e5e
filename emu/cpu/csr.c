/* csr.c: the control and status registers of a user-mode hart; see csr.h. */
#include "emu/cpu/csr.h"

#include "emu/isa/csr.h"

bool csr_read(struct machine *machine, const struct hart *hart, unsigned number, uint64_t *value)
{
    switch (number) {
    case CSR_CYCLE: /* one instruction a cycle: we model no pipeline */
    case CSR_INSTRET: *value = hart->instret; return true;
    case CSR_TIME: *value = machine->read_time(machine->clock_owner); return true;
    default: return false;
    }
}
